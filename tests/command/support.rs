//! Running the command in a folder of its own.

use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// What a finished command left.
#[derive(Debug)]
pub struct Finished {
    /// Exit status; `None` where a signal ended it.
    pub status: Option<i32>,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl From<Output> for Finished {
    fn from(output: Output) -> Finished {
        let text = |bytes| String::from_utf8(bytes).expect("the command prints UTF-8");
        Finished { status: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }
}

impl Finished {
    /// Standard output of a command that succeeded and had nothing to complain of.
    #[track_caller]
    pub fn succeeded(self) -> String {
        assert_eq!((self.status, self.stderr.as_str()), (Some(0), ""), "{self:?}");
        self.stdout
    }

    /// Standard error of a command that was refused and printed nothing else.
    #[track_caller]
    pub fn refused(self) -> String {
        assert_eq!((self.status, self.stdout.as_str()), (Some(2), ""), "{self:?}");
        self.stderr
    }
}

/// A folder that the command runs in; it vanishes with the value.
pub struct Workplace(TempDir);

impl Workplace {
    /// An empty one.
    pub fn new() -> Workplace {
        Workplace(tempfile::tempdir().expect("a temporary folder"))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// The command, to run here.
    pub fn command<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Command {
        let mut command = Command::new(crate::PROGRAM);
        command.args(arguments).current_dir(self.path()).env_remove("COLUMNS").stdin(Stdio::null());
        // On a busy machine, short work can become long and then says what it does.
        command.env("GEN_RTL_QUIET", "1");
        command
    }

    /// Runs the command to its end.
    pub fn run<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Finished {
        self.command(arguments).output().expect("the command starts").into()
    }

    /// Runs the command to its end on `input`.
    pub fn run_on(&self, arguments: &[&str], input: &str) -> Finished {
        let mut child = self.start(self.command(arguments).stdin(Stdio::piped()));
        let mut stdin = child.stdin.take().expect("standard input is a pipe");
        stdin.write_all(input.as_bytes()).expect("the command reads its input");
        drop(stdin);
        child.wait_with_output().expect("the command ends").into()
    }

    /// Starts a command with pipes.
    pub fn start(&self, command: &mut Command) -> Child {
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the command starts")
    }

    /// Writes a file here.
    pub fn write(&self, name: &str, text: &str) {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().expect("a file is in a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }

    /// Reads a file here.
    #[track_caller]
    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// Names in a folder here, hidden ones too, in order.
    #[track_caller]
    pub fn names(&self, folder: &str) -> Vec<String> {
        let entries =
            fs::read_dir(self.path().join(folder)).unwrap_or_else(|error| panic!("{folder}: {error}"));
        let mut names: Vec<String> =
            entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8")).collect();
        names.sort();
        names
    }
}

/// Sends a signal, by its name, to a process, which is to end at once.
#[track_caller]
pub fn end_by(name: &str, mut child: Child) -> Finished {
    let sent = Command::new("kill").args(["-s", name, &child.id().to_string()]).status().expect("kill runs");
    assert!(sent.success());
    let start = Instant::now();
    while child.try_wait().expect("a child").is_none() {
        if start.elapsed() > Duration::from_secs(10) {
            child.kill().expect("a child");
            panic!("SIG{name} does not end it");
        }
        thread::sleep(Duration::from_millis(5));
    }
    child.wait_with_output().expect("the command has ended").into()
}

/// The path of an external program; `None`, with a note, where it is missing. Then the test is to pass, but
/// with `GEN_RTL_TOOLS=required` this panics. `variable` may hold the path.
pub fn tool(program: &str, variable: &str) -> Option<String> {
    let named = std::env::var(variable).ok();
    let path = named.or_else(|| {
        let which =
            Command::new("sh").args(["-c", &format!("command -v {program}")]).output().expect("sh runs");
        which.status.success().then(|| String::from_utf8(which.stdout).expect("UTF-8").trim().to_string())
    });
    let is_required = std::env::var("GEN_RTL_TOOLS").is_ok_and(|value| value == "required");
    assert!(path.is_some() || !is_required, "{program} is missing");
    if path.is_none() {
        println!("skipped: {program} is missing");
    }
    path
}

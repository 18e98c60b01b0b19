//! The external tools that the tests run.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use verilog::VerilogFile;

/// A program that a test needs.
#[derive(Clone, Copy)]
pub struct Tool {
    program: &'static str,
    /// Environment variable with its path, to use another one than that on `PATH`.
    variable: &'static str,
}

pub const VERILATOR: Tool = Tool { program: "verilator", variable: "GEN_RTL_VERILATOR" };
pub const IVERILOG: Tool = Tool { program: "iverilog", variable: "GEN_RTL_IVERILOG" };
pub const VVP: Tool = Tool { program: "vvp", variable: "GEN_RTL_VVP" };
pub const YOSYS: Tool = Tool { program: "yosys", variable: "GEN_RTL_YOSYS" };
/// A Python with the module `pyslang`.
pub const PYTHON: Tool = Tool { program: "python3", variable: "GEN_RTL_PYTHON" };

impl Tool {
    /// A command that runs the tool in `folder`.
    pub fn command(self, folder: &Path) -> Command {
        let path = env::var_os(self.variable).map_or_else(|| PathBuf::from(self.program), PathBuf::from);
        let mut command = Command::new(path);
        command.current_dir(folder).stdin(Stdio::null());
        command
    }

    fn is_present(self) -> bool {
        let arguments: &[&str] = match self.program {
            "python3" => &["-c", "import pyslang"],
            "verilator" => &["--version"],
            _ => &["-V"],
        };
        let output = self.command(Path::new(".")).args(arguments).output();
        output.is_ok_and(|output| output.status.success())
    }
}

/// True if all tools are there. Without one, the test passes with a note; with `GEN_RTL_TOOLS=required` it fails.
pub fn present(tools: &[Tool]) -> bool {
    let missing: Vec<&str> =
        tools.iter().filter(|tool| !tool.is_present()).map(|tool| tool.program).collect();
    let required = env::var("GEN_RTL_TOOLS").is_ok_and(|value| value == "required");
    assert!(missing.is_empty() || !required, "missing tools: {missing:?}");
    if !missing.is_empty() {
        println!("skipped: missing tools: {missing:?}");
    }
    missing.is_empty()
}

/// What a command printed, standard error included; `Err` where it failed.
pub fn run(command: &mut Command) -> Result<String, String> {
    let output = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    let text =
        [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    if output.status.success() { Ok(text) } else { Err(format!("{command:?}\n{text}")) }
}

/// A folder with the files in it, gone when the value is.
pub fn folder(files: &[VerilogFile]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for file in files {
        std::fs::write(folder.path().join(&file.name), &file.text).expect("a temporary file");
    }
    folder
}

//! How each linter is run, and how its output is parsed.

use crate::VerilogDesign;
use crate::tools::{self, ToolError, run};
use crate::verilator::Verilator;
use std::fmt;
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Mutex, PoisonError};

/// Runs slang in a Python that has `pyslang`.
const SLANG: &str = include_str!("slang_lint.py");

/// A program that reports faults in Verilog.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Linter {
    /// `verilator --lint-only -Wall`.
    Verilator,
    /// `iverilog -g2005 -Wall`.
    Icarus,
    /// Yosys: `hierarchy -check`, `proc`, `check`.
    Yosys,
    /// slang, with all its warnings and the keywords of Verilog-2005.
    Slang,
}

impl Linter {
    /// All of them.
    pub const ALL: [Linter; 4] = [Linter::Verilator, Linter::Icarus, Linter::Yosys, Linter::Slang];

    /// The command, which runs in the folder with the design's files.
    pub(super) fn command(self, design: &VerilogDesign) -> Result<Command, ToolError> {
        let top = design.top.as_str();
        let files: Vec<&str> = design.file_names().collect();
        Ok(match self {
            Linter::Verilator => {
                let mut command = Command::new(Verilator::newest()?.path);
                command.args(["--lint-only", "-Wall", "--top-module", top]).args(files);
                command
            }
            Linter::Icarus => {
                let mut command = Command::new(tools::IVERILOG.find()?);
                command.args(["-g2005", "-Wall", "-t", "null", "-s", top]).args(files);
                command
            }
            Linter::Yosys => {
                let read = format!("read_verilog {}", files.join(" "));
                let mut command = Command::new(tools::YOSYS.find()?);
                command.args([
                    "-q",
                    "-p",
                    &format!("{read}; hierarchy -check -top {top}; proc; check -assert"),
                ]);
                command
            }
            Linter::Slang => {
                let mut command = Command::new(python_with_slang()?);
                command.args(["-c", SLANG, "--std", "1364-2005", "-Weverything", "--top", top]).args(files);
                command
            }
        })
    }

    /// The findings in the linter's output.
    pub(super) fn findings(self, output: &str) -> Vec<String> {
        let mut findings: Vec<String> = Vec::new();
        for line in output.lines() {
            if self.starts_finding(line) {
                findings.push(line.into());
            } else if let Some(finding) = findings.last_mut() {
                finding.push('\n');
                finding.push_str(line);
            }
        }
        findings
    }

    fn starts_finding(self, line: &str) -> bool {
        match self {
            Linter::Verilator => line.starts_with("%Warning") || line.starts_with("%Error"),
            // It prints nothing but errors and warnings, one per line.
            Linter::Icarus => true,
            Linter::Yosys => line.contains("Warning: ") || line.contains("ERROR: "),
            Linter::Slang => line.contains("error: ") || line.contains("warning: "),
        }
    }
}

impl fmt::Display for Linter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Linter::Verilator => "verilator",
            Linter::Icarus => "iverilog",
            Linter::Yosys => "yosys",
            Linter::Slang => "slang",
        })
    }
}

/// The first Python on `PATH` with the module `pyslang`. The search is repeated until it succeeds, then remembered.
fn python_with_slang() -> Result<PathBuf, ToolError> {
    static FOUND: Mutex<Option<PathBuf>> = Mutex::new(None);
    let mut found = FOUND.lock().unwrap_or_else(PoisonError::into_inner);
    if found.is_none() {
        *found = tools::PYTHON.candidates()?.into_iter().find(imports_slang);
    }
    found.clone().ok_or(ToolError::Missing(tools::PYTHON))
}

fn imports_slang(python: &PathBuf) -> bool {
    run(Command::new(python).args(["-c", "import pyslang"])).is_ok_and(|finished| finished.status.success())
}

//! The external tools that tests need.

use std::env;
use std::process::Command;
use testbenches::tools::{GXX, IVERILOG, PYTHON, Tool, VERILATOR, VVP, YOSYS};

/// What Verilator's models need.
pub const MODELS: &[Tool] = &[VERILATOR, GXX];
/// What Icarus Verilog's testbenches need.
pub const TESTBENCHES: &[Tool] = &[IVERILOG, VVP];
/// What the linters need.
pub const LINTERS: &[Tool] = &[VERILATOR, IVERILOG, YOSYS, PYTHON];

/// True if a tool is missing: the test then ends with a note. With `GEN_RTL_TOOLS=required` it fails instead.
pub fn missing(tools: &[Tool]) -> bool {
    let missing: Vec<&str> =
        tools.iter().filter(|tool| !is_installed(**tool)).map(|tool| tool.what).collect();
    let required = env::var("GEN_RTL_TOOLS").is_ok_and(|value| value == "required");
    assert!(missing.is_empty() || !required, "not installed: {missing:?}");
    if !missing.is_empty() {
        println!("skipped, for want of {missing:?}");
    }
    !missing.is_empty()
}

fn is_installed(tool: Tool) -> bool {
    let imports_slang = |python| Command::new(python).args(["-c", "import pyslang"]).output();
    match tool.candidates() {
        Ok(found) if tool == PYTHON => {
            found.iter().any(|python| imports_slang(python).is_ok_and(|output| output.status.success()))
        }
        found => found.is_ok_and(|found| !found.is_empty()),
    }
}

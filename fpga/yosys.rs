//! Running Yosys.

use crate::netlist::{Modules, Netlist};
use std::path::Path;
use std::process::Command;
use testbenches::tools::{self, ToolError, YOSYS, read_file};

/// Runs a script in a folder, one command per item.
pub fn run(folder: &Path, script: &[String]) -> Result<(), ToolError> {
    let mut command = Command::new(YOSYS.find()?);
    tools::run_checked(command.current_dir(folder).args(["-q", "-p", &script.join("; ")])).map(drop)
}

/// The same; the script also writes `top` to `<top>.json`, which is read.
pub fn synthesize(folder: &Path, top: &str, mut script: Vec<String>) -> Result<Netlist, ToolError> {
    script.push(format!("write_json {top}.json"));
    run(folder, &script)?;
    Ok(Modules::read(&folder.join(format!("{top}.json")))?.take(top))
}

/// The command that reads Verilog files.
pub fn read<'a>(files: impl Iterator<Item = &'a str>) -> String {
    format!("read_verilog {}", files.collect::<Vec<_>>().join(" "))
}

/// The text of a file that comes with Yosys, such as `ice40/cells_sim.v`.
pub fn shared_text(name: &str) -> Result<String, ToolError> {
    let program = YOSYS.find()?;
    let real = program.canonicalize().unwrap_or(program);
    read_file(&real.ancestors().nth(2).unwrap_or(Path::new("/")).join("share/yosys").join(name))
}

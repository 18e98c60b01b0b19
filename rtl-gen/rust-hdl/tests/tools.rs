//! Verilator's linter, Yosys and Icarus Verilog.

use std::fs;
use std::process::{Command, Stdio};

/// Whether a tool is there; where it is not, the test passes with a note, but with `GEN_RTL_TOOLS=required` this panics.
fn has(program: &str) -> bool {
    let found =
        Command::new("sh").args(["-c", &format!("command -v {program}")]).stdout(Stdio::null()).status();
    let is_there = found.expect("sh runs").success();
    let is_required = std::env::var("GEN_RTL_TOOLS").is_ok_and(|value| value == "required");
    assert!(is_there || !is_required, "{program} is missing");
    if !is_there {
        println!("skipped: {program} is missing");
    }
    is_there
}

/// Runs a command, and gives what it prints: its answers, and its complaints. Panics where it fails.
fn run(command: &mut Command) -> [String; 2] {
    let output = command.stdin(Stdio::null()).output().expect("the tool runs");
    let [answers, complaints] =
        [output.stdout, output.stderr].map(|printed| String::from_utf8_lossy(&printed).into_owned());
    assert!(output.status.success(), "{command:?}\n{answers}{complaints}");
    [answers, complaints]
}

/// What `verilator --lint-only -Wall` and `iverilog -Wall` complain of in a design whose top module is `top`. That a file has the
/// name of its module cannot be: rust-hdl prints all modules in one.
pub fn lint(design: &str) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("top.v"), design).expect("the file is written");
    let mut said = String::new();
    if has("verilator") {
        let arguments =
            ["--lint-only", "-Wall", "-Wno-DECLFILENAME", "-Wno-fatal", "--top-module", "top", "top.v"];
        said += &run(Command::new("verilator").args(arguments).current_dir(&folder))[1];
    }
    if has("iverilog") {
        let arguments = ["-Wall", "-g2005", "-t", "null", "-s", "top", "top.v"];
        said += &run(Command::new("iverilog").args(arguments).current_dir(&folder))[1];
    }
    said
}

/// rust-hdl's own check of its Verilog, by Yosys; `name` is of no other test.
pub fn yosys(name: &str, design: &str) {
    if has("yosys") {
        rust_hdl::prelude::yosys_validate(name, design).expect("Yosys takes it");
    }
}

/// The lines that a testbench, whose module is `testbench`, prints in Icarus Verilog, where that is there. The files are beside it.
pub fn icarus(design: &str, testbench: &str, files: &[(&str, String)]) -> Option<Vec<String>> {
    if !has("iverilog") {
        return None;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let write =
        |name: &str, text: &str| fs::write(folder.path().join(name), text).expect("the file is written");
    write("top.v", design);
    write("testbench.v", testbench);
    files.iter().for_each(|(name, text)| write(name, text));
    let arguments = ["-g2005", "-s", "testbench", "-o", "testbench.vvp", "top.v", "testbench.v"];
    run(Command::new("iverilog").args(arguments).current_dir(&folder));
    let [printed, _] = run(Command::new("vvp").args(["-n", "testbench.vvp"]).current_dir(&folder));
    Some(printed.lines().map(str::to_string).collect())
}

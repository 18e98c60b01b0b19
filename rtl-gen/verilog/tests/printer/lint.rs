//! Four tools, with every warning enabled, report nothing.

use crate::designs;
use crate::random;
use crate::tools::{self, IVERILOG, PYTHON, VERILATOR, YOSYS, run};
use hdl::Netlist;
use random_designs::seeds;
use std::path::Path;
use verilog::{Options, VerilogFile};

const SLANG: &str = "
import sys
from pyslang.driver import Driver
driver = Driver()
driver.addStandardArgs()
good = driver.parseCommandLine(' '.join(['slang', *sys.argv[1:]]))
good = good and driver.processOptions() and driver.parseAllSources() and driver.runFullCompilation(True)
sys.exit(0 if good else 1)
";

/// What the tools find in a design of which `top` is the root. Verilator takes `flags` too.
pub fn findings(top: &str, files: &[VerilogFile], flags: &[&str]) -> Vec<String> {
    let folder = tools::folder(files);
    let (path, names) = (folder.path(), files.iter().map(|file| file.name.as_str()).collect::<Vec<_>>());
    let found = [
        verilator(path, top, &[flags, &names].concat()),
        iverilog(path, top, &names),
        yosys(path, top, &names),
        slang(path, top, &names),
    ];
    found.into_iter().flatten().collect()
}

/// `None` if a tool succeeded without any output.
fn complaint(result: Result<String, String>) -> Option<String> {
    match result {
        Ok(text) => (!text.trim().is_empty()).then_some(text),
        Err(text) => Some(text),
    }
}

fn verilator(folder: &Path, top: &str, arguments: &[&str]) -> Option<String> {
    // Newer versions end with a summary of the run.
    let mut command = VERILATOR.command(folder);
    let result = run(command.args(["--lint-only", "-Wall", "--top-module", top]).args(arguments));
    complaint(result.map(|text| text.lines().filter(|line| !line.starts_with("- ")).collect()))
}

fn iverilog(folder: &Path, top: &str, files: &[&str]) -> Option<String> {
    complaint(run(IVERILOG.command(folder).args(["-Wall", "-g2005", "-t", "null", "-s", top]).args(files)))
}

fn yosys(folder: &Path, top: &str, files: &[&str]) -> Option<String> {
    let script =
        format!("read_verilog {}; hierarchy -check -top {top}; proc; check -assert", files.join(" "));
    complaint(run(YOSYS.command(folder).args(["-q", "-p", &script])))
}

fn slang(folder: &Path, top: &str, files: &[&str]) -> Option<String> {
    let mut command = PYTHON.command(folder);
    let arguments = ["-c", SLANG, "--std", "1364-2005", "-Weverything", "--top", top];
    complaint(run(command.args(arguments).args(files)))
}

fn assert_clean(name: &str, netlist: &Netlist, flags: &[&str]) {
    let plain = Options { prettify: false, source_locators: true, ..Options::default() };
    for options in [Options::default(), plain] {
        let mut files = verilog::black_box_stubs(netlist, &options);
        files.extend(verilog::print(netlist, &options));
        let findings = findings(&netlist.top().name, &files, flags);
        assert!(findings.is_empty(), "{name} with {options:?}:\n{}", findings.join("\n"));
    }
}

#[test]
fn lint_tools_find_nothing_in_any_example() {
    if !tools::present(&[VERILATOR, IVERILOG, YOSYS, PYTHON]) {
        return;
    }
    for example in designs::ALL {
        assert_clean(example.name, &(example.build)(), &[]);
    }
}

/// Random logic does contain comparisons that are always true or false, hidden behind other operators: Verilator
/// rightly reports them.
#[test]
fn lint_tools_find_nothing_else_in_random_designs() {
    if !tools::present(&[VERILATOR, IVERILOG, YOSYS, PYTHON]) {
        return;
    }
    for seed in seeds(8) {
        let flags = ["-Wno-UNSIGNED", "-Wno-CMPCONST"];
        assert_clean(&format!("seed {seed}"), &random::design(seed), &flags);
    }
}

/// The check above can fail: each tool finds a width mismatch.
#[test]
fn lint_tools_find_a_mistake() {
    if !tools::present(&[VERILATOR, IVERILOG, YOSYS, PYTHON]) {
        return;
    }
    let text = "module m (input wire [3:0] a, output wire y);\n    n n (.a(a), .y(y));\nendmodule\n";
    let child =
        "module n (input wire [7:0] a, output wire y);\n    wire x;\n    assign y = ^a ^ x;\nendmodule\n";
    let file = |name: &str, text: &str| VerilogFile { name: name.into(), text: text.into() };
    let findings = findings("m", &[file("n.v", child), file("m.v", text)], &[]);
    assert_eq!(findings.len(), 4, "{findings:?}");
}

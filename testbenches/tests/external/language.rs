//! The examples of the language on the built-in simulators, on Icarus and in the linters.

use examples::EXAMPLES;
use hdl::{Bits, Direction};
use sim::{Compiled, Interpreter, Options, Simulator};
use test_support::needed::{LINTERS, TESTBENCHES, missing};
use testbenches::lint::lint;
use testbenches::{Recorder, Trace, VerilogDesign, icarus};

/// The same run, every output checked from the first edge in reset on.
fn checked(run: &Trace) -> Trace {
    let is_output = |port: &hdl::Port| port.direction == Direction::Output;
    let outputs: Vec<bool> = run.ports().iter().map(is_output).collect();
    let mut trace = Trace::new(run.ports().to_vec());
    for cycle in 0..run.cycles() {
        let values: Vec<Bits> = (0..outputs.len()).map(|port| run.value(cycle, port)).collect();
        let is_checked: Vec<bool> = outputs.iter().map(|is_output| *is_output && cycle > 0).collect();
        trace.push(&values, &is_checked);
    }
    trace
}

#[test]
fn every_example_does_what_it_says_on_each_simulator() {
    for example in &EXAMPLES {
        let netlist = (example.netlist)().unwrap_or_else(|errors| panic!("{errors}"));
        let mut compiled = Compiled::new(&netlist, Options::default()).unwrap();
        let told = (example.exercise)(&mut compiled).unwrap();
        let mut recorder = Recorder::new(Interpreter::new(&netlist, Options::default()).unwrap());
        assert_eq!((example.exercise)(&mut recorder).unwrap(), told);
        assert_eq!([recorder.violations(), compiled.violations()], [vec![], vec![]]);
        if missing(TESTBENCHES) {
            continue;
        }
        let report = icarus::run(&VerilogDesign::of(&netlist), &checked(recorder.trace())).unwrap();
        assert!(report.passed(), "{}: {:?}", example.name, report.mismatches);
    }
}

#[test]
fn the_examples_are_clean() {
    if missing(LINTERS) {
        return;
    }
    for example in &EXAMPLES {
        let netlist = (example.netlist)().unwrap_or_else(|errors| panic!("{errors}"));
        for report in lint(&VerilogDesign::of(&netlist)).unwrap() {
            assert_eq!(report.findings, [""; 0], "{} of {}", report.linter, example.name);
        }
    }
}

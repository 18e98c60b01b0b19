//! Many runs at once find the same as one run.

use crate::adder::{Adder, Defect};
use blocks::block::elaborate;
use blocks::channel::Timing;
use blocks::stimulus::Stimulus;
use sim::batch::Isa;
use sim::{Batch, Compiled, Initial, Options};
use std::ops::Range;
use testbenches::driver::{Cancelled, Runs, Single, Testbench};

const COMBINATIONAL: Timing = Timing::Fixed { latency: 0 };
const FIXED: Timing = Timing::Fixed { latency: 2 };
const OPTIONS: Options = Options { initial: Initial::Random(7) };

/// The outcome of a range of pairs: in one run, and in a batch of each instruction set.
fn outcomes(timing: Timing, defect: Defect, cases: Range<u64>) -> Vec<Result<u64, u64>> {
    let block = Adder::new(timing, defect);
    let netlist = elaborate(&block).unwrap_or_else(|errors| panic!("{errors}"));
    let mut outcomes =
        vec![outcome(&block, &mut Single(Compiled::new(&netlist, OPTIONS).unwrap()), cases.clone())];
    for isa in Isa::ALL.into_iter().filter(|isa| isa.is_available()) {
        let mut batch = Batch::with_isa(&netlist, OPTIONS, isa).unwrap();
        outcomes.push(outcome(&block, &mut batch, cases.clone()));
    }
    outcomes
}

fn outcome(block: &Adder, runs: &mut impl Runs, cases: Range<u64>) -> Result<u64, u64> {
    let netlist = elaborate(block).unwrap_or_else(|errors| panic!("{errors}"));
    let ports = sim::Interpreter::new(&netlist, OPTIONS).unwrap();
    let testbench = Testbench::new(block, sim::Simulator::ports(&ports), &netlist.clocking, 1).unwrap();
    let space = &block.spaces()[0];
    assert!(testbench.can_run_many(space));
    let mut driven = 0;
    let count = cases.end - cases.start;
    let advance = |cases| {
        driven += cases;
        Ok(())
    };
    let result = testbench.run_many(runs, space, cases.clone(), advance).expect("nobody cancels the run");
    assert!(result.is_err() || driven == count, "{driven} of {count} cases were driven");
    if let Err(failure) = &result {
        assert_eq!((&failure.run, failure.run.contains(&failure.case)), (&cases, true), "{failure}");
    }
    result.map(|passed| passed.cycles).map_err(|failure| failure.case)
}

#[test]
fn a_right_design_passes() {
    for timing in [COMBINATIONAL, FIXED] {
        for cases in [0..1 << 16, 0..1, 4096..4097, 100..5000, 0..8192] {
            for outcome in outcomes(timing, Defect::None, cases.clone()) {
                let cycles = outcome.unwrap_or_else(|case| panic!("{timing:?}, {cases:?}: case {case}"));
                assert!(cycles >= cases.end - cases.start);
            }
        }
    }
}

#[test]
fn the_first_wrong_case_is_named() {
    let is_wrong = |case: u64| ((case & 0xff) + (case >> 8)) & 8 != 0;
    let first = (100..).find(|case| is_wrong(*case));
    for timing in [COMBINATIONAL, FIXED] {
        for outcome in outcomes(timing, Defect::WrongBit, 100..9000) {
            assert_eq!(outcome.err(), first, "{timing:?}");
        }
        let rare = (0..1 << 16).find(|case| case >> 8 == 0xf0 && is_wrong(*case));
        for outcome in outcomes(timing, Defect::RarelyWrongBit, 0..1 << 16) {
            assert_eq!(outcome.err(), rare, "{timing:?}");
        }
    }
}

/// The answers pending in all lanes together are more than the cases made at a time.
#[test]
fn a_long_pipeline_passes_and_fails() {
    let long = Timing::Fixed { latency: 70 };
    assert!(outcomes(long, Defect::None, 0..20_000).iter().all(Result::is_ok));
    let first = outcomes(COMBINATIONAL, Defect::WrongBit, 100..20_000).remove(0);
    for outcome in outcomes(long, Defect::WrongBit, 100..20_000) {
        assert_eq!(outcome, first);
    }
}

#[test]
fn timing_unknown_registers_and_broken_rules_are_found() {
    for defect in [Defect::Late, Defect::Early, Defect::Unknown] {
        for outcome in outcomes(FIXED, defect, 0..1 << 16) {
            assert!(outcome.is_err(), "{defect:?} passes");
        }
    }
    for outcome in outcomes(COMBINATIONAL, Defect::AssertsParity, 0..1 << 16) {
        assert!(outcome.is_ok(), "a rule that holds is no failure");
    }
}

#[test]
fn a_run_can_be_ended() {
    let block = Adder::new(FIXED, Defect::None);
    let netlist = elaborate(&block).unwrap_or_else(|errors| panic!("{errors}"));
    let mut batch = Batch::new(&netlist, OPTIONS).unwrap();
    let testbench = Testbench::new(&block, batch.ports(), &netlist.clocking, 1).unwrap();
    let ended = testbench.run_many(&mut batch, &block.spaces()[0], 0..1 << 16, |_| Err(Cancelled));
    assert_eq!(ended, Err(Cancelled));
}

//! What a run reports on correct and on faulty designs.

use crate::adder::{Adder, Defect};
use blocks::block::{Configured, elaborate};
use blocks::channel::Timing;
use blocks::stimulus::Space;
use blocks::stimulus::Stimulus;
use sim::{Initial, Interpreter, Options, Simulator};
use testbenches::driver::{Failure, Stop, Testbench};

const FIXED: Timing = Timing::Fixed { latency: 2 };
const COMBINATIONAL: Timing = Timing::Fixed { latency: 0 };
const STREAM: Timing = Timing::ReadyValid { latency: 2 };

/// A run of random cases on the built-in simulator; its own assertions are ignored.
fn run(block: &dyn Configured, cases: u64) -> Result<u64, Box<Failure>> {
    run_space(block, &block.random(5), Initial::Random(7), cases)
}

fn run_space(
    block: &dyn Configured,
    space: &Space,
    initial: Initial,
    cases: u64,
) -> Result<u64, Box<Failure>> {
    let netlist = elaborate(block).unwrap_or_else(|errors| panic!("{errors}"));
    let mut simulator = Interpreter::new(&netlist, Options { initial }).unwrap();
    let testbench = Testbench::new(block, simulator.ports(), &netlist.clocking, 1).unwrap();
    match testbench.run(&mut simulator, space, 0..cases, &mut ()) {
        Ok(passed) => Ok(passed.cycles),
        Err(Stop::Failed(failure)) => Err(failure),
        Err(Stop::Cancelled) => panic!("nobody cancelled the run"),
    }
}

/// A run of 5000 cases must fail at `signal`, with these words.
fn expect(timing: Timing, defect: Defect, signal: &str, words: &str) {
    let failure = run(&Adder::new(timing, defect), 5000).expect_err(&format!("{defect:?} passes"));
    let text = format!("expected {}, found {}", failure.expected, failure.found);
    assert!(failure.signal == signal && text.contains(words), "{defect:?}: {failure}");
}

#[test]
fn a_right_design_passes() {
    for timing in [FIXED, COMBINATIONAL, STREAM, Timing::ReadyValid { latency: 0 }] {
        for cases in [0, 1, 5000] {
            let passed = run(&Adder::new(timing, Defect::None), cases);
            passed.unwrap_or_else(|failure| panic!("{timing:?}: {failure}"));
        }
    }
}

#[test]
fn what_is_unusual_and_legal_passes() {
    for defect in [Defect::ResetsData, Defect::GatesData, Defect::Rests] {
        let timing = if defect == Defect::ResetsData { FIXED } else { STREAM };
        run(&Adder::new(timing, defect), 20_000).unwrap_or_else(|failure| panic!("{defect:?}: {failure}"));
    }
}

#[test]
fn a_beat_a_cycle_takes_a_cycle_each() {
    assert_eq!(run(&Adder::new(FIXED, Defect::None), 1000).unwrap(), 1002);
}

#[test]
fn wrong_values_are_found() {
    expect(COMBINATIONAL, Defect::WrongBit, "sum", "found 9'h");
    expect(FIXED, Defect::WrongBit, "sum", "found 9'h");
    expect(STREAM, Defect::WrongBit, "out_sum", "found 9'h");
}

#[test]
fn a_wrong_latency_is_found() {
    expect(FIXED, Defect::Late, "sum", "found 9'h");
    expect(FIXED, Defect::Early, "sum", "found 9'h");
    expect(STREAM, Defect::Late, "out_valid", "and not before, the stated latency without stalls, found 0");
    expect(STREAM, Defect::Early, "out_valid", "and not before, the stated latency without stalls, found 1");
}

#[test]
fn unknown_registers_are_found() {
    expect(FIXED, Defect::Unknown, "sum", "found 9'h");
    expect(STREAM, Defect::Unknown, "out_sum", "found 9'h");
}

#[test]
fn lost_and_repeated_beats_are_found() {
    expect(STREAM, Defect::Drop, "out_sum", "found 9'h");
    expect(STREAM, Defect::Duplicate, "out_sum", "found 9'h");
    expect(STREAM, Defect::Invents, "out_valid", "0: no answer is owed, found 1");
}

/// The first case with a = 0x55.
fn first_marked(space: &Space) -> u64 {
    let is_marked = |case: &u64| {
        let mut is_marked = false;
        (space.make)(*case, &mut |_, beat| is_marked = beat[0].to_u64() == 0x55);
        is_marked
    };
    (0..space.cases).find(is_marked).expect("a = 0x55 occurs")
}

#[test]
fn a_beat_too_many_at_the_end_is_found() {
    let block = Adder::new(STREAM, Defect::Invents);
    // The runs end in all phases of the traffic.
    for space in (0..200).map(|seed| block.random(seed)) {
        let last = first_marked(&space);
        assert!(run_space(&block, &space, Initial::Zero, last).is_ok());
        let failure = run_space(&block, &space, Initial::Zero, last + 1).unwrap_err();
        assert_eq!((failure.case, failure.expected.as_str()), (last, "0: no answer is owed"));
    }
}

#[test]
fn a_beat_on_offer_must_stay() {
    expect(STREAM, Defect::ChangesWhileHeld, "out_sum", "until ready: it was offered and not taken");
    expect(
        STREAM,
        Defect::Withdraws,
        "out_valid",
        "1 until ready: a beat was offered and not taken, found 0",
    );
}

#[test]
fn stuck_designs_are_found() {
    expect(STREAM, Defect::WaitsForReady, "out_valid", "1 within 1002 cycles: the design is stuck, found 0");
    expect(STREAM, Defect::Sticks, "out_valid", "1 within 1002 cycles: the design is stuck, found 0");
    let stuck = run(&Adder::new(STREAM, Defect::WaitsForReady), 5000).unwrap_err();
    assert!((1002..3000).contains(&stuck.cycle), "{stuck}");
}

#[test]
fn what_outlives_a_reset_is_found() {
    expect(STREAM, Defect::IgnoresReset, "out_valid", "found 1");
    // Also with a power-up at zero: the run itself fills the design before the reset.
    let block = Adder::new(STREAM, Defect::IgnoresReset);
    let failure = run_space(&block, &block.random(5), Initial::Zero, 10).unwrap_err();
    assert_eq!((failure.signal.as_str(), failure.found.as_str()), ("out_valid", "1"), "{failure}");
}

#[test]
fn a_design_that_is_too_slow_is_found() {
    expect(
        STREAM,
        Defect::Throttles,
        "in_ready",
        "1: without stalls, it takes a beat every 1 cycles, found 0",
    );
    expect(STREAM, Defect::KeepsBubbles, "in_ready", "1: with 1 answers owed, it has room for 2, found 0");
}

#[test]
fn a_failure_names_the_case_and_its_inputs() {
    let failure = run(&Adder::new(FIXED, Defect::WrongBit), 5000).unwrap_err();
    let [(a_name, a), (b_name, b)] = failure.inputs.as_slice() else { panic!("{failure}") };
    assert_eq!((a_name.as_str(), b_name.as_str(), failure.space.as_str()), ("a", "b", "random"));
    let value = |text: &str| u64::from_str_radix(text.split_once("'h").unwrap().1, 16).unwrap();
    assert_eq!(value(&failure.expected), value(a) + value(b));
    assert_eq!(value(&failure.found), (value(a) + value(b)) & !8);
    // This run from power-up needs no reset: case n is answered in cycle n + 2.
    assert_eq!(failure.cycle, failure.case + 2);
    assert_eq!(*failure, *run(&Adder::new(FIXED, Defect::WrongBit), 5000).unwrap_err());
}

#[test]
fn a_design_with_other_ports_is_refused() {
    let [adder, stream] = [FIXED, STREAM].map(|timing| Adder::new(timing, Defect::None));
    let netlist = elaborate(&adder).unwrap();
    let simulator = Interpreter::new(&netlist, Options::default()).unwrap();
    let refused =
        |ports: &[hdl::Port], block| Testbench::new(block, ports, &netlist.clocking, 1).err().unwrap();
    let lacks = refused(simulator.ports(), &stream);
    assert_eq!(
        lacks,
        "the design has no port `in_valid` (ports: a, b, sum, parity); the block has input of 1 bits"
    );

    let mut ports = simulator.ports().to_vec();
    ports[0].width = 7;
    assert_eq!(refused(&ports, &adder), "port `a` is input of 7 bits: the block has input of 8");
    ports[0].width = 8;
    ports.push(hdl::Port { name: "spare".into(), ..ports[0].clone() });
    assert_eq!(refused(&ports, &adder), "port `spare` belongs to no channel of the block");
}

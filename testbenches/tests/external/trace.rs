//! Recording on one simulator and repeating on another.

use crate::designs::{A, Numbers, Pipeline, Y, drive, output, pipeline, rotate, rotated};
use hdl::{Bits, Clocking, Design};
use sim::{Interpreter, Options, Simulator, Traced, WaveFile, WaveOptions};
use test_support::needed::{MODELS, missing};
use testbenches::verilator::{VerilatorOptions, VerilatorSimulator};
use testbenches::{Recorder, Trace, VerilogDesign, replay};

pub fn pipeline_trace(cycles: u64) -> Trace {
    let mut recorder = Recorder::new(Pipeline::new());
    drive(&mut recorder, cycles, |_, _| ());
    recorder.into_trace()
}

fn build(design: &VerilogDesign) -> VerilatorSimulator {
    VerilatorSimulator::build(design, &VerilatorOptions::default()).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn a_trace_holds_the_values_before_each_edge() {
    let mut seen = Vec::new();
    drive(&mut Pipeline::new(), 100, |_, y| seen.push(y()));
    let trace = pipeline_trace(100);
    assert_eq!(trace.cycles(), 100);
    let recorded: Vec<u64> = (0..100).map(|cycle| trace.value(cycle, Y).to_u64()).collect();
    assert_eq!(recorded, seen);
    let product = trace.value(50, A).to_u64() * trace.value(50, A + 1).to_u64();
    assert_eq!(trace.value(52, Y), Bits::truncated(product as u128, 32));
    assert_eq!(trace.checked_values(), 0);
}

#[test]
fn another_simulator_repeats_a_trace() {
    if missing(MODELS) {
        return;
    }
    assert_eq!(replay(&pipeline_trace(300), &mut build(&pipeline())), Ok(()));
}

#[test]
fn the_first_difference_is_reported() {
    if missing(MODELS) {
        return;
    }
    let mut recorder = Recorder::new(Pipeline::new());
    for cycle in 0..40 {
        for (port, value) in [(0, 1), (A, 3), (A + 1, 5)] {
            recorder.poke_u64(port, value);
        }
        if cycle == 30 || cycle == 33 {
            recorder.expect(Y, &Bits::truncated(16, 32));
        }
        recorder.tick();
    }
    let mismatch = replay(recorder.trace(), &mut build(&pipeline())).unwrap_err();
    assert_eq!(mismatch.to_string(), "cycle 30, port y: expected 32'h00000010, found 32'h0000000f");
}

#[test]
fn an_expected_value_is_checked_in_its_cycle_alone() {
    let mut recorder = Recorder::new(Pipeline::new());
    recorder.tick();
    recorder.expect(Y, &Bits::truncated(9, 32));
    recorder.tick();
    recorder.tick();
    let trace = recorder.into_trace();
    assert_eq!([0, 1, 2].map(|cycle| trace.is_checked(cycle, Y)), [false, true, false]);
    assert_eq!([0, 1, 2].map(|cycle| trace.value(cycle, Y).to_u64()), [0, 9, 0]);
    assert_eq!(trace.checked_values(), 1);
}

#[test]
fn a_tick_ends_a_cycle_without_a_clock() {
    if missing(MODELS) {
        return;
    }
    let mut recorder = Recorder::new(build(&rotate()));
    let mut numbers = Numbers(5);
    for _ in 0..50 {
        for port in (0..18).step_by(2) {
            let value = numbers.bits(recorder.ports()[port].width);
            recorder.poke(port, &value);
            recorder.expect(port + 1, &rotated(&value));
        }
        recorder.tick();
    }
    let trace = recorder.into_trace();
    assert_eq!((trace.cycles(), trace.checked_values()), (50, 450));
    assert_eq!(trace.value(49, 17), rotated(&trace.value(49, 16)));
    assert_eq!(replay(&trace, &mut build(&rotate())), Ok(()));

    let mut wrong = rotate();
    wrong.files[0].1 = wrong.files[0].1.replace("~{a200[0]", "~{~a200[0]");
    let mismatch = replay(&trace, &mut build(&wrong)).unwrap_err();
    assert_eq!((mismatch.cycle, mismatch.port, mismatch.expected), (0, "y200".into(), trace.value(0, 17)));
}

/// A recorder passes on everything that its simulator shows: internal signals, the cycle, properties.
#[test]
fn a_recorded_simulator_can_be_traced_and_a_traced_one_recorded() {
    let design = Design::new(Clocking::default());
    let counter = design.module("counter", &[], |m| {
        let count = m.reg("count", 8).reset_to(0);
        count.set((count.value() + m.input("step", 8, "")).named("following"));
        m.assert("small", count.value().lt(9));
        m.cover("is_five", count.value().eq(5));
        m.output("value", count.value(), "");
    });
    let netlist = design.elaborate(counter).unwrap_or_else(|errors| panic!("{errors}"));
    let simulator = || Interpreter::new(&netlist, Options::default()).unwrap();
    let drive = |simulator: &mut dyn Simulator| {
        for (reset, step) in [(0, 0), (1, 5), (1, 5), (1, 0)] {
            simulator.poke_u64(0, reset);
            simulator.poke_u64(1, step);
            simulator.tick();
        }
        let signals: Vec<_> = simulator.signals().to_vec();
        let values: Vec<u64> = signals.iter().map(|signal| simulator.signal(signal.id).to_u64()).collect();
        let paths: Vec<String> = signals.into_iter().map(|signal| signal.path).collect();
        let properties = (simulator.violations(), simulator.environment_errors(), simulator.covered());
        (paths, values, simulator.cycle(), properties)
    };
    let expected = drive(&mut simulator());
    assert!(expected.0.contains(&"following".to_string()) && expected.2 == 4, "{expected:?}");
    assert_eq!((expected.3.0.len(), expected.3.2[0].hits), (1, 1));

    let folder = tempfile::tempdir().unwrap();
    let wave = |name: &str| {
        let simulator = simulator();
        WaveFile::create(folder.path().join(name), &simulator, &WaveOptions::of(&simulator)).unwrap()
    };
    let mut traced = Traced::new(Recorder::new(simulator()), wave("traced.vcd"));
    assert_eq!(drive(&mut traced), expected);
    traced.finish().unwrap().1.finish().unwrap();
    let mut recorded = Recorder::new(Traced::new(simulator(), wave("recorded.vcd")));
    assert_eq!(drive(&mut recorded), expected);
    let mut borrowed = simulator();
    assert_eq!(drive(&mut Recorder::new(&mut borrowed)), expected);
    assert!(std::fs::read_to_string(folder.path().join("traced.vcd")).unwrap().contains("following"));
}

#[test]
fn many_ports_keep_their_own_marks() {
    let ports: Vec<_> = (0..130).map(|index| output(&format!("y{index}"), 70)).collect();
    let mut trace = Trace::new(ports);
    let values: Vec<Bits> = (0..130).map(|index| Bits::truncated(index << 60, 70)).collect();
    let checked: Vec<bool> = (0..130).map(|index| index % 3 == 0).collect();
    trace.push(&vec![Bits::zero(70); 130], &[false; 130]);
    trace.push(&values, &checked);
    assert_eq!((trace.cycles(), trace.checked_values()), (2, 44));
    for index in 0..130 {
        assert_eq!(trace.value(1, index), values[index]);
        assert_eq!(trace.is_checked(1, index), checked[index]);
        assert!(!trace.is_checked(0, index));
    }
}

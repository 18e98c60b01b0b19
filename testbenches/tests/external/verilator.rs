//! Verilator's models against models in Rust, with every Verilator that is installed.

use crate::designs::{
    A, Numbers, Pipeline, RST_N, WIDTHS, Y, design, drive, input, output, pipeline, rotate, rotated, unknown,
};
use hdl::{Bits, Clocking, Design, Level, ResetStyle};
use sim::{Interpreter, Options, Simulator};
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::thread;
use test_support::needed::{MODELS, missing};
use testbenches::icarus;
use testbenches::verilator::{Optimize, Verilator, VerilatorModel, VerilatorOptions, VerilatorSimulator};
use testbenches::{Recorder, ToolError, VerilogDesign, replay};

fn build(design: &VerilogDesign) -> VerilatorSimulator {
    VerilatorSimulator::build(design, &VerilatorOptions::default()).unwrap_or_else(|error| panic!("{error}"))
}

/// One model for each Verilator; all of them are loaded at the same time.
fn build_with_each(design: &VerilogDesign) -> Vec<VerilatorSimulator> {
    let all = Verilator::all().unwrap();
    assert!(!all.is_empty(), "no Verilator on PATH");
    let options = all.into_iter().map(|one| VerilatorOptions { verilator: Some(one), ..Default::default() });
    options.map(|options| VerilatorSimulator::build(design, &options).unwrap()).collect()
}

#[test]
fn ports_of_every_width_are_written_and_read() {
    if missing(MODELS) {
        return;
    }
    let mut simulators = build_with_each(&rotate());
    let mut numbers = Numbers(1);
    for round in 0..200 {
        for (index, width) in WIDTHS.into_iter().enumerate() {
            let value = match round {
                0 => Bits::zero(width),
                1 => Bits::ones(width),
                _ => numbers.bits(width),
            };
            for simulator in &mut simulators {
                simulator.poke(2 * index, &value);
                assert_eq!(simulator.peek(2 * index), value);
                assert_eq!(simulator.peek(2 * index + 1), rotated(&value));
                if width <= 64 {
                    simulator.poke_u64(2 * index, rotated(&value).to_u64());
                    assert_eq!(simulator.peek_u64(2 * index + 1), rotated(&rotated(&value)).to_u64());
                }
            }
        }
    }
}

#[test]
fn registers_follow_the_clock_and_the_reset() {
    if missing(MODELS) {
        return;
    }
    for mut simulator in build_with_each(&pipeline()) {
        let (mut expected, mut found) = (Vec::new(), Vec::new());
        drive(&mut Pipeline::new(), 500, |_, y| expected.push(y()));
        drive(&mut simulator, 500, |_, y| found.push(y()));
        assert_eq!(found, expected);
        assert!(expected[22..].iter().filter(|y| **y != 0).count() > 400);
    }
}

#[test]
fn a_port_that_is_not_read_between_ticks_changes_nothing() {
    if missing(MODELS) {
        return;
    }
    for mut simulator in build_with_each(&pipeline()) {
        let mut expected = Pipeline::new();
        drive(&mut expected, 31, |_, _| ());
        drive(&mut simulator, 31, |_, _| ());
        assert_ne!(expected.peek_u64(Y), 0);
        assert_eq!(simulator.peek_u64(Y), expected.peek_u64(Y));
    }
}

#[test]
fn registers_without_reset_start_at_zero() {
    if missing(MODELS) {
        return;
    }
    for mut simulator in build_with_each(&unknown()) {
        simulator.poke_u64(1, 0xff);
        assert_eq!([simulator.peek_u64(2), simulator.peek_u64(3)], [0x0f, 0]);
        simulator.poke_u64(0, 1);
        simulator.tick();
        assert_eq!([simulator.peek_u64(2), simulator.peek_u64(3)], [0xff, 0xf]);
    }
}

#[test]
fn an_assigned_unknown_is_zero() {
    if missing(MODELS) {
        return;
    }
    let text = "module choice(input wire a, input wire [7:0] b, output wire [7:0] y);\n  \
                assign y = a ? b : 8'hxx;\nendmodule\n";
    let choice = design("choice", None, vec![input("a", 1), input("b", 8), output("y", 8)], text);
    for mut simulator in build_with_each(&choice) {
        simulator.poke_u64(1, 0xa5);
        assert_eq!(simulator.peek_u64(2), 0);
        simulator.poke_u64(0, 1);
        assert_eq!(simulator.peek_u64(2), 0xa5);
    }
}

#[test]
fn instances_of_one_model_run_apart_in_threads() {
    if missing(MODELS) {
        return;
    }
    let model = VerilatorModel::build(&pipeline(), &VerilatorOptions::default()).unwrap();
    let simulators: Vec<VerilatorSimulator> = (0..4).map(|_| model.start()).collect();
    drop(model);
    let run = |mut simulator: VerilatorSimulator, a: u64| {
        for (port, value) in [(RST_N, 1), (A, a), (2, 3)] {
            simulator.poke_u64(port, value);
        }
        (0..10_000).for_each(|_| simulator.tick());
        simulator.peek_u64(Y)
    };
    let results: Vec<u64> = thread::scope(|scope| {
        let threads: Vec<_> =
            simulators.into_iter().zip(100..).map(|(one, a)| scope.spawn(move || run(one, a))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(results, [300, 303, 306, 309]);
}

#[test]
fn models_load_while_others_run_and_unload() {
    if missing(MODELS) {
        return;
    }
    let mut kept = build(&pipeline());
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                (0..20).for_each(|_| assert_eq!(build(&rotate()).peek_u64(1), 1));
            });
        }
    });
    kept.poke_u64(RST_N, 1);
    kept.poke_u64(A, 7);
    kept.poke_u64(2, 6);
    (0..2).for_each(|_| kept.tick());
    assert_eq!(kept.peek_u64(Y), 42);
}

#[test]
fn both_optimisations_give_the_same_values() {
    if missing(MODELS) {
        return;
    }
    let options = VerilatorOptions { optimize: Optimize::Speed, ..Default::default() };
    let mut fast = VerilatorSimulator::build(&pipeline(), &options).unwrap();
    let mut expected = Pipeline::new();
    drive(&mut expected, 31, |_, _| ());
    drive(&mut fast, 31, |_, _| ());
    assert_eq!(fast.peek_u64(Y), expected.peek_u64(Y));
}

#[test]
fn names_that_cpp_reserves_are_ports() {
    if missing(MODELS) {
        return;
    }
    let text =
        "module under(input wire a__b_____c, output wire _y__);\n  assign _y__ = ~a__b_____c;\nendmodule\n";
    let under = design("under", None, vec![input("a__b_____c", 1), output("_y__", 1)], text);
    assert!(build_with_each(&under).iter_mut().all(|simulator| simulator.peek_u64(1) == 1));
}

#[test]
fn a_port_list_that_differs_from_the_verilog_is_an_error() {
    if missing(MODELS) {
        return;
    }
    let mut wrong = pipeline();
    wrong.ports[Y].width = 31;
    let error = VerilatorSimulator::build(&wrong, &VerilatorOptions::default()).err().unwrap();
    let expected =
        "design `pipeline`: the Verilog declares output `y` of 32 bits, but the list of ports does not";
    assert_eq!(error.to_string(), expected);
}

#[test]
fn a_warning_fails_the_build_with_the_command_and_its_output() {
    if missing(MODELS) {
        return;
    }
    let text = "module unused(input wire [1:0] a, output wire y);\n  assign y = a[0];\nendmodule\n";
    let unused = design("unused", None, vec![input("a", 2), output("y", 1)], text);
    let Err(ToolError::Failed { command, output, .. }) =
        VerilatorSimulator::build(&unused, &VerilatorOptions::default()).map(drop)
    else {
        panic!("it builds")
    };
    assert!(command.contains("--top-module unused") && command.ends_with(" unused.v"), "{command}");
    assert!(output.contains("%Warning-UNUSEDSIGNAL: unused.v:1:"), "{output}");
}

#[test]
fn an_illegal_design_never_reaches_a_tool() {
    if missing(MODELS) {
        return;
    }
    let rule = "must consist of letters, digits and `_`, and not begin with a digit";
    type Damage = fn(&mut VerilogDesign);
    let broken: [(Damage, String); 9] = [
        (|design| design.top = "a b".into(), format!("module name `a b` {rule}")),
        (|design| design.ports[0].name = "0a".into(), format!("port name `0a` {rule}")),
        (|design| design.ports[0].name = "a;b".into(), format!("port name `a;b` {rule}")),
        (|design| design.files[0].0 = "../a.v".into(), format!("file name `../a` {rule}")),
        (|design| design.files[0].0 = "a.sv".into(), "file name `a.sv` does not end in .v".into()),
        (|design| design.files.push(design.files[0].clone()), "two files are named `pipeline.v`".into()),
        (|design| design.files.clear(), "it has no source file".into()),
        (|design| design.ports[0].name = "clk".into(), "two ports are named `clk`".into()),
        (|design| design.ports[0].width = 0, "port `rst_n` has width 0: a width must be at least 1".into()),
    ];
    for (change, reason) in broken {
        let mut design = pipeline();
        change(&mut design);
        let error = VerilatorSimulator::build(&design, &VerilatorOptions::default()).err().unwrap();
        assert_eq!(error.to_string(), format!("design `{}`: {reason}", design.top));
    }
}

/// Also in the first cycle, where a model sees no edge, and as a pulse shorter than a cycle.
#[test]
fn an_asynchronous_reset_acts_at_once() {
    if missing(MODELS) {
        return;
    }
    for active in [Level::Low, Level::High] {
        let reset = if active == Level::Low { "rst_n" } else { "rst" };
        let clocking =
            Clocking { style: ResetStyle::Asynchronous, active, reset: reset.into(), ..Clocking::default() };
        let design = Design::new(clocking);
        let counter = design.module("counter", &[], |m| {
            let count = m.reg("count", 8).reset_to(0x5a);
            count.set(count.value() + 1);
            m.output("value", count.value(), "");
        });
        let netlist = design.elaborate(counter).unwrap_or_else(|errors| panic!("{errors}"));
        let level = |is_reset: bool| u64::from(is_reset == (active == Level::High));
        for in_first in [true, false] {
            let mut recorder = Recorder::new(Interpreter::new(&netlist, Options::default()).unwrap());
            for cycle in 0..12 {
                recorder.poke_u64(0, level(if cycle == 0 { in_first } else { cycle == 1 || cycle == 6 }));
                if cycle > 0 || in_first {
                    let value = recorder.peek(1);
                    recorder.expect(1, &value);
                }
                recorder.tick();
            }
            let trace = recorder.into_trace();
            assert_eq!(trace.value(0, 1).to_u64() == 0x5a, in_first || active == Level::Low);
            let printed = VerilogDesign::of(&netlist);
            for mut simulator in build_with_each(&printed) {
                assert_eq!(replay(&trace, &mut simulator), Ok(()), "{active:?}, {in_first}");
                // A pulse that ends before anything is read or the clock ticks.
                simulator.poke_u64(0, level(true));
                simulator.poke_u64(0, level(false));
                assert_eq!(simulator.peek_u64(1), 0x5a);
            }
            assert!(icarus::run(&printed, &trace).unwrap().passed(), "{active:?}, {in_first}");
        }
    }
}

fn entries(cache: &Path) -> Vec<PathBuf> {
    let found = fs::read_dir(cache.join("verilator")).unwrap().map(|entry| entry.unwrap().path());
    let mut found: Vec<PathBuf> = found.collect();
    found.sort();
    found
}

#[test]
fn a_cache_holds_each_model_once_and_repairs_a_damaged_one() {
    if missing(MODELS) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let value = |design: &VerilogDesign, cache: &Path| {
        let options = VerilatorOptions { cache: Some(cache.into()), ..Default::default() };
        VerilatorSimulator::build(design, &options).unwrap().peek_u64(1)
    };
    let first = folder.path().join("first");
    assert_eq!(value(&rotate(), &first), 1);
    assert_eq!(entries(&first).len(), 2);
    let files = || entries(&first).iter().map(|path| fs::metadata(path).unwrap().ino()).collect::<Vec<_>>();
    let built = files();
    assert_eq!(value(&rotate(), &first), 1);
    assert_eq!(files(), built);

    let mut inverted = rotate();
    inverted.files[0].1 = inverted.files[0].1.replace("~a1", "a1");
    assert_eq!(value(&inverted, &first), 0);
    assert_eq!(entries(&first).len(), 3);

    // In another folder: a loaded library is not read again, and its file must not change.
    let second = folder.path().join("second");
    fs::rename(&first, &second).unwrap();
    let models = entries(&second).into_iter().filter(|path| path.is_file());
    models.for_each(|model| fs::remove_file(&model).and_then(|()| fs::write(&model, "damaged")).unwrap());
    assert_eq!(value(&rotate(), &second), 1);
    assert_eq!(value(&inverted, &second), 0);
    assert!(entries(&second).iter().all(|path| path.is_dir() || fs::metadata(path).unwrap().len() > 10_000));
    assert_eq!(entries(&second).len(), 3);
}

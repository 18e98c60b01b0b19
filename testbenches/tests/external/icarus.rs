//! Generated testbenches: correct designs pass, mismatches are found, and this program is not needed to run them.

use crate::designs::{
    Numbers, Pipeline, WIDTHS, Y, design, drive, input, output, pipeline, rotate, rotated, unknown,
};
use crate::trace::pipeline_trace;
use hdl::Bits;
use std::fs;
use std::process::{Command, Stdio};
use test_support::needed::{TESTBENCHES, missing};
use testbenches::icarus::{Style, run, testbench};
use testbenches::tools::{IVERILOG, VVP};
use testbenches::{Recorder, ToolError, Trace, VerilogDesign};

/// Every output is checked against the model in Rust.
fn checked_pipeline_trace(cycles: u64) -> Trace {
    let unchecked = pipeline_trace(cycles);
    let mut trace = Trace::new(unchecked.ports().to_vec());
    for cycle in 0..unchecked.cycles() {
        let values: Vec<Bits> = (0..=Y).map(|port| unchecked.value(cycle, port)).collect();
        // Before the first edge in reset, the registers are unknown.
        trace.push(&values, &[false, false, false, cycle > 0]);
    }
    trace
}

fn bits(value: u128, width: u32) -> Bits {
    Bits::truncated(value, width)
}

/// One cycle of [`unknown`]: `load`, `d`, `q`, `known`, and whether the outputs are checked.
fn unknown_cycle(trace: &mut Trace, [load, d, q, known]: [u128; 4], checked: [bool; 2]) {
    let values = [bits(load, 1), bits(d, 8), bits(q, 8), bits(known, 4)];
    trace.push(&values, &[false, false, checked[0], checked[1]]);
}

#[test]
fn a_right_design_passes_and_everything_is_counted() {
    if missing(TESTBENCHES) {
        return;
    }
    let report = run(&pipeline(), &checked_pipeline_trace(200)).unwrap();
    assert!(report.passed());
    assert_eq!((report.cycles, report.checked_values, report.mismatches.len()), (200, 199, 0));
}

#[test]
fn ports_of_every_width_are_compared_without_a_clock() {
    if missing(TESTBENCHES) {
        return;
    }
    let design = rotate();
    let mut numbers = Numbers(9);
    let mut trace = Trace::new(design.ports.clone());
    for _ in 0..100 {
        let inputs = design.inputs().map(|(_, port)| numbers.bits(port.width));
        let values: Vec<Bits> = inputs.flat_map(|value| [value.clone(), rotated(&value)]).collect();
        trace.push(&values, &[false, true].repeat(WIDTHS.len()));
    }
    let report = run(&design, &trace).unwrap();
    assert!(report.passed(), "{:?}", report.mismatches);
    assert_eq!(report.checked_values, 900);

    // One wrong bit, the highest of the widest port.
    let mut values: Vec<Bits> = (0..18).map(|port| trace.value(99, port)).collect();
    let high = values[17].bit(199);
    values[17].set_bit(199, !high);
    trace.push(&values, &[false, true].repeat(WIDTHS.len()));
    let report = run(&design, &trace).unwrap();
    assert_eq!((report.mismatch_count, report.mismatches.len()), (1, 1));
    let mismatch = &report.mismatches[0];
    assert_eq!((mismatch.cycle, mismatch.port.as_str(), &mismatch.expected), (100, "y200", &values[17]));
    assert_eq!(mismatch.found, trace.value(99, 17).to_string());
}

#[test]
fn mismatches_are_counted_and_the_first_ones_shown() {
    if missing(TESTBENCHES) {
        return;
    }
    let mut recorder = Recorder::new(Pipeline::new());
    drive(&mut recorder, 100, |_, _| ());
    let mut wrong = pipeline();
    wrong.files[0].1 = wrong.files[0].1.replace("{16'd0, a} *", "{16'd1, a} *");
    let report = run(&wrong, recorder.trace()).unwrap();
    assert!(!report.passed());
    assert!(report.mismatch_count > 80 && report.mismatches.len() == 10);
    assert_eq!((report.mismatches[0].cycle, report.mismatches[0].port.as_str()), (4, "y"));
}

#[test]
fn an_unknown_bit_is_an_error_only_where_the_output_is_checked() {
    if missing(TESTBENCHES) {
        return;
    }
    let mut tolerated = Trace::new(unknown().ports);
    unknown_cycle(&mut tolerated, [0, 0x03, 0x03, 0], [false, false]);
    unknown_cycle(&mut tolerated, [1, 0x5a, 0x0a, 0], [false, false]);
    unknown_cycle(&mut tolerated, [0, 0x5a, 0x5a, 0xa], [true, true]);
    assert!(run(&unknown(), &tolerated).unwrap().passed());

    let mut checked = Trace::new(unknown().ports);
    unknown_cycle(&mut checked, [0, 0x03, 0x03, 0], [true, true]);
    let report = run(&unknown(), &checked).unwrap();
    let found: Vec<String> = report.mismatches.iter().map(|mismatch| mismatch.to_string()).collect();
    assert_eq!(
        found,
        ["cycle 0, port q: expected 8'h03, found 8'hx3", "cycle 0, port known: expected 4'h0, found 4'hX",]
    );
}

#[test]
fn a_run_without_a_checked_value_does_not_pass() {
    if missing(TESTBENCHES) {
        return;
    }
    let trace = pipeline_trace(20);
    assert_eq!(trace.checked_values(), 0);
    let report = run(&pipeline(), &trace).unwrap();
    assert_eq!((report.passed(), report.mismatch_count, report.checked_values), (false, 0, 0));
    let failed = "FAIL: no value was checked in 20 cycles";
    assert_eq!(run_by_hand(&pipeline(), &trace, str::to_string), (1, failed.into()));
}

#[test]
fn a_known_bit_that_differs_is_an_error_even_beside_unknown_ones() {
    if missing(TESTBENCHES) {
        return;
    }
    let mut trace = Trace::new(unknown().ports);
    unknown_cycle(&mut trace, [0, 0x03, 0x02, 0], [false, false]);
    let report = run(&unknown(), &trace).unwrap();
    let found: Vec<String> = report.mismatches.iter().map(|mismatch| mismatch.to_string()).collect();
    assert_eq!(found, ["cycle 0, port q: expected 8'h02, found 8'hx3"]);
}

#[test]
fn ports_may_have_the_names_the_testbench_uses() {
    if missing(TESTBENCHES) {
        return;
    }
    let text = "module dut(input wire cycle, input wire lines, output wire line, output wire expected_line);\n  \
                assign line = cycle & lines;\n  assign expected_line = cycle | lines;\nendmodule\n";
    let ports = vec![input("cycle", 1), input("lines", 1), output("line", 1), output("expected_line", 1)];
    let mut clash = design("dut", None, ports, text);
    clash.files.push(("dut_tb.v".into(), "module dut_tb;\nendmodule\n".into()));
    let mut trace = Trace::new(clash.ports.clone());
    for (a, b) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
        trace.push(&[bits(a, 1), bits(b, 1), bits(a & b, 1), bits(a | b, 1)], &[false, false, true, true]);
    }
    assert!(run(&clash, &trace).unwrap().passed());
}

#[test]
fn a_warning_of_the_compiler_is_an_error() {
    if missing(TESTBENCHES) {
        return;
    }
    let mut dangling = pipeline();
    let text = "module half(input wire a, input wire b, output wire y);\n  assign y = a & b;\nendmodule\n";
    dangling.files.push(("half.v".into(), text.into()));
    dangling.files[0].1 = dangling.files[0]
        .1
        .replace("  assign y", "  wire unused;\n  half half (.a(a[0]), .y(unused));\n  assign y");
    let error = run(&dangling, &pipeline_trace(3)).unwrap_err().to_string();
    assert!(error.contains("iverilog -g2005 -Wall") && error.contains("dangling input port"), "{error}");
}

#[test]
fn a_trace_must_fit_the_design() {
    if missing(TESTBENCHES) {
        return;
    }
    let error = run(&pipeline(), &Trace::new(pipeline().ports)).unwrap_err();
    assert_eq!(error.to_string(), "design `pipeline`: the trace has no cycles");
    let error = run(&unknown(), &pipeline_trace(3)).unwrap_err();
    assert_eq!(error.to_string(), "design `unknown`: the trace belongs to a design with other ports");
}

/// Runs a testbench as its header says; gives the exit status and the last line printed.
fn run_by_hand(design: &VerilogDesign, trace: &Trace, change_memory: fn(&str) -> String) -> (i32, String) {
    let bench = testbench(design, trace, &Style { name: "bench".into(), shown: 3 }).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write(&bench.file, &bench.verilog);
    design.files.iter().for_each(|(name, text)| write(name, text));
    bench.memory_files.iter().for_each(|(name, text)| write(name, &change_memory(text)));
    let commands: Vec<Vec<&str>> = bench
        .verilog
        .lines()
        .filter_map(|line| line.strip_prefix("//   "))
        .map(|line| line.split(' ').collect())
        .collect();
    let mut last = (0, String::new());
    for words in commands.iter().filter(|words| ["iverilog", "vvp"].contains(&words[0])) {
        let program = if words[0] == "vvp" { VVP } else { IVERILOG }.find().unwrap();
        let mut command = Command::new(program);
        let output =
            command.args(&words[1..]).current_dir(folder.path()).stdin(Stdio::null()).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        last = (output.status.code().unwrap(), text.lines().last().unwrap_or_default().to_string());
    }
    last
}

#[test]
fn the_commands_in_the_header_run_the_testbench() {
    if missing(TESTBENCHES) {
        return;
    }
    let trace = checked_pipeline_trace(50);
    assert_eq!(
        run_by_hand(&pipeline(), &trace, str::to_string),
        (0, "PASS: 50 cycles, 49 checked values".into())
    );
    let mut wrong = pipeline();
    wrong.files[0].1 = wrong.files[0].1.replace("y = stage1", "y = ~stage1");
    let failed = "FAIL: 49 mismatches in 50 cycles, 49 checked values";
    assert_eq!(run_by_hand(&wrong, &trace, str::to_string), (1, failed.into()));
}

#[test]
fn a_memory_file_that_is_cut_fails() {
    if missing(TESTBENCHES) {
        return;
    }
    let cut = |memory: &str| memory.lines().take(20).map(|line| format!("{line}\n")).collect();
    let failed = "FAIL: bench.hex has fewer than 50 lines";
    assert_eq!(run_by_hand(&pipeline(), &checked_pipeline_trace(50), cut), (1, failed.into()));
    assert_eq!(run_by_hand(&pipeline(), &checked_pipeline_trace(50), |_| String::new()), (1, failed.into()));
}

#[test]
fn a_testbench_can_be_read() {
    let trace = checked_pipeline_trace(5);
    let bench = testbench(&pipeline(), &trace, &Style::of(&pipeline())).unwrap();
    insta::assert_snapshot!("pipeline_tb.v", bench.verilog);
    insta::assert_snapshot!("pipeline_tb.hex", bench.memory_files[0].1);
}

#[test]
fn a_missing_program_names_its_package() {
    let expected = "no Icarus Verilog compiler on PATH (as `iverilog`): install Debian's package `iverilog`, which \
                    `scripts/install-tools` does, or set GEN_RTL_IVERILOG to its path";
    assert_eq!(ToolError::Missing(IVERILOG).to_string(), expected);
}

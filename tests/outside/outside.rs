//! A user's block through every command, beside the library's blocks.

#[path = "../command/support.rs"]
#[allow(dead_code, reason = "the tests of the command use all of it")]
mod support;

use gen_rtl::blocks::parameters::{Parameters, check};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::process::Command;
use support::{Workplace, tool};

/// The program under test.
const PROGRAM: &str = env!("CARGO_BIN_EXE_my-blocks");

/// The user's block.
const BLOCK: &str = "leaky_accumulator";

#[test]
fn it_is_listed_before_the_library() {
    let list = Workplace::new().run(&["list"]).succeeded();
    let names: Vec<&str> = list.lines().skip(1).filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(names[..2], [BLOCK, "pacq_mul"]);
}

#[test]
fn its_parameters_are_described_and_checked() {
    let place = Workplace::new();
    let description = place.run(&["describe", BLOCK, "--set", "bits=8"]).succeeded();
    assert!(
        description.contains("bits  8      16       4 to 32  width of a number and of the sum"),
        "{description}"
    );
    assert!(description.contains("ports of module leaky_accumulator_w8"), "{description}");
    let refused = place.run(&["describe", BLOCK, "--set", "bits=4", "--set", "leak=4"]).refused();
    let expected = "error: leak must be below bits: leak is 4, bits is 4\n  \
                    help: `my-blocks describe leaky_accumulator` lists the parameters\n";
    assert_eq!(refused, expected);
}

#[test]
fn its_name_is_completed_and_corrected() {
    let place = Workplace::new();
    let wrong = place.run(&["verify", "leaky_acumulator"]).refused();
    assert!(wrong.contains("help: a similar value exists: 'leaky_accumulator'"), "{wrong}");
    let script = place.run(&["completions", "bash"]).succeeded();
    assert!(script.contains(" my-blocks\n") && script.contains(BLOCK), "{script}");
    let help = place.run(&["verify", "--help"]).succeeded();
    assert!(help.contains("  my-blocks verify pacq_mul\n") && !help.contains("gen-rtl verify"), "{help}");
}

#[test]
fn its_verilog_is_written_and_clean() {
    let place = Workplace::new();
    let files = place.run(&["--block", BLOCK, "--keep-parameter", "bits=8,16"]).succeeded();
    assert!(files.contains("build/leaky_accumulator/leaky_accumulator_by_bits.v\n"), "{files}");
    let Some(verilator) = tool("verilator", "GEN_RTL_VERILATOR") else { return };
    let folder = place.path().join("build/leaky_accumulator");
    let top = ["--top-module", "leaky_accumulator_by_bits", "leaky_accumulator_by_bits.v"];
    let lint = Command::new(verilator)
        .args(["--lint-only", "-Wall", "-y", "."])
        .args(top)
        .current_dir(folder)
        .output();
    let lint = lint.expect("Verilator runs");
    assert!(lint.status.success() && lint.stderr.is_empty(), "{lint:?}");
}

#[test]
fn it_is_verified_and_its_testbench_judged() {
    let place = Workplace::new();
    let simulator = match tool("iverilog", "GEN_RTL_IVERILOG") {
        Some(_) => "icarus",
        None => "builtin",
    };
    let report =
        place.run(&["verify", BLOCK, "--vectors", "2000", "--simulator", simulator, "--json"]).succeeded();
    let report: Value = serde_json::from_str(&report).expect("it is JSON");
    assert_eq!(report["passed"], true);
    let coverage = report["simulators"][0]["coverage"].as_array().expect("a list");
    assert!(coverage.len() == 5 && coverage.iter().all(|point| point["hits"] != 0), "{coverage:?}");
    place.run(&["mutate", BLOCK, "--set", "bits=6", "--mutants", "30"]).succeeded();
    let bench = place.run(&["testbench", BLOCK, "--vectors", "100"]).succeeded();
    assert!(bench.contains("build/leaky_accumulator_testbench/"), "{bench}");
}

#[test]
fn it_is_synthesised_and_swept() {
    if tool("yosys", "GEN_RTL_YOSYS").is_none() {
        return;
    }
    let place = Workplace::new();
    let cells_only = ["--target", "ice40", "--no-place", "--gate-level", "0", "--cache", "cache"];
    let synth = [&["synth", BLOCK, "--set", "bits=4", "--json"], &cells_only[..]].concat();
    let figures: Value = serde_json::from_str(&place.run(&synth).succeeded()).expect("it is JSON");
    assert_eq!(figures["targets"][0]["resources"]["flip_flops"], 5, "the sum, and whether there is one");
    let sweep = [&["sweep", BLOCK, "--set", "bits=4,6"], &cells_only[..]].concat();
    place.run(&sweep).succeeded();
    let rows = place.read("build/leaky_accumulator_sweep/sweep.csv");
    assert_eq!(rows.lines().count(), 3, "{rows}");
}

#[derive(Clone, Default, Serialize, Deserialize, JsonSchema)]
struct WithoutMeaning {
    #[schemars(range(min = 1, max = 8))]
    bits: u32,
}

#[derive(Clone, Default, Serialize, Deserialize, JsonSchema)]
struct WithoutRange {
    /// Bits of a word.
    bits: u32,
}

#[derive(Clone, Default, Serialize, Deserialize, JsonSchema)]
struct WithHiddenField {
    /// Bits of a word.
    #[schemars(skip)]
    bits: u32,
}

impl Parameters for WithoutMeaning {}
impl Parameters for WithoutRange {}
impl Parameters for WithHiddenField {}

#[test]
fn what_declares_no_parameter_is_told() {
    let reasons = [check::<WithoutMeaning>(), check::<WithoutRange>(), check::<WithHiddenField>()];
    let expected = [
        "its parameter `bits` has no documentation, which gives its meaning",
        "its parameter `bits` has no legal values: an integer needs `range(min = ..., max = ...)` or \
         `extend(\"enum\" = [...])`, from 0 up",
        "its serialised fields are `bits`, but those of its schema are : they must be the same, in the same order",
    ];
    assert_eq!(reasons, expected.map(|reason| Err(reason.into())));
}

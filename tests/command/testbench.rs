//! The testbench for users who have only Icarus Verilog.

use crate::support::{Workplace, tool};
use serde_json::Value;
use std::path::Path;
use std::process::Command;

const OUT: &str = "build/pacq_mul_testbench";

/// Runs the commands that the printed text ends with.
fn run_as_told(workplace: &Workplace, stdout: &str) -> (bool, String) {
    let (_, commands) = stdout.split_once("\nRun it:\n").expect("commands to run");
    let script = commands.lines().collect::<Vec<_>>().join(" && ");
    let output =
        Command::new("sh").args(["-c", &script]).current_dir(workplace.path()).output().expect("sh runs");
    (output.status.success(), String::from_utf8(output.stdout).expect("UTF-8"))
}

#[test]
fn it_passes_in_icarus_by_the_command_that_is_printed() {
    if tool("iverilog", "GEN_RTL_IVERILOG").is_none() {
        return;
    }
    for parameters in [&[][..], &["--set", "stages=2", "--set", "flow=ready_valid", "--out", "it's here"]] {
        let workplace = Workplace::new();
        let arguments = [&["testbench", "pacq_mul", "--vectors", "500"], parameters].concat();
        let stdout = workplace.run(&arguments).succeeded();
        let (passed, printed) = run_as_told(&workplace, &stdout);
        assert!(passed && printed.lines().last().unwrap().starts_with("PASS"), "{printed}");
    }
}

#[test]
fn it_fails_on_a_wrong_design() {
    if tool("iverilog", "GEN_RTL_IVERILOG").is_none() {
        return;
    }
    let workplace = Workplace::new();
    let stdout = workplace.run(&["testbench", "pacq_mul", "--vectors", "500"]).succeeded();
    let file = format!("{OUT}/pacq_mul_fp16_w4.v");
    workplace.write(&file, &workplace.read(&file).replace("assign nan = ", "assign nan = ~"));
    let (passed, printed) = run_as_told(&workplace, &stdout);
    assert!(!passed && printed.contains("MISMATCH cycle 0, port nan: "), "{printed}");
}

#[test]
fn what_it_compiles_to_is_not_foreign() {
    let workplace = Workplace::new();
    let arguments = ["testbench", "pacq_mul", "--vectors", "10"];
    workplace.run(&arguments).succeeded();
    workplace.write(&format!("{OUT}/pacq_mul_fp16_w4_tb.vvp"), "compiled");
    workplace.run(&arguments).succeeded();
    let files = ["manifest.json", "pacq_mul_fp16_w4.v", "pacq_mul_fp16_w4_tb.hex", "pacq_mul_fp16_w4_tb.v"];
    assert_eq!(workplace.names(OUT), files);
}

#[test]
fn it_holds_the_same_verilog_as_the_main_job() {
    let workplace = Workplace::new();
    workplace.run(&["testbench", "pacq_mul", "--vectors", "10"]).succeeded();
    workplace.run(&["--block", "pacq_mul"]).succeeded();
    let name = "pacq_mul_fp16_w4.v";
    assert_eq!(workplace.read(&format!("{OUT}/{name}")), workplace.read(&format!("build/pacq_mul/{name}")));
}

#[test]
fn the_manifest_tells_of_the_testbench() {
    let workplace = Workplace::new();
    let arguments = ["testbench", "pacq_mul", "--vectors", "10", "--seed", "3", "--json"];
    let manifest: Value = serde_json::from_str(&workplace.run(&arguments).succeeded()).unwrap();
    let expected = serde_json::json!({
        "module": "pacq_mul_fp16_w4_tb", "vectors": 10, "seed": 3, "cycles": 10, "checked_values": 50,
        "program": "pacq_mul_fp16_w4_tb.vvp"
    });
    assert_eq!(manifest["testbench"], expected);
    let files: Vec<&String> = manifest["files"].as_object().unwrap().keys().collect();
    assert_eq!(files, ["pacq_mul_fp16_w4.v", "pacq_mul_fp16_w4_tb.hex", "pacq_mul_fp16_w4_tb.v"]);
}

#[test]
fn the_number_of_vectors_is_bounded_by_the_cycles_that_they_take() {
    let workplace = Workplace::new();
    let stderr = workplace.run(&["testbench", "loas_array", "--vectors", "1000000"]).refused();
    assert!(
        stderr.starts_with("error: --vectors cannot be 1000000: a case of loas_array takes about "),
        "{stderr}"
    );
    assert_eq!(workplace.names(""), [""; 0]);
}

#[test]
fn the_number_of_vectors_has_bounds() {
    for vectors in ["0", "1000001"] {
        let workplace = Workplace::new();
        let stderr = workplace.run(&["testbench", "pacq_mul", "--vectors", vectors]).refused();
        assert!(
            stderr
                .contains(&format!("'{vectors}' for '--vectors <N>': expected a number from 1 to 1000000\n")),
            "{stderr}"
        );
        assert!(!Path::new(&workplace.path().join("build")).exists());
    }
}

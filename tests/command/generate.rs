//! The main job: Verilog and its manifest.

use crate::support::{Workplace, tool};
use serde_json::Value;
use std::process::Command;

const DEFAULT: [&str; 2] = ["--block", "pacq_mul"];

#[test]
fn a_block_s_name_is_enough() {
    let workplace = Workplace::new();
    let stdout = workplace.run(&DEFAULT).succeeded();
    assert_eq!(stdout, "build/pacq_mul/pacq_mul_fp16_w4.v\nbuild/pacq_mul/manifest.json\n");
    assert!(workplace.read("build/pacq_mul/pacq_mul_fp16_w4.v").contains("module pacq_mul_fp16_w4"));
}

#[test]
fn standard_output_gets_the_same_verilog_and_no_file_is_written() {
    let workplace = Workplace::new();
    let printed = workplace.run(&["--block", "pacq_mul", "--stdout"]).succeeded();
    assert_eq!(workplace.names(""), [""; 0]);
    workplace.run(&DEFAULT).succeeded();
    assert_eq!(workplace.read("build/pacq_mul/pacq_mul_fp16_w4.v"), printed);
}

#[test]
fn the_same_parameters_give_the_same_bytes() {
    let workplace = Workplace::new();
    let parameters = ["--set", "product=rounded", "--set", "stages=3", "--set", "flow=ready_valid"];
    for out in ["a", "b", "b"] {
        workplace.run(&[&DEFAULT[..], &parameters, &["--out", out]].concat()).succeeded();
    }
    assert_eq!(workplace.names("a"), workplace.names("b"));
    for name in workplace.names("a") {
        assert_eq!(workplace.read(&format!("a/{name}")), workplace.read(&format!("b/{name}")));
    }
}

#[test]
fn the_manifest_has_what_a_tool_needs() {
    let workplace = Workplace::new();
    let arguments = ["--block", "pacq_mul", "--set", "stages=2", "--set", "lanes=3", "--json"];
    let printed = workplace.run(&arguments).succeeded();
    assert_eq!(printed, workplace.read("build/pacq_mul/manifest.json"));
    let mut manifest: Value = serde_json::from_str(&printed).unwrap();
    let files = manifest["files"].take();
    assert_eq!(manifest["version"].take(), env!("CARGO_PKG_VERSION"));
    insta::assert_snapshot!(serde_json::to_string_pretty(&manifest).unwrap());

    let hashes = files.as_object().unwrap().iter();
    let hashes: String =
        hashes.map(|(name, file)| format!("{}  {name}\n", file["sha256"].as_str().unwrap())).collect();
    workplace.write("build/pacq_mul/SHA256SUMS", &hashes);
    let folder = workplace.path().join("build/pacq_mul");
    let checked =
        Command::new("sha256sum").args(["--check", "SHA256SUMS"]).current_dir(folder).output().unwrap();
    assert_eq!(String::from_utf8(checked.stdout).unwrap(), "pacq_mul_fp16_w4_x3_s2.v: OK\n");
}

/// The ports that a module declares, one a line: direction, width, name.
fn declared_ports(verilog: &str, module: &str) -> Vec<String> {
    let (_, from_header) = verilog.split_once(&format!("\nmodule {module} (\n")).expect("the module");
    let (header, _) = from_header.split_once("\n);").expect("the end of the header");
    let port = |line: &str| {
        let words: Vec<&str> = line.trim_end_matches(',').split_whitespace().collect();
        let width = match words[2].strip_prefix('[').and_then(|range| range.strip_suffix(":0]")) {
            Some(high) => 1 + high.parse::<u32>().expect("a number"),
            None => 1,
        };
        format!("{} {width} {}", words[0], words[words.len() - 1])
    };
    header.lines().map(port).collect()
}

#[test]
fn the_manifest_s_ports_are_those_of_the_top_module() {
    for parameters in [&[][..], &["--set", "stages=1"], &["--set", "stages=2", "--set", "flow=ready_valid"]] {
        let workplace = Workplace::new();
        let json = workplace.run(&[&DEFAULT[..], &["--json"], parameters].concat()).succeeded();
        let manifest: Value = serde_json::from_str(&json).unwrap();
        let top = manifest["top"].as_str().unwrap();
        let ports = manifest["ports"].as_array().unwrap().iter();
        let text = |value: &Value| value.as_str().unwrap().to_string();
        let listed: Vec<String> =
            ports.map(|p| format!("{} {} {}", text(&p["direction"]), p["width"], text(&p["name"]))).collect();
        assert_eq!(listed, declared_ports(&workplace.read(&format!("build/pacq_mul/{top}.v")), top));
    }
}

#[test]
fn source_locators_are_there_when_asked_for() {
    let workplace = Workplace::new();
    let printed = |more: &[&str]| workplace.run(&[&DEFAULT[..], &["--stdout"], more].concat()).succeeded();
    assert!(printed(&["--src-locators"]).contains("(* src = \"blocks/"));
    assert!(!printed(&[]).contains("(* src ="));
}

#[test]
fn a_kept_parameter_is_one_in_verilog() {
    let workplace = Workplace::new();
    let arguments = ["--block", "pacq_mul", "--keep-parameter", "weight_bits=4,2", "--json"];
    let manifest: Value = serde_json::from_str(&workplace.run(&arguments).succeeded()).unwrap();
    let top = manifest["top"].as_str().unwrap();
    assert_eq!(top, "pacq_mul_fp16_by_weight_bits");
    assert!(workplace.read(&format!("build/pacq_mul/{top}.v")).contains("parameter WEIGHT_BITS = 4\n"));
    assert_eq!(manifest["kept_parameters"], serde_json::json!({"weight_bits": [4, 2]}));
    let variants = manifest["variants"].as_array().unwrap().iter();
    let variants: Vec<_> =
        variants.map(|v| (v["parameters"].to_string(), v["module"].as_str().unwrap())).collect();
    let expected = [("{\"weight_bits\":4}", "pacq_mul_fp16_w4"), ("{\"weight_bits\":2}", "pacq_mul_fp16_w2")];
    assert_eq!(variants, expected.map(|(values, module)| (values.to_string(), module)));
    let files: Vec<&String> = manifest["files"].as_object().unwrap().keys().collect();
    assert_eq!(files, ["pacq_mul_fp16_by_weight_bits.v", "pacq_mul_fp16_w2.v", "pacq_mul_fp16_w4.v"]);
}

#[test]
fn every_value_of_a_kept_parameter_elaborates_and_no_other() {
    let Some(iverilog) = tool("iverilog", "GEN_RTL_IVERILOG") else { return };
    let workplace = Workplace::new();
    let kept = ["--keep-parameter", "weight_bits=2,4", "--keep-parameter", "stages=0,1", "--stdout"];
    workplace.write("kept.v", &workplace.run(&[&DEFAULT[..], &kept].concat()).succeeded());
    let elaborate = |weight_bits: u32, stages: u32| {
        let parameters = format!("#(.WEIGHT_BITS({weight_bits}), .STAGES({stages}))");
        workplace.write(
            "user.v",
            &format!("module user; pacq_mul_fp16_by_weight_bits_stages {parameters} mul (); endmodule\n"),
        );
        let mut command = Command::new(&iverilog);
        let output = command
            .args(["-g2005", "-s", "user", "-o", "out", "user.v", "kept.v"])
            .current_dir(workplace.path());
        String::from_utf8(output.output().unwrap().stderr).unwrap()
    };
    for (weight_bits, stages) in [(2, 0), (2, 1), (4, 0), (4, 1)] {
        assert_eq!(elaborate(weight_bits, stages), "");
    }
    assert!(elaborate(3, 0).contains("WEIGHT_BITS_must_be_2_or_4"));
    assert!(elaborate(2, 2).contains("STAGES_must_be_0_or_1"));
}

#[test]
fn a_kept_parameter_goes_with_settings_that_can_be_read_only_once() {
    let workplace = Workplace::new();
    let arguments = ["--block", "pacq_mul", "--keep-parameter", "stages=1,2", "--config", "/dev/stdin"];
    workplace.run_on(&arguments, "weight_bits = 2\n").succeeded();
    let files =
        ["manifest.json", "pacq_mul_fp16_w2_by_stages.v", "pacq_mul_fp16_w2_s1.v", "pacq_mul_fp16_w2_s2.v"];
    assert_eq!(workplace.names("build/pacq_mul"), files);
}

#[track_caller]
fn refuses_to_keep(arguments: &[&str], expected: &str) {
    let workplace = Workplace::new();
    let stderr = workplace.run(&[&DEFAULT[..], arguments].concat()).refused();
    assert!(stderr.starts_with(expected), "{stderr}");
    assert_eq!(workplace.names(""), [""; 0]);
}

#[test]
fn what_cannot_be_kept_is_refused_with_the_reason() {
    refuses_to_keep(
        &["--keep-parameter", "product=exact,rounded"],
        "error: invalid value 'product=exact,rounded' for '--keep-parameter <NAME=VALUE,VALUE>': `exact` is not an integer",
    );
    refuses_to_keep(
        &["--keep-parameter", "weight_bits"],
        "error: invalid value 'weight_bits' for '--keep-parameter",
    );
    refuses_to_keep(
        &["--keep-parameter", "weight_bit=2,4"],
        "error: there is no parameter `weight_bit`: did you mean `weight_bits`?",
    );
    refuses_to_keep(
        &["--keep-parameter", "weight_bits=2,5"],
        "error: parameter `weight_bits` cannot be `5`: legal values are 2, 3, 4, 8",
    );
    refuses_to_keep(
        &["--keep-parameter", "stages=1,1"],
        "error: cannot keep the parameters open: the value 1 of parameter `stages` is listed twice",
    );
    refuses_to_keep(
        &["--set", "stages=1", "--keep-parameter", "stages=1,2"],
        "error: parameter `stages` is set to `1` by --set, and --keep-parameter keeps it open\n  help: ",
    );
    refuses_to_keep(
        &["--keep-parameter", "stages=1,2", "--keep-parameter", "stages=0,3"],
        "error: `--keep-parameter stages` is given twice",
    );
}

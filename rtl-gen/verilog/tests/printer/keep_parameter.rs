//! A top module with Verilog parameters, in every tool.

use crate::lint::findings;
use crate::tools::{self, IVERILOG, PYTHON, VERILATOR, YOSYS};
use hdl::netlist::ModuleDef;
use hdl::{Clocking, Design, Netlist};
use verilog::keep_parameter::{KeepError, KeptParameter, print_top};
use verilog::{Options, VerilogFile};

fn kept(name: &str, values: &[u32]) -> KeptParameter {
    KeptParameter { name: name.into(), values: values.to_vec() }
}

/// Products of a sample with `lanes` weights, in `stages` cycles.
fn scaler(lanes: u32, weight_bits: u32, stages: u32) -> Netlist {
    let design = Design::new(Clocking::default());
    let parts = [format!("l{lanes}"), format!("w{weight_bits}"), format!("s{stages}")];
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let top = design.module("scaler", &parts, |m| {
        m.describe("Multiplies a sample with each weight.");
        let sample = m.input("sample", 8, "unsigned");
        let weights = m.input("weights", lanes * weight_bits, "one a lane");
        let scaled = |lane: u32| sample * weights.slice((lane + 1) * weight_bits - 1, lane * weight_bits);
        let products: Vec<_> = (0..lanes).rev().map(scaled).collect();
        let products = m.concat(&products);
        let delayed = (0..stages).fold(products, |value, stage| {
            let register = m.reg(&format!("stage{stage}"), value.width());
            register.set(value);
            register.value()
        });
        m.output("products", delayed, "one a lane");
        m.output("lane_count", m.lit(lanes as u128, 4), "");
    });
    design.elaborate(top).unwrap_or_else(|errors| panic!("{errors}"))
}

/// The wrapper, and all files of the design with it.
fn print(kept: &[KeptParameter], variants: &[Netlist]) -> (VerilogFile, Vec<VerilogFile>) {
    let options = Options::default();
    let tops: Vec<&ModuleDef> = variants.iter().map(Netlist::top).collect();
    let wrapper = print_top("scaler", kept, &tops, &Clocking::default(), &options);
    let wrapper = wrapper.unwrap_or_else(|error| panic!("{error}"));
    let mut files: Vec<_> = variants.iter().flat_map(|variant| verilog::print(variant, &options)).collect();
    files.push(wrapper.clone());
    (wrapper, files)
}

fn one_parameter() -> (VerilogFile, Vec<VerilogFile>) {
    let variants: Vec<_> = [2, 4].map(|weight_bits| scaler(4, weight_bits, 1)).into();
    print(&[kept("weight_bits", &[2, 4])], &variants)
}

fn three_parameters() -> (VerilogFile, Vec<VerilogFile>) {
    let mut variants = vec![];
    for lanes in [1, 4] {
        for weight_bits in [2, 3, 8] {
            variants.extend([0, 1].map(|stages| scaler(lanes, weight_bits, stages)));
        }
    }
    print(&[kept("lanes", &[1, 4]), kept("weight_bits", &[2, 3, 8]), kept("stages", &[0, 1])], &variants)
}

/// The same files with other defaults in the wrapper.
fn with_default(files: &[VerilogFile], parameter: &str, values: [u32; 2]) -> Vec<VerilogFile> {
    let (before, after) = (format!("{parameter} = {}", values[0]), format!("{parameter} = {}", values[1]));
    let mut files = files.to_vec();
    let wrapper = files.last_mut().expect("a wrapper");
    assert!(wrapper.text.contains(&before), "{}", wrapper.text);
    wrapper.text = wrapper.text.replacen(&before, &after, 1);
    files
}

#[test]
fn wrappers_print_as_before() {
    insta::assert_snapshot!("kept_one", one_parameter().0.text);
    insta::assert_snapshot!("kept_three", three_parameters().0.text);
}

#[test]
fn legal_values_are_clean() {
    if !tools::present(&[VERILATOR, IVERILOG, YOSYS, PYTHON]) {
        return;
    }
    let (_, one) = one_parameter();
    let (_, three) = three_parameters();
    let cases = [
        one.clone(),
        with_default(&one, "WEIGHT_BITS", [2, 4]),
        three.clone(),
        with_default(&with_default(&three, "LANES", [1, 4]), "STAGES", [0, 1]),
        with_default(&three, "WEIGHT_BITS", [2, 8]),
    ];
    for files in cases {
        // The variants that are not selected look like further top modules.
        let findings = findings("scaler", &files, &["-Wno-MULTITOP"]);
        assert!(findings.is_empty(), "{}", findings.join("\n"));
    }
}

#[test]
fn an_illegal_value_stops_every_tool_by_name() {
    if !tools::present(&[VERILATOR, IVERILOG, YOSYS, PYTHON]) {
        return;
    }
    let (one, three) = (one_parameter().1, three_parameters().1);
    let cases = [
        (with_default(&one, "WEIGHT_BITS", [2, 3]), "WEIGHT_BITS_must_be_2_or_4"),
        (with_default(&three, "WEIGHT_BITS", [2, 5]), "WEIGHT_BITS_must_be_2_3_or_8"),
        (with_default(&three, "STAGES", [0, 7]), "STAGES_must_be_0_or_1"),
    ];
    for (files, message) in cases {
        let findings = findings("scaler", &files, &[]);
        assert_eq!(findings.len(), 4, "{findings:?}");
        findings.iter().for_each(|finding| assert!(finding.contains(message), "{finding}"));
    }
}

#[test]
fn every_error_names_what_is_wrong() {
    let (a, b) = (scaler(4, 2, 0), scaler(4, 4, 0));
    let other = {
        let design = Design::new(Clocking::default());
        let top = design.module("other", &[], |m| {
            let sample = m.input("sample", 8, "");
            m.output("weights", sample, "");
        });
        design.elaborate(top).unwrap_or_else(|errors| panic!("{errors}"))
    };
    let error = |name: &str, kept: &[KeptParameter], variants: &[&Netlist]| {
        let tops: Vec<&ModuleDef> = variants.iter().map(|variant| variant.top()).collect();
        let result = print_top(name, kept, &tops, &Clocking::default(), &Options::default());
        result.expect_err("an error").to_string()
    };
    let bits = |values: &[u32]| [kept("weight_bits", values)];
    assert_eq!(error("top", &[], &[&a]), "there is no parameter to keep");
    assert_eq!(error("top", &bits(&[]), &[&a]), "parameter `weight_bits` is kept open without a value");
    assert_eq!(
        error("top", &bits(&[1 << 31]), &[&a]),
        "parameter `weight_bits` cannot be 2147483648: a Verilog integer is at most 2147483647"
    );
    assert_eq!(
        error("top", &bits(&[2, 2]), &[&a, &b]),
        "the value 2 of parameter `weight_bits` is listed twice"
    );
    assert_eq!(
        error("top", &bits(&[2, 4, 8]), &[&a, &b]),
        "3 combinations of values need as many variants: there are 2"
    );
    assert_eq!(
        error("top", &bits(&[2, 4]), &[&a, &other]),
        "port `weights` of module `scaler_l4_w2_s0` has another direction in its variant `other`"
    );
    assert_eq!(
        error("top", &bits(&[2, 4]), &[&other, &a]),
        "port `weights` of module `other` has another direction in its variant `scaler_l4_w2_s0`"
    );
    assert_eq!(
        error("top", &[kept("2_bits", &[2, 4])], &[&a, &b]),
        "`2_BITS` cannot be a Verilog name: it must begin with a letter or an underscore"
    );
    assert_eq!(
        error("top", &[kept("lanes", &[2]), kept("Lanes", &[4])], &[&a]),
        "`LANES` cannot be a Verilog name: another parameter or a port has this name"
    );
    assert_eq!(
        error("scaler_l4_w4_s0", &bits(&[2, 4]), &[&a, &b]),
        "`scaler_l4_w4_s0` cannot be a Verilog name: a variant has this name"
    );
}

#[test]
fn a_missing_port_is_named() {
    let narrow = {
        let design = Design::new(Clocking::default());
        let top = design.module("narrow", &[], |m| {
            let sample = m.input("sample", 8, "");
            m.output("products", sample, "");
            m.output("lane_count", sample.low(4), "");
        });
        design.elaborate(top).unwrap_or_else(|errors| panic!("{errors}"))
    };
    let wide = scaler(4, 2, 0);
    let error = |variants: [&ModuleDef; 2]| {
        let kept = [kept("weight_bits", &[2, 4])];
        print_top("top", &kept, &variants, &Clocking::default(), &Options::default()).expect_err("an error")
    };
    let missing = KeepError::Port {
        port: "weights".into(),
        module: "scaler_l4_w2_s0".into(),
        other: "narrow".into(),
        reason: "does not exist in",
    };
    assert_eq!(error([wide.top(), narrow.top()]), missing);
    assert_eq!(error([narrow.top(), wide.top()]), missing);
}

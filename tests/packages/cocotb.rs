//! The cocotb test passes on the block, and fails on another one.

use crate::support::{COMBINATIONAL, Package, REGISTERS, STREAMS, is_full, python_tool, said, tool};

/// Runs the test in a simulator: whether it passes, and what is printed.
fn run(package: &Package, simulator: &str) -> Option<(bool, String)> {
    let python = python_tool("python3")?;
    let mut command = package.beside(python);
    // The models run for a moment: a quick compilation is worth more than a fast model.
    command.args(["-B".into(), package.folder().join("cocotb_run.py").into_os_string(), simulator.into()]);
    command.envs([("OPT_FAST", "-O0"), ("OPT_SLOW", "-O0"), ("OPT_GLOBAL", "-O0")]);
    let output = command.output().expect("Python starts");
    Some((output.status.success(), said(&output)))
}

#[test]
fn it_passes_in_icarus() {
    if tool("iverilog").is_none() {
        return;
    }
    for (block, tests) in [
        (COMBINATIONAL, &["cycles"][..]),
        (STREAMS, &["streams"]),
        (REGISTERS, &["streams", "registers"]),
        (&["loas_inner_join", "--set=mask_bits=8", "--set=adders=4", "--set=group=1"], &["streams"]),
        (&["xbar_adc_sar"], &["cycles"]),
    ] {
        let package = Package::new(block);
        let names = package.names();
        let Some((passed, text)) = run(&package, "icarus") else { return };
        assert_eq!(package.names(), names);
        assert!(passed && text.contains("\n3 tests, 0 failed\n"), "{block:?}: {text}");
        for test in tests {
            assert!(text.contains(&format!("cocotb_test.{test} passed")), "{block:?}, {test}: {text}");
        }
    }
}

#[test]
fn it_passes_in_verilator() {
    if is_full() && tool("verilator").is_some() {
        let Some((passed, text)) = run(&Package::new(STREAMS), "verilator") else { return };
        assert!(passed && text.contains("\n3 tests, 0 failed\n"), "{text}");
    }
}

#[test]
fn it_finds_faults() {
    if tool("iverilog").is_none() {
        return;
    }
    for (block, from, to, found) in [
        (COMBINATIONAL, "assign y = ", "assign y = ~", "cycle 0, y is "),
        (STREAMS, "assign out_last = ", "assign out_last = ~", "out: beat 0, out_last is "),
        (STREAMS, "assign out_valid = ", "assign out_valid = in_valid & ", "is withdrawn"),
        (STREAMS, "assign out_valid = ", "assign out_valid = 1'b0 & ", "no transfer in "),
        (&["layer_norm"], "~has_results | out_ready", "~has_results | 1'b1", "while it waits"),
        (REGISTERS, "assign s_axi_rresp = ", "assign s_axi_rresp = ~", "a read is answered with "),
    ] {
        let package = Package::new(block);
        package.replace(&format!("{}.v", package.top), from, to);
        let Some((passed, text)) = run(&package, "icarus") else { return };
        assert!(!passed && text.contains(found), "{from}: {text}");
    }
}

#[test]
fn an_unknown_simulator_is_named() {
    let Some((passed, text)) = run(&Package::new(COMBINATIONAL), "questa") else { return };
    assert!(!passed && text == "error: the simulator cannot be `questa`: icarus or verilator\n", "{text}");
}

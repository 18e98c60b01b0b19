//! FuseSoC runs the targets of the core.

use crate::support::{COMBINATIONAL, Package, REGISTERS, STREAMS, python_tool, said, tool};

/// Runs a target: whether it succeeds, and what is printed.
fn target(package: &Package, target: &str) -> Option<(bool, String)> {
    let fusesoc = python_tool("fusesoc")?;
    let core = format!("gen-rtl:blocks:{}:{}", package.top, env!("CARGO_PKG_VERSION"));
    let mut command = package.beside(fusesoc);
    let output =
        command.arg("--cores-root").arg(package.folder()).args(["run", "--target", target, &core]).output();
    let output = output.expect("fusesoc starts");
    Some((output.status.success(), said(&output)))
}

#[test]
fn it_lints_and_simulates() {
    if tool("verilator").is_none() || tool("iverilog").is_none() {
        return;
    }
    for block in [COMBINATIONAL, STREAMS, REGISTERS] {
        let package = Package::new(block);
        let Some((is_clean, text)) = target(&package, "lint") else { return };
        assert!(is_clean && !text.contains("%Warning"), "{text}");
        let (passed, text) = target(&package, "sim").expect("it was there");
        assert!(passed && text.contains("PASS: "), "{text}");
    }
}

#[test]
fn it_finds_a_fault() {
    if tool("iverilog").is_none() {
        return;
    }
    let package = Package::new(COMBINATIONAL);
    package.replace(&format!("{}.v", package.top), "assign y = ", "assign y = ~");
    let Some((passed, text)) = target(&package, "sim") else { return };
    assert!(!passed && text.contains("MISMATCH cycle 0, port y"), "{text}");
}

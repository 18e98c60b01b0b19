//! LiteX elaborates the module, and a SoC with it.

use crate::support::{COMBINATIONAL, MASTER, Package, REGISTERS, STREAMS, python_tool, said, tool};

#[test]
fn it_elaborates() {
    let Some(python) = python_tool("python3") else { return };
    let Some(verilator) = tool("verilator") else { return };
    for block in [COMBINATIONAL, STREAMS, REGISTERS, MASTER] {
        let package = Package::new(block);
        let mut command = package.beside(&python);
        command.args(["-B", concat!(env!("CARGO_MANIFEST_DIR"), "/tests/packages/elaborate_litex.py")]);
        let output = command.arg(package.folder()).arg(&package.top).output().expect("Python starts");
        assert!(output.status.success(), "{}", said(&output));
        // LiteX's own code has warnings; those of the block's ports are about pins.
        let mut lint = package.beside(&verilator);
        lint.args(["--lint-only", "-Wall", "-Wno-fatal", "--top-module", "top", "top.v"]);
        let output = lint.args(package.sources().iter().map(|name| package.folder().join(name))).output();
        let output = output.expect("Verilator starts");
        assert!(output.status.success() && !said(&output).contains(" pin"), "{}", said(&output));
    }
}

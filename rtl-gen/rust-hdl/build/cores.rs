//! The Verilog of a block, and the instance of it that stands in the module of the struct.

use crate::fields::Field;
use hdl::Netlist;
use sha2::{Digest, Sha256};
use verilog::VerilogFile;

/// The instance, whose ports are connected by name.
pub fn instance(module: &str, fields: &[Field]) -> String {
    let connections = fields.iter().map(|field| format!("    .{}({})", field.port.name, field.name));
    format!("{module} {}(\n{}\n);\n", instance_name(fields), connections.collect::<Vec<_>>().join(",\n"))
}

/// One that no field has.
fn instance_name(fields: &[Field]) -> String {
    let mut name = "core".to_string();
    while fields.iter().any(|field| field.name == name) {
        name.push('_');
    }
    name
}

/// All modules. rust-hdl prints them once for each instance, and other blocks may share some of them.
pub fn modules(netlist: &Netlist) -> String {
    let options = verilog::Options {
        generator: concat!("gen-rtl ", env!("CARGO_PKG_VERSION")).into(),
        ..Default::default()
    };
    verilog::print(netlist, &options).iter().map(once).collect()
}

/// A module that a tool reads once, however often it is printed. The macro stands for this text alone, so that a module of the
/// same name that differs is an error of the tool.
fn once(file: &VerilogFile) -> String {
    let module = file.name.trim_end_matches(".v");
    let digest = Sha256::digest(&file.text);
    let digest: String = digest[..8].iter().map(|byte| format!("{byte:02x}")).collect();
    let macro_name = format!("GEN_RTL_{module}_{digest}");
    format!("`ifndef {macro_name}\n`define {macro_name}\n{}`endif\n", file.text)
}

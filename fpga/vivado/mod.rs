//! A block between registers as a project for Vivado, which must be installed separately.

use crate::harness;
use blocks::block::Configured;
use tera::{Context, Tera};
use testbenches::{VerifyError, VerilogDesign};

/// The project: Verilog, `timing.xdc`, and `vivado.tcl`, which synthesises, places and routes without pads and reports
/// cells and timing; `part` is a device by Vivado's name.
pub fn project(block: &dyn Configured, part: &str) -> Result<Vec<(String, String)>, VerifyError> {
    let mut files = VerilogDesign::of(&harness::between_registers(block)?).files;
    let mut context = Context::new();
    let sources: Vec<String> = files.iter().map(|(name, _)| name.clone()).collect();
    context.insert("sources", &sources.join(" "));
    context.insert("part", part);
    let render =
        |template| Tera::one_off(template, &context, false).expect("the template has a value for every name");
    files.push(("timing.xdc".into(), render(include_str!("timing.xdc.tera"))));
    files.push(("vivado.tcl".into(), render(include_str!("vivado.tcl.tera"))));
    Ok(files)
}

//! A block between registers as a project for Vivado, which no registry carries.

use crate::harness;
use crate::target::Target;
use blocks::block::Configured;
use tera::{Context, Tera};
use testbenches::{VerifyError, VerilogDesign};

/// The project: Verilog, `timing.xdc`, and `vivado.tcl`, which synthesises, places and routes without pads and reports
/// cells and timing.
pub fn project(block: &dyn Configured, target: Target) -> Result<Vec<(String, String)>, VerifyError> {
    let mut files = VerilogDesign::of(&harness::between_registers(block)?).files;
    let mut context = Context::new();
    let sources: Vec<String> = files.iter().map(|(name, _)| name.clone()).collect();
    context.insert("sources", &sources.join(" "));
    context.insert("part", part(target));
    let render =
        |template| Tera::one_off(template, &context, false).expect("the template has a value for every name");
    files.push(("timing.xdc".into(), render(include_str!("timing.xdc.tera"))));
    files.push(("vivado.tcl".into(), render(include_str!("vivado.tcl.tera"))));
    Ok(files)
}

/// A usual device of the family.
fn part(target: Target) -> &'static str {
    match target {
        Target::Xc7 => "xc7z020clg400-1",
        _ => crate::boards::zcu102::PART,
    }
}

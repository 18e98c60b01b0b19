//! ZCU102, MEADOW's board: projects for Vivado, which must be installed separately.

use super::self_test::{self, BAUD, Pins, Vectors};
use crate::targets::XCZU9EG;
use blocks::block::Configured;
use tera::{Context, Tera};
use testbenches::{VerifyError, VerilogDesign};

/// Name of the board on the command line.
pub const NAME: &str = "zcu102";

/// What it is.
pub const ABOUT: &str = "AMD ZCU102: Tcl, XDC and an AXI block design for Vivado";

/// In Hz.
const CLOCK: u32 = 125_000_000;

/// Words of a memory of vectors.
const DEPTH: usize = 512;

const TEMPLATES: [(&str, &str); 4] = [
    ("zcu102_top.v", include_str!("zcu102_top.v.tera")),
    ("zcu102.xdc", include_str!("zcu102.xdc.tera")),
    ("build.tcl", include_str!("build.tcl.tera")),
    ("block_design.tcl", include_str!("block_design.tcl.tera")),
];

/// The self-test of a block on the programmable logic alone (`build.tcl`), and below the processor, which reads the
/// verdict through AXI (`block_design.tcl`).
pub fn project(block: &dyn Configured, seed: u64) -> Result<Vec<(String, String)>, VerifyError> {
    let vectors = Vectors::new(block, DEPTH, seed, "self_test")?;
    let pins = Pins { lamps_active_low: false, cycles_per_bit: CLOCK.div_ceil(BAUD), shows_signature: true };
    let netlist = self_test::netlist(block, &vectors, pins, "self_test")?;
    let mut files = VerilogDesign::of(&netlist).files;
    let mut context = Context::new();
    let sources: Vec<String> = files.iter().map(|(name, _)| name.clone()).collect();
    context.insert("part", XCZU9EG);
    context.insert("sources", &sources.join(" "));
    context.insert("period", &format!("{:.3}", 1e9 / f64::from(CLOCK)));
    context.insert("signature", &format!("{:08x}", self_test::combined(&vectors.signatures)));
    for (name, template) in TEMPLATES {
        let text = Tera::one_off(template, &context, false).expect("the template has a value for every name");
        files.push((name.into(), text));
    }
    Ok(files)
}

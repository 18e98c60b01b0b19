//! Common to AMD's families.

use super::family::{Cells, Family};
use crate::yosys;

/// A family by its name in Yosys, and a usual device by its name in Vivado.
pub const fn family(command: fn(bool) -> String, part: &'static str) -> Family {
    Family {
        command,
        models: || yosys::shared_text("xilinx/cells_sim.v"),
        models_block_rams: false,
        cells: Cells {
            luts: &["LUT"],
            carries: &["CARRY"],
            flip_flops: &["FD"],
            dsps: &["DSP48"],
            block_rams: &["RAMB"],
            lut_rams: &["RAM", "SRL"],
            free: &["INV", "MUXF", "VCC", "GND"],
        },
        placer: None,
        vivado_part: Some(part),
    }
}

/// Yosys's command for a family.
pub fn command(family: &str, use_dsps: bool) -> String {
    let dsps = if use_dsps { "" } else { " -nodsp" };
    format!("synth_xilinx -family {family} -flatten -noiopad -noclkbuf -nowidelut{dsps}")
}

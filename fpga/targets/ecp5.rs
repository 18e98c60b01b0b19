//! Lattice ECP5: Yosys, nextpnr, Trellis.

use super::family::{Cells, Device, Family, Packing, Placer};
use super::{Flow, Target};
use crate::tools::{ECPPACK, NEXTPNR_ECP5};
use crate::yosys;
use testbenches::ToolError;

/// Lattice ECP5.
pub static ECP5: Target = Target {
    name: "ecp5",
    about: "Lattice ECP5",
    devices: "Lattice ECP5 25k or 85k",
    programs: "Yosys, nextpnr",
    flow: Flow::Devices(Family {
        command: |use_dsps| format!("synth_ecp5{}", if use_dsps { "" } else { " -nodsp" }),
        models,
        models_block_rams: true,
        cells: Cells {
            luts: &["LUT4"],
            carries: &["CCU2C"],
            flip_flops: &["TRELLIS_FF"],
            dsps: &["MULT18X18D"],
            block_rams: &["DP16KD", "PDPW16KD"],
            lut_rams: &["TRELLIS_DPR"],
            free: &["PFUMX", "L6MUX21"],
        },
        placer: Some(&PLACER),
        vivado_part: None,
    }),
};

/// ECP5 LFE5U-25F, 24,288 LUTs.
pub static ECP5_25K: Device = Device { name: "25k", package: "CABGA381" };

/// ECP5 LFE5U-85F, 83,640 LUTs.
pub static ECP5_85K: Device = Device { name: "85k", package: "CABGA381" };

static PLACER: Placer = Placer {
    family: "ECP5",
    nextpnr: NEXTPNR_ECP5,
    devices: &[&ECP5_25K, &ECP5_85K],
    usual: &ECP5_85K,
    packing: Packing {
        tool: ECPPACK,
        constraints: ("--lpf", "lpf"),
        routed: ("--textcfg", "config"),
        bitstream: "bit",
        place: |port, site| {
            format!("LOCATE COMP \"{port}\" SITE \"{site}\";\nIOBUF PORT \"{port}\" IO_TYPE=LVCMOS33;\n")
        },
        clock: |megahertz| format!("FREQUENCY PORT \"clk\" {megahertz} MHZ;\n"),
    },
    memory_depth: 512,
};

/// What Yosys's model of the block RAM lacks.
const DP16KD: &str = include_str!("dp16kd.v");

fn models() -> Result<String, ToolError> {
    let mut text = String::new();
    let mut is_memory = false;
    for file in ["cells_sim.v", "cells_ff.vh", "cells_io.vh"] {
        for line in yosys::shared_text(&format!("ecp5/{file}"))?.lines() {
            is_memory |= line.starts_with("module DP16KD");
            let ends = line.trim_start().starts_with("endmodule");
            if is_memory && ends {
                text += DP16KD;
            }
            is_memory &= !ends;
            if !line.trim_start().starts_with("`include") {
                text += line;
                text += "\n";
            }
        }
    }
    Ok(text)
}

//! Lattice iCE40: Yosys, nextpnr, icestorm.

use super::family::{Cells, Device, Family, Packing, Placer};
use super::{Flow, Target};
use crate::tools::{ICEPACK, NEXTPNR_ICE40};
use crate::yosys;

/// Lattice iCE40.
pub static ICE40: Target = Target {
    name: "ice40",
    about: "Lattice iCE40",
    devices: "Lattice iCE40 HX8K or UP5K",
    programs: "Yosys, nextpnr",
    flow: Flow::Devices(Family {
        command: |use_dsps| format!("synth_ice40{}", if use_dsps { " -dsp" } else { "" }),
        models: || {
            let cells = yosys::shared_text("ice40/cells_sim.v")?;
            Ok(format!("`define NO_ICE40_DEFAULT_ASSIGNMENTS\n{cells}"))
        },
        models_block_rams: true,
        cells: Cells {
            luts: &["SB_LUT4"],
            carries: &["SB_CARRY"],
            flip_flops: &["SB_DFF"],
            dsps: &["SB_MAC16"],
            block_rams: &["SB_RAM40", "SB_SPRAM"],
            lut_rams: &[],
            free: &[],
        },
        placer: Some(&PLACER),
        vivado_part: None,
    }),
};

/// iCE40 HX8K, 7,680 logic cells.
pub static HX8K: Device = Device { name: "hx8k", package: "ct256" };

/// iCE40 UltraPlus 5K, 5,280 logic cells.
pub static UP5K: Device = Device { name: "up5k", package: "sg48" };

static PLACER: Placer = Placer {
    family: "iCE40",
    nextpnr: NEXTPNR_ICE40,
    devices: &[&HX8K, &UP5K],
    usual: &HX8K,
    packing: Packing {
        tool: ICEPACK,
        constraints: ("--pcf", "pcf"),
        routed: ("--asc", "asc"),
        bitstream: "bin",
        place: |port, site| format!("set_io {port} {site}\n"),
        clock: |_| String::new(),
    },
    memory_depth: 256,
};

//! AMD UltraScale+: cells of Yosys.

use super::{Flow, Target, xilinx};

/// A device, by its name in Vivado: that of the ZCU102.
pub const XCZU9EG: &str = "xczu9eg-ffvb1156-2-e";

/// AMD UltraScale+.
pub static XCUP: Target = Target {
    name: "xcup",
    about: "AMD UltraScale+",
    devices: "AMD UltraScale+",
    programs: "Yosys: cells only",
    flow: Flow::Devices(xilinx::family(|use_dsps| xilinx::command("xcup", use_dsps), XCZU9EG)),
};

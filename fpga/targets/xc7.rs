//! AMD 7 series: cells of Yosys.

use super::{Flow, Target, xilinx};

/// AMD 7 series.
pub static XC7: Target = Target {
    name: "xc7",
    about: "AMD 7 series",
    devices: "AMD 7 series",
    programs: "Yosys: cells only",
    flow: Flow::Devices(xilinx::family(|use_dsps| xilinx::command("xc7", use_dsps), "xc7z020clg400-1")),
};

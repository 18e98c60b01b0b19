//! What a block can be synthesised for.

use serde::{Deserialize, Serialize};

/// A family of devices, or standard cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// Lattice iCE40: Yosys, nextpnr, icestorm.
    Ice40,
    /// Lattice ECP5: Yosys, nextpnr, Trellis.
    Ecp5,
    /// AMD UltraScale+: cells of Yosys.
    Xcup,
    /// AMD 7 series: cells of Yosys.
    Xc7,
    /// Standard cells of a Liberty library: Yosys, ABC, OpenSTA.
    Asic,
}

impl Target {
    /// All of them.
    pub const ALL: [Target; 5] = [Target::Ice40, Target::Ecp5, Target::Xcup, Target::Xc7, Target::Asic];

    /// Name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Target::Ice40 => "ice40",
            Target::Ecp5 => "ecp5",
            Target::Xcup => "xcup",
            Target::Xc7 => "xc7",
            Target::Asic => "asic",
        }
    }
}

/// A device that can be placed and routed here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Device {
    /// iCE40 HX8K, 7,680 logic cells.
    Hx8k,
    /// iCE40 UltraPlus 5K, 5,280 logic cells.
    Up5k,
    /// ECP5 LFE5U-25F, 24,288 LUTs.
    Ecp5Of25k,
    /// ECP5 LFE5U-85F, 83,640 LUTs.
    Ecp5Of85k,
}

impl Device {
    /// All of them.
    pub const ALL: [Device; 4] = [Device::Hx8k, Device::Up5k, Device::Ecp5Of25k, Device::Ecp5Of85k];

    /// Name on the command line, and option of nextpnr.
    pub fn name(self) -> &'static str {
        match self {
            Device::Hx8k => "hx8k",
            Device::Up5k => "up5k",
            Device::Ecp5Of25k => "25k",
            Device::Ecp5Of85k => "85k",
        }
    }

    /// The family that it is of.
    pub fn target(self) -> Target {
        match self {
            Device::Hx8k | Device::Up5k => Target::Ice40,
            Device::Ecp5Of25k | Device::Ecp5Of85k => Target::Ecp5,
        }
    }

    /// The package on usual boards, as nextpnr calls it.
    pub fn package(self) -> &'static str {
        match self {
            Device::Hx8k => "ct256",
            Device::Up5k => "sg48",
            Device::Ecp5Of25k | Device::Ecp5Of85k => "CABGA381",
        }
    }
}

//! The results of synthesis.

use crate::targets::Target;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The size, speed and energy of a block on a target.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// The target.
    pub target: &'static Target,
    /// The device or the library.
    pub device: String,
    /// The programs, with their versions.
    pub tools: Vec<String>,
    /// Cells of the block alone.
    pub resources: Resources,
    /// The longest path; `None` if the target's tools only count cells, or the block does not fit the device.
    pub timing: Option<Timing>,
    /// Only for standard cells.
    pub energy: Option<Energy>,
    /// The comparison of the netlist with the block's testbench.
    pub gate_level: Option<GateLevel>,
    /// Further remarks, one sentence each.
    pub remarks: Vec<String>,
}

/// Cells. A kind that the target does not have has no number.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Resources {
    /// Look-up tables.
    pub luts: Option<u64>,
    /// Carry cells.
    pub carries: Option<u64>,
    /// Flip-flops.
    pub flip_flops: u64,
    /// Multipliers.
    pub dsps: Option<u64>,
    /// Block memories.
    pub block_rams: Option<u64>,
    /// Cells of look-up tables that serve as memories.
    pub lut_rams: Option<u64>,
    /// Area of standard cells, in the library's unit: square micrometres.
    pub area: Option<f64>,
    /// The area in two-input NANDs of the library.
    pub gate_equivalents: Option<f64>,
    /// The number of cells of each kind.
    pub cells: BTreeMap<String, u64>,
}

/// The longest path.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Timing {
    /// Its length, in ns.
    pub delay: f64,
    /// The frequency that it allows, in MHz.
    pub f_max: f64,
    /// The signals on the path, by their names in the block.
    pub path: Vec<String>,
    /// How it was found.
    pub method: String,
}

/// Energy from the switching of the netlist under the block's typical stimulus.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Energy {
    /// For each beat of the first input, in pJ, glitches and leakage included.
    pub per_beat: f64,
    /// The same, if every net changed at most once per cycle.
    pub without_glitches: f64,
    /// Leakage, in uW.
    pub leakage: f64,
    /// Beats of the first input in the run.
    pub beats: u64,
    /// Cycles of the run.
    pub cycles: u64,
    /// The clock period that it holds for, in ns.
    pub period: f64,
    /// The model of glitches and loads.
    pub model: String,
}

/// A run of the netlist.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GateLevel {
    /// Clock cycles; in each, every output was compared with that of the RTL.
    pub cycles: u64,
    /// Number of values that the golden model specifies, every bit of which had to agree.
    pub checked_values: u64,
    /// The first output that differs.
    pub mismatch: Option<String>,
}

//! Standard cells of a Liberty library: Yosys, ABC, OpenSTA.

use super::{Flow, Target};

/// Standard cells.
pub static ASIC: Target = Target {
    name: "asic",
    about: "Standard cells",
    devices: "standard cells of osu018, or of any --liberty",
    programs: "",
    flow: Flow::StandardCells,
};

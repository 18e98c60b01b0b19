//! ULX3S, with one of two devices. Source of its sites: the schematics of ULX3S 3.0.8.

use super::{Board, Sites};
use crate::targets::{Device, ECP5, ECP5_25K, ECP5_85K};

/// The board with the smaller device.
pub static ULX3S_25F: Board = with("ulx3s_25f", "ULX3S with ECP5 25F", &ECP5_25K);

/// The board with the larger device.
pub static ULX3S_85F: Board = with("ulx3s_85f", "ULX3S with ECP5 85F", &ECP5_85K);

const fn with(name: &'static str, about: &'static str, device: &'static Device) -> Board {
    Board {
        name,
        about,
        target: &ECP5,
        device,
        clock: 25_000_000,
        sites: Sites { clock: "G2", pass: "B2", fail: "H3", line: "L4" },
        lamps_active_low: false,
    }
}

//! Lattice iCE40-HX8K breakout board. Source of its sites: Lattice's EB85.

use super::{Board, Sites};
use crate::targets::{HX8K, ICE40};

/// The board.
pub static HX8K_BOARD: Board = Board {
    name: "hx8k",
    about: "Lattice iCE40-HX8K breakout board",
    target: &ICE40,
    device: &HX8K,
    clock: 12_000_000,
    sites: Sites { clock: "J3", pass: "B5", fail: "C3", line: "B12" },
    lamps_active_low: false,
};

//! iCEBreaker. Source of its sites: the schematics of iCEBreaker 1.0e.

use super::{Board, Sites};
use crate::targets::{ICE40, UP5K};

/// The board.
pub static ICEBREAKER: Board = Board {
    name: "icebreaker",
    about: "iCEBreaker, iCE40 UP5K",
    target: &ICE40,
    device: &UP5K,
    clock: 12_000_000,
    sites: Sites { clock: "35", pass: "37", fail: "11", line: "9" },
    lamps_active_low: true,
};

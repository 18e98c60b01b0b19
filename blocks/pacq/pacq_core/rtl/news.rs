//! What parts of the core tell those that are built before them.

use crate::pacq::pacq_gemm::registers::SIZE_BITS;
use hdl::Bundle;

/// Events, and what a part holds.
#[derive(Clone, Copy, Bundle)]
pub struct News<T> {
    /// A panel of A is asked for.
    pub panel_begins: T,
    /// Its rows, from the cycle after that on.
    pub panel_rows: T,
    /// The words of a strip of B are asked for.
    pub strip_begins: T,
    /// The last beat of an operand is taken.
    pub operand_ends: T,
    /// A panel is on the chip from the next cycle on.
    pub panel_comes: T,
    /// A strip, with its scales and zero points, is on the chip from the next cycle on.
    pub strip_comes: T,
    /// All blocks of results of a strip have been computed.
    pub strip_leaves: T,
    /// Each queue of blocks has room.
    pub has_room: T,
    /// No block needs the panel.
    pub a_is_idle: T,
}

/// Its widths.
pub const NEWS: News<u32> = News {
    panel_begins: 1,
    panel_rows: SIZE_BITS,
    strip_begins: 1,
    operand_ends: 1,
    panel_comes: 1,
    strip_comes: 1,
    strip_leaves: 1,
    has_room: 1,
    a_is_idle: 1,
};

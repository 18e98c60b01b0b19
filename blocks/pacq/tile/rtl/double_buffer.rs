//! Buffers that are filled while they are read.

use hdl::{Module, Signal, index_width};
use parts::storage::halves::Halves;

/// Two halves of a buffer: a stream fills the one while the other is read.
pub struct DoubleBuffer<'m> {
    /// There is a half to read.
    pub has_half: Signal<'m>,
    /// The half that is read.
    pub read_half: Signal<'m>,
    /// The half that is written.
    pub write_half: Signal<'m>,
    /// The number of the word in it.
    pub write_index: Signal<'m>,
    /// A half has room.
    pub has_room: Signal<'m>,
}

impl<'m> DoubleBuffer<'m> {
    /// Halves of `count` words, at least two. A word is written while `write` is 1, which is only allowed if there is
    /// room; `release` frees the half that is read.
    pub fn new(m: &'m Module, count: u32, write: Signal<'m>, release: Signal<'m>) -> DoubleBuffer<'m> {
        let index = m.reg("write_index", index_width(count.into())).reset_to(0).enable(write);
        let is_last = index.value().eq(u64::from(count) - 1).named("fills_half");
        index.set((index.value() + 1).gated(!is_last));
        let fills = (write & is_last).named("half_filled");
        let Halves { has_half, read_half, write_half, has_room } = Halves::new(m, fills, release);
        DoubleBuffer { has_half, read_half, write_half, write_index: index.value(), has_room }
    }
}

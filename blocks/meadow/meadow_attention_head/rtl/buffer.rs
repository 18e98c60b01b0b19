//! Rows that a job keeps.

use hdl::{Module, Ram, Signal, Stream, index_width};
use parts::storage::halves::Halves;

/// A memory of two halves: a stream fills the one while the other is read.
pub struct Buffer<'m> {
    m: &'m Module,
    /// The rows.
    pub memory: Ram<'m>,
    halves: Halves<'m>,
    /// The last row of a half comes.
    pub fills: Signal<'m>,
}

impl<'m> Buffer<'m> {
    /// Takes rows of `stream`, and of each beat `row`, while `opens` is 1 and a half has room, which is full with the row of the
    /// number `last`; `release` frees the half that is read. A half has `depth` rows, at least 2.
    pub fn new<P>(
        m: &'m Module,
        stream: &Stream<'m, P>,
        row: Signal<'m>,
        depth: u32,
        opens: Signal<'m>,
        last: Signal<'m>,
        release: Signal<'m>,
    ) -> Buffer<'m> {
        let memory = m.memory("rows", row.width(), 2 * u64::from(depth));
        let takes = stream.fires();
        let place = m.reg("place", index_width(depth.into())).reset_to(0).enable(takes);
        let fills = (takes & place.value().eq(last)).named("fills_half");
        place.set((place.value() + 1).gated(!fills));
        let halves = Halves::new(m, fills, release);
        stream.set_ready(opens & halves.has_room);
        memory.write(takes, m.concat(&[place.value(), halves.write_half]), row);
        Buffer { m, memory, halves, fills }
    }

    /// There is a half to read.
    pub fn has_half(&self) -> Signal<'m> {
        self.halves.has_half
    }

    /// Where the memory has the row of this number: the halves alternate, so that the memory has no gap.
    pub fn address(&self, row: Signal<'m>) -> Signal<'m> {
        self.m.concat(&[row, self.halves.read_half])
    }
}

//! Rows that a job keeps.

use crate::meadow::meadow_attention_head::params::RowBeat;
use hdl::{Module, Ram, Signal, Stream, index_width};

/// A memory that a stream fills at the start of a job.
pub struct Buffer<'m> {
    /// The rows.
    pub memory: Ram<'m>,
    /// They are all there.
    pub is_loaded: Signal<'m>,
}

impl<'m> Buffer<'m> {
    /// Takes rows of `stream` from `start` on, up to that of the number `last`; `row` is what is kept of a beat. `depth` is at
    /// least 2.
    pub fn new<P>(
        m: &'m Module,
        stream: &Stream<'m, P>,
        row: Signal<'m>,
        depth: u32,
        start: Signal<'m>,
        last: Signal<'m>,
    ) -> Buffer<'m> {
        let memory = m.memory("rows", row.width(), depth.into());
        let loads = m.reg("loads", 1).reset_to(0);
        stream.set_ready(loads.value());
        let place = m.reg("place", index_width(depth.into())).reset_to(0).enable(stream.fires());
        let ends = (stream.fires() & place.value().eq(last)).named("ends");
        place.set((place.value() + 1).gated(!ends));
        loads.enable(start | ends).set(start);
        let is_loaded = m.reg("is_loaded", 1).reset_to(0).enable(start | ends);
        is_loaded.set(ends);
        memory.write(stream.fires(), place.value(), row);
        Buffer { memory, is_loaded: is_loaded.value() }
    }

    /// Takes rows of the head.
    pub fn of_rows(
        m: &'m Module,
        stream: &Stream<'m, RowBeat<Signal<'m>>>,
        depth: u32,
        start: Signal<'m>,
        last: Signal<'m>,
    ) -> Buffer<'m> {
        Buffer::new(m, stream, stream.payload.row, depth, start, last)
    }
}

//! Counters whose ends are known at run time.

use super::shape::{Plan, Shape};
use hdl::{Module, Signal, index_width};

/// A counter from 0 to a last value, again and again.
#[derive(Clone, Copy)]
pub struct Loop<'m> {
    /// The count.
    pub value: Signal<'m>,
    /// It is the last one.
    pub is_last: Signal<'m>,
    /// It begins again.
    pub wraps: Signal<'m>,
}

/// A counter that goes on where `advances` is 1.
pub fn counted<'m>(m: &'m Module, name: &str, last: Signal<'m>, advances: Signal<'m>) -> Loop<'m> {
    let count = m.reg(name, last.width()).reset_to(0).enable(advances);
    let is_last = count.value().eq(last).named(&format!("is_last_{name}"));
    count.set((count.value() + 1).gated(!is_last));
    Loop { value: count.value(), is_last, wraps: advances & is_last }
}

/// The order of columns of spikes: columns of a tile, beats of tokens, tiles, heads.
pub struct Order<'m> {
    /// The column in its tile.
    pub column: Loop<'m>,
    /// The beat of tokens.
    pub beat: Loop<'m>,
    /// The column tile.
    pub tile: Loop<'m>,
    /// The head.
    pub head: Loop<'m>,
}

impl<'m> Order<'m> {
    /// The place of a beat that is done where `advances` is 1.
    pub fn new(m: &'m Module, shape: &Shape, plan: &Plan<Signal<'m>>, advances: Signal<'m>) -> Order<'m> {
        let column = counted(m, "column", m.ones(index_width(shape.columns.into())), advances);
        let beat = counted(m, "beat", plan.last_beat, column.wraps);
        let tile = counted(m, "tile", plan.last_tile, beat.wraps);
        let head = counted(m, "head", plan.last_head, tile.wraps);
        Order { column, beat, tile, head }
    }
}

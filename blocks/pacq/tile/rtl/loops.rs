//! The order of the steps of a tile.

use crate::pacq::tile::{ROWS, Shape, UNITS};
use hdl::{Module, Signal, index_width};

/// A counter from 0 to a power of two minus one, which advances while `advance` is 1.
pub fn counter<'m>(m: &'m Module, name: &str, count: u32, advance: Signal<'m>) -> Signal<'m> {
    let counter = m.reg(name, index_width(count.into())).reset_to(0).enable(advance);
    counter.set(counter.value() + 1);
    counter.value()
}

/// The steps of a tile in their order: for each column, for each of a unit's rows, along k.
pub struct Loops<'m> {
    /// Number of the beat along k; `None` if there is only one.
    step: Option<Signal<'m>>,
    /// Of the unit's rows.
    pub row: Signal<'m>,
    /// Of words, or of weights.
    pub column: Signal<'m>,
    /// The first step of its row and column.
    pub is_first_step: Signal<'m>,
    /// The last step of its row and column.
    pub is_last_step: Signal<'m>,
    /// The last step of the tile.
    pub is_last: Signal<'m>,
}

impl<'m> Loops<'m> {
    /// Advances while `advance` is 1.
    pub fn new(m: &'m Module, shape: Shape, columns: u32, advance: Signal<'m>) -> Loops<'m> {
        let step = (shape.steps() > 1).then(|| counter(m, "step", shape.steps(), advance));
        let is_last_step = step.map_or_else(|| m.ones(1), |step| step.all()).named("is_last_step");
        let is_first_step = step.map_or_else(|| m.ones(1), |step| !step.any()).named("is_first_step");
        let row = counter(m, "row", ROWS / UNITS, advance & is_last_step);
        let is_last_row = (is_last_step & row.all()).named("is_last_row");
        let column = counter(m, "column", columns, advance & is_last_row);
        let is_last = (is_last_row & column.all()).named("is_last_of_tile");
        Loops { step, row, column, is_first_step, is_last_step, is_last }
    }

    /// An address: the given parts, and the step below them.
    pub fn address(&self, m: &'m Module, parts: &[Signal<'m>]) -> Signal<'m> {
        m.concat(&parts.iter().copied().chain(self.step).collect::<Vec<_>>())
    }

    /// The place of the row and column among all that a unit has.
    pub fn place(&self, m: &'m Module) -> Signal<'m> {
        m.concat(&[self.column, self.row])
    }
}

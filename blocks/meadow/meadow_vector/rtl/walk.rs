//! Words of rows, one after the other.

use hdl::{Module, Reg, Signal};
use parts::storage::held::held_flag;

/// Rows of a job that have not ended.
pub struct RowsLeft<'m> {
    register: Reg<'m>,
    start: Signal<'m>,
    rows: Signal<'m>,
    /// There is one.
    pub is_active: Signal<'m>,
}

impl<'m> RowsLeft<'m> {
    /// None, until `start` makes it so many.
    pub fn new(m: &'m Module, start: Signal<'m>, rows: Signal<'m>) -> RowsLeft<'m> {
        let register = m.reg("rows_left", rows.width()).reset_to(0);
        RowsLeft { register, start, rows, is_active: register.value().any() }
    }

    /// A row ends where `ends` is 1.
    pub fn finish(self, ends: Signal<'m>) {
        let next = self.start.mux(self.rows, self.register.value() - 1);
        self.register.enable(self.start | ends).set(next);
    }
}

/// The place in a row.
pub struct Place<'m> {
    register: Reg<'m>,
    /// The number of the word.
    pub value: Signal<'m>,
    /// It is the last of the row.
    pub is_last: Signal<'m>,
}

impl<'m> Place<'m> {
    /// The first word of a row, whose last word has the number `last`.
    pub fn new(m: &'m Module, last: Signal<'m>) -> Place<'m> {
        let register = m.reg("place", last.width()).reset_to(0);
        let value = register.value();
        Place { register, value, is_last: value.eq(last).named("is_last") }
    }

    /// Goes to the next word where `steps` is 1, which is the first of a row where `ends` is 1.
    pub fn finish(self, steps: Signal<'m>, ends: Signal<'m>) {
        self.register.enable(steps).set((self.value + 1).gated(!ends));
    }
}

/// The words of all rows of a job.
pub struct Walk<'m> {
    rows: RowsLeft<'m>,
    place: Place<'m>,
    /// There is a word.
    pub is_active: Signal<'m>,
    /// Its place in its row.
    pub value: Signal<'m>,
    /// It is the last of its row.
    pub is_last: Signal<'m>,
}

impl<'m> Walk<'m> {
    /// No word, until `start` makes it those of so many rows, whose last words have the number `last`.
    pub fn new(m: &'m Module, name: &str, start: Signal<'m>, rows: Signal<'m>, last: Signal<'m>) -> Walk<'m> {
        m.scope(name, || {
            let (rows, place) = (RowsLeft::new(m, start, rows), Place::new(m, last));
            Walk { is_active: rows.is_active, value: place.value, is_last: place.is_last, rows, place }
        })
    }

    /// Goes to the next word where `steps` is 1.
    pub fn finish(self, steps: Signal<'m>) {
        let is_last = self.is_last;
        self.rows.finish(steps & is_last);
        self.place.finish(steps, is_last);
    }
}

/// A bit that is 1 and 0 for one row after the other.
pub fn alternate<'m>(m: &'m Module, name: &str, ends: Signal<'m>) -> Signal<'m> {
    let bank = m.wire(name, 1);
    bank.drive(held_flag(m, &format!("{name}_of_row"), !bank.value(), ends));
    bank.value()
}

//! Items that are under way.

use hdl::{Module, Reg, Signal, bit_length};

/// Counts the items that have entered and not left, of which there is room for a number.
pub struct Credit<'m> {
    count: Reg<'m>,
    /// One more may enter.
    pub has_room: Signal<'m>,
}

impl<'m> Credit<'m> {
    /// A counter called `name`, of at most `most` items; none has entered.
    pub fn new(m: &'m Module, name: &str, most: u64) -> Credit<'m> {
        let count = m.reg(name, bit_length(most.into())).reset_to(0);
        Credit { count, has_room: count.value().lt(most) }
    }

    /// How many are under way.
    pub fn count(&self) -> Signal<'m> {
        self.count.value()
    }

    /// Closes the counter: an item enters where `enters` is 1, and one leaves where `leaves` is 1.
    pub fn finish(self, enters: Signal<'m>, leaves: Signal<'m>) {
        let count = self.count.value();
        self.count.enable(enters ^ leaves).set(enters.mux(count + 1, count - 1));
    }
}

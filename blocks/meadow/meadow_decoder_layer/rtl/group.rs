//! The groups of tokens of a step, one after the other, and again for each tile.

use crate::meadow::meadow_decoder_layer::params::COUNT_BITS;
use hdl::{Module, Signal};

/// The present group.
pub struct Group<'m> {
    /// The number of the last token from the group's first one on.
    pub behind: Signal<'m>,
    /// The group is the last one.
    pub is_last: Signal<'m>,
}

impl<'m> Group<'m> {
    /// Groups of so many `tokens`, up to that of the token `last_row`. The next one comes where `advance` is 1, and the first one
    /// behind the last.
    pub fn new(m: &'m Module, tokens: u32, last_row: Signal<'m>, advance: Signal<'m>) -> Group<'m> {
        let done = m.reg("tokens_done", COUNT_BITS).reset_to(0).enable(advance);
        let behind = (last_row - done.value()).named("tokens_behind");
        let is_last = behind.lt(u64::from(tokens)).named("is_last_group");
        done.set((done.value() + u64::from(tokens)).gated(!is_last));
        Group { behind, is_last }
    }

    /// It has a token of this number.
    pub fn has(&self, token: u32) -> Signal<'m> {
        self.behind.ge(u64::from(token))
    }
}

//! The groups of tokens of a job.

use crate::meadow::meadow_attention_head::params::{COUNT_BITS, Params};
use hdl::{Module, Reg, Signal};

/// The tokens that are left.
pub struct Groups<'m> {
    left: Reg<'m>,
    start: Signal<'m>,
    tokens: Signal<'m>,
    of_group: Signal<'m>,
}

impl<'m> Groups<'m> {
    /// Of a job of so many `tokens`, which begins where `start` is 1.
    pub fn new(m: &'m Module, params: &Params, tokens: Signal<'m>, start: Signal<'m>) -> Groups<'m> {
        Groups::of(m, tokens, start, m.lit(params.tokens.into(), COUNT_BITS))
    }

    /// The same, where the present group has at most `of_group` tokens.
    pub fn of(m: &'m Module, tokens: Signal<'m>, start: Signal<'m>, of_group: Signal<'m>) -> Groups<'m> {
        let left = m.reg("tokens_left", COUNT_BITS).reset_to(0);
        Groups { left, start, tokens, of_group }
    }

    /// There is a group.
    pub fn has_group(&self) -> Signal<'m> {
        self.left.value().any()
    }

    /// It is the last one.
    pub fn is_last(&self) -> Signal<'m> {
        self.left.value().le(self.of_group)
    }

    /// The group has a token of this number.
    pub fn has_token(&self, number: u32) -> Signal<'m> {
        self.left.value().gt(u64::from(number))
    }

    /// The next group comes where the present one `ends`.
    pub fn finish(self, ends: Signal<'m>) {
        let next = (self.left.value() - self.of_group).gated(!self.is_last());
        self.left.enable(self.start | ends).set(self.start.mux(self.tokens, next));
    }
}

//! Loads, stores and containers that fail.

use super::{ENDED, Sequencer, State};
use crate::meadow::meadow_decoder_layer::rtl::loads::Reader;
use hdl::Signal;

/// What has failed since a list began.
pub(super) struct Failures<'m> {
    /// The last load of a step of the list.
    pub of_list: Signal<'m>,
    /// Reads and writes of steps that have begun, as in [`Ended`].
    pub of_steps: Signal<'m>,
}

impl<'m> Sequencer<'_, 'm, '_> {
    /// A load of weights that fails before its step begins counts when it begins.
    pub(super) fn failures(&self, starts: Signal<'m>, begins: Signal<'m>) -> Failures<'m> {
        let Sequencer { m, state, news, is_packed, .. } = self;
        let is_list = news.reader.eq(Reader::Step);
        let of_list = m.reg("list_failed", 1).reset_to(0);
        of_list.set((of_list.value() | (news.load_failed & is_list)) & !starts);
        // The step may also be one that is not done because of an earlier one. A container is loaded when its step has begun.
        let states = [State::Weights, State::Wait, State::Jobs, State::Drain];
        let is_next = m.concat_lsb(&states.map(|of| state.is(of))).any();
        let is_early = (is_next & news.reader.eq(Reader::Weights) & !*is_packed).named("is_early");
        let early = m.reg("weights_failed", 1).reset_to(0);
        let fails_early = news.load_failed & is_early;
        early.set((early.value() | fails_early) & !starts & !begins);
        let fails = news.load_failed & !is_early & !is_list;
        let is_wrong = self.packed.as_ref().map_or(m.zero(1), |packed| packed.news.unpack_failed);
        let reads = (fails | is_wrong | (begins & (early.value() | fails_early))).named("read_fails");
        let of_steps = m.reg("steps_failed", ENDED.error).reset_to(0);
        let now = m.concat(&[news.store_failed, reads, m.zero(1)]);
        of_steps.set((of_steps.value() | now).gated(!starts));
        Failures { of_list: of_list.value(), of_steps: of_steps.value() }
    }
}

//! The elements of the attention stages, lent to products while no attention is under way.

use crate::meadow::meadow_attention_head::rtl::lent::LentBeat;
use crate::meadow::meadow_decoder_layer::params::Params;
use crate::meadow::meadow_decoder_layer::rtl::sequencer::MOST_UNDER_WAY;
use hdl::{Module, Signal};
use parts::storage::credit::Credit;

/// What the elements get in a cycle.
pub struct Offer<'m> {
    /// There are elements of tokens, and the projection's own elements are ready for theirs.
    pub is_there: Signal<'m>,
    /// They are for queries, which only the projection's own elements make.
    pub is_query: Signal<'m>,
    /// Those for the lent elements.
    pub beat: LentBeat<Signal<'m>>,
}

/// Offers the lent elements theirs; returns whether the projection's own ones may take theirs in the same cycle. A job of queries has
/// been taken where `begins` is 1: its attention may have begun, until its last result leaves.
pub fn lend<'m>(m: &'m Module, params: &Params, begins: Signal<'m>, offer: Offer<'m>) -> Signal<'m> {
    let Offer { is_there, is_query, beat } = offer;
    let output = m.output_stream("lent", &params.lent());
    let ends = m.input("attention_ends", 1, "the last result of a job of attention leaves");
    let attention = Credit::new(m, "attention_jobs", MOST_UNDER_WAY);
    let is_free = (!attention.count().any()).named("attention_is_idle");
    attention.finish(begins, ends);
    output.set_valid(is_there & is_free & !is_query);
    output.set_payload(beat);
    is_query | (is_free & output.ready())
}

//! The words of a token on their way out, tile by tile; or masks, and the words of Q that pass them.

use super::stages::Stages;
use super::walk::Walk;
use crate::statten::Shape;
use crate::statten::loops::counted;
use crate::statten::shape::TokenSpikes;
use hdl::{Module, Signal, Wire};
use parts::storage::held::held;

/// Keeps the words of all columns when their last step is over, and gives them. Drives `advance` and `has_masks`.
pub fn output<'m>(
    m: &'m Module,
    shape: &Shape,
    stages: &Stages<'m>,
    walk: &Walk<'m>,
    words: &[Signal<'m>],
    [advance, has_masks]: [Wire<'m>; 2],
) {
    let out = m.output_stream("out", &shape.token_spikes());
    let is_over = (stages.has_sum & stages.sum.is_last_step).named("token_is_over");
    let takes = (is_over & advance.value()).named("takes_token");
    let kept = held(m, "kept_words", m.concat_lsb(words), takes);
    let are_masks = held(m, "are_masks", stages.sum.makes_masks, takes);
    let last_tile = held(m, "kept_last_tile", stages.sum.last_tile, takes);
    let ends_job = held(m, "kept_ends_job", stages.sum.ends_job, takes);
    let has_kept = m.reg("has_kept", 1).reset_to(0);

    let gives = (has_kept.value() & !are_masks).named("gives_token");
    let tile = counted(m, "out_tile", last_tile, out.fires() & gives);
    out.set_valid(gives | stages.are_masked);
    let place = are_masks.mux(stages.gated.tile, tile.value);
    let tiles = kept.split_lsb(shape.columns * shape.time_steps);
    let cases = (0..).zip(&tiles).map(|(number, words): (u64, _)| (place.eq(number), *words));
    let own = if let [only] = tiles[..] { only } else { m.one_hot(&cases.collect::<Vec<_>>()) };
    let spikes = own & (stages.words | (!are_masks).repeat(own.width()));
    let last = are_masks.mux(stages.gated.is_last_tile, tile.is_last);
    let job_last = are_masks.mux(stages.gated.ends_job, ends_job & tile.is_last);
    out.set_payload(TokenSpikes { spikes, last, job_last });

    let frees = (tile.wraps | (out.fires() & are_masks & stages.gated.ends_head)).named("frees");
    has_kept.enable(takes | frees).set(takes);
    m.assert("masks_are_there", !stages.are_masked | (has_kept.value() & are_masks));
    let waits_for_room = is_over & has_kept.value() & !frees;
    advance.drive(!waits_for_room & !(stages.are_masked & !out.ready()));

    // The masks of the head before may still be there while those of this one are made.
    let are_due = m.reg("masks_are_due", 1).reset_to(0).enable(walk.is_made | takes);
    are_due.set(walk.is_made);
    has_masks.drive(has_kept.value() & are_masks & !are_due.value());
}

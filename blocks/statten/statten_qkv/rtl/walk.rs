//! The order of the work: tokens, time steps, column tiles of Q. With masks the first token only makes them, from neurons that each
//! take their own value of K^T V; then the tokens follow with all time steps at once.

use crate::statten::Shape;
use crate::statten::jobs::fit;
use crate::statten::loops::{Loop, counted};
use crate::statten::shape::Plan;
use hdl::{Bundle, Module, Signal, index_width};

/// What the counters go up to.
#[derive(Clone, Copy, Bundle)]
pub struct Head<T> {
    /// As in the plan.
    pub last_row: T,
    /// The same.
    pub last_beat: T,
    /// The last step of a chunk.
    pub last_step: T,
    /// As in the plan.
    pub last_chunk: T,
    /// The same.
    pub last_tile: T,
    /// The same.
    pub denominator: T,
    /// The same.
    pub masks: T,
    /// The last head of its job.
    pub is_last: T,
}

impl Shape {
    /// What the counters go up to.
    pub fn head(&self) -> Head<u32> {
        let Plan { last_row, last_beat, last_chunk, last_tile, denominator, masks, .. } = self.plan();
        let last_step = index_width(self.time_steps.into());
        Head { last_row, last_beat, last_step, last_chunk, last_tile, denominator, masks, is_last: 1 }
    }
}

/// The same of a plan, for its last head or another.
pub fn head<'m>(shape: &Shape, plan: &Plan<Signal<'m>>, is_last: Signal<'m>) -> Head<Signal<'m>> {
    let Plan { last_row, last_beat, last_chunk, last_tile, denominator, masks, steps, .. } = *plan;
    let last_step = fit(steps - 1, index_width(shape.time_steps.into()));
    Head { last_row, last_beat, last_step, last_chunk, last_tile, denominator, masks, is_last }
}

/// What is asked for in a cycle.
pub struct Walk<'m> {
    /// Something is.
    pub valid: Signal<'m>,
    /// The place of the beat of Q in its column.
    pub query: Signal<'m>,
    /// The beat of tokens.
    pub beat: Signal<'m>,
    /// The token in its beat.
    pub row: Signal<'m>,
    /// The tile x chunks + the chunk.
    pub piece: Signal<'m>,
    /// The step, one bit for each, the first in the most significant bit.
    pub step: Signal<'m>,
    /// The column tile.
    pub tile: Loop<'m>,
    /// The first tile.
    pub is_first: Signal<'m>,
    /// The step is the first one.
    pub begins: Signal<'m>,
    /// The step is the last one.
    pub is_last_step: Signal<'m>,
    /// Masks are made.
    pub makes_masks: Signal<'m>,
    /// All that makes them has been asked for.
    pub is_made: Signal<'m>,
    /// Masks are used.
    pub uses_masks: Signal<'m>,
    /// The head is not needed any more.
    pub ends_head: Signal<'m>,
    /// Nor is the job.
    pub ends_job: Signal<'m>,
}

impl<'m> Walk<'m> {
    /// Goes through a head where there is one; `has_masks` while the masks that were made last are there.
    pub fn new(
        m: &'m Module,
        shape: &Shape,
        head: &Head<Signal<'m>>,
        has_head: Signal<'m>,
        has_masks: Signal<'m>,
        advance: Signal<'m>,
    ) -> Walk<'m> {
        let are_made = m.reg("masks_are_made", 1).reset_to(0);
        let makes_masks = (head.masks & !are_made.value()).named("makes_masks");
        let uses_masks = are_made.value();
        let valid = (has_head & (!uses_masks | has_masks)).named("is_asked");
        let works = (valid & advance).named("works");

        let tile = counted(m, "tile", head.last_tile, works);
        // With masks in use, all steps are done at once.
        let moves = (tile.wraps & !uses_masks).named("step_moves");
        let step = counted(m, "step", head.last_step, moves);
        let chunk = counted(m, "chunk", head.last_chunk, step.wraps);
        let token_moves = ((chunk.wraps & !makes_masks) | (tile.wraps & uses_masks)).named("token_moves");
        let last_row = m.wire("last_row", head.last_row.width());
        let row = counted(m, "row", last_row.value(), token_moves);
        let beat = counted(m, "beat", head.last_beat, row.wraps);
        last_row.drive(beat.is_last.mux(head.last_row, m.ones(head.last_row.width())));
        let ends_head = beat.wraps.named("head_ends");
        let is_made = chunk.wraps & makes_masks;
        are_made.enable(is_made | ends_head).set(is_made);

        let first = 1 << (shape.time_steps - 1);
        let one = m.reg("step_bit", shape.time_steps).reset_to(first).enable(moves);
        one.set(chunk.wraps.mux(m.lit(first, shape.time_steps), one.value() >> 1));

        let bits = shape.query_bits();
        let query = m.reg("query", bits).reset_to(0).enable(works);
        let next_beat = (fit(beat.value, bits) + fit(row.wraps, bits)).gated(!beat.wraps);
        let beats = fit(head.last_beat, bits) + 1;
        query.set(tile.is_last.mux(next_beat, query.value() + beats));
        let bits = shape.piece_bits();
        let piece = m.reg("piece", bits).reset_to(0).enable(works);
        let next_chunk = (fit(chunk.value, bits) + fit(step.wraps, bits)).gated(!chunk.wraps);
        piece.set(tile.is_last.mux(next_chunk, piece.value() + fit(head.last_chunk, bits) + 1));
        let begins = !step.value.any() & !chunk.value.any();
        Walk {
            valid,
            query: query.value(),
            beat: beat.value,
            row: row.value,
            piece: piece.value(),
            step: one.value(),
            tile,
            is_first: !tile.value.any(),
            begins,
            is_last_step: step.is_last & chunk.is_last,
            makes_masks,
            is_made,
            uses_masks,
            ends_head,
            ends_job: ends_head & head.is_last,
        }
    }
}

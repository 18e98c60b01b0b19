//! The jobs of the units, from the fields of a step.

use super::{Sequencer, State};
use crate::meadow::meadow_attention_head::params::ScaleFields;
use crate::meadow::meadow_attention_head::rtl::keys::KeyJob;
use crate::meadow::meadow_decoder_layer::params::COUNT_BITS;
use crate::meadow::meadow_decoder_layer::rtl::attention::AttentionJob;
use crate::meadow::meadow_decoder_layer::rtl::projection::ProjectionJob;
use crate::meadow::meadow_decoder_layer::rtl::results::{RESULT_JOB, ResultJob};
use crate::meadow::meadow_decoder_layer::rtl::tokens::TokenJob;
use crate::meadow::meadow_decoder_layer::rtl::unpack::UnpackJob;
use crate::meadow::meadow_decoder_layer::rtl::weights::FillJob;
use crate::meadow::meadow_requantize::SHIFT_BITS;
use crate::meadow::meadow_vector::params as vector;
use hdl::{Signal, Stream};

impl<'m> Sequencer<'_, 'm, '_> {
    /// Number of the last element of a token.
    pub(super) fn last_element(&self) -> Signal<'m> {
        (self.step.inner - 1).low(self.params.element_bits())
    }

    /// The stream of what is loaded as weights; 1 where a job of it is taken.
    pub(super) fn fill(&self) -> Signal<'m> {
        let Sequencer { m, params, .. } = self;
        let Some(packed) = &self.packed else {
            let fill = m.output_stream("fill", &params.fill_job());
            let (tiles, is_offered) = self.tiles(fill.ready());
            fill.set_valid(is_offered);
            fill.set_payload(tiles);
            return fill.fires();
        };
        let unpack = m.output_stream("unpack", &params.unpack_job());
        let (tiles, is_offered) = self.tiles(unpack.ready());
        unpack.set_valid(is_offered);
        unpack.set_payload(UnpackJob { fill: tiles, packed: self.is_packed, last_beat: packed.last_beat });
        unpack.fires()
    }

    /// What is loaded as weights, and whether it is offered; `takes`: it would be taken.
    fn tiles(&self, takes: Signal<'m>) -> (FillJob<Signal<'m>>, Signal<'m>) {
        let is_open = self.state.is(State::Fill);
        let (last_row, is_known) = self.last_weight_row(is_open & takes);
        (FillJob { last_row, last_tile: self.last_tile }, is_open & is_known)
    }

    /// The jobs of the units; 1 where all are taken.
    pub(super) fn jobs(&self) -> Signal<'m> {
        let Sequencer {
            m, params, state, step, has_tokens, is_attention, is_sparse, is_rows, last_tile, ..
        } = self;
        let tokens = m.output_stream("tokens", &params.token_job());
        let projection = m.output_stream("projection", &params.projection_job());
        let results = m.output_stream("results", &RESULT_JOB);
        let attention = m.output_stream("attention", &params.attention_job());
        let vector = m.output_stream("vector", &params.vector().job());
        let begins = m.wire("begins", 1);
        let scale = ScaleFields { multiplier: step.multiplier, shift: step.shift.low(SHIFT_BITS) };
        let (last_row, key_bits) = (step.rows - 1, params.head().key_bits());
        tokens.set_payload(TokenJob {
            loads: !step.keeps,
            is_query: params.lends.then_some(*is_attention),
            last_row,
            last_element: self.last_element(),
            last_tile: *last_tile,
        });
        let one = ScaleFields { multiplier: m.lit(1, 16), shift: m.zero(SHIFT_BITS) };
        projection.set_payload(ProjectionJob {
            last_row,
            last_tile: *last_tile,
            is_query: *is_attention,
            function: step.function.gated(!*is_attention),
            is_wide: step.is_wide & !*is_attention,
            scale: is_attention.mux_all(&one, &scale),
        });
        results.set_payload(ResultJob {
            last_row,
            last_tile: *last_tile,
            is_wide: step.is_wide & !*is_attention,
            is_context: *is_attention,
        });
        attention.set_payload(AttentionJob {
            tokens: step.rows,
            keys: KeyJob {
                last_key: (step.columns - 1).low(key_bits),
                valid_keys: step.valid.low(key_bits),
                position: step.position,
                causal: step.causal,
                skip: step.skip,
            },
            score: scale,
            output: ScaleFields {
                multiplier: step.extra.low(16),
                shift: step.extra.slice(15 + SHIFT_BITS, 16),
            },
        });
        vector.set_payload(self.vector_job(scale));
        let mut given = vec![
            self.give(&tokens, *has_tokens & !*is_sparse, begins.value()),
            self.give(&projection, *has_tokens, begins.value()),
            self.give(&results, *has_tokens, begins.value()),
            self.give(&attention, *is_attention, begins.value()),
            self.give(&vector, *is_rows, begins.value()),
        ];
        given.extend(self.gather_job(begins.value()));
        begins.drive(state.is(State::Jobs) & m.concat_lsb(&given).all());
        begins.value()
    }

    /// Offers a unit its job if it has one; returns whether it has it. All have theirs where `begins` is 1.
    pub(super) fn give<P>(&self, jobs: &Stream<'m, P>, is_his: Signal<'m>, begins: Signal<'m>) -> Signal<'m> {
        let has_it = self.m.reg("has_job", 1).reset_to(0);
        let offers = (self.state.is(State::Jobs) & is_his & !has_it.value()).named("offers");
        jobs.set_valid(offers);
        has_it.set((has_it.value() | jobs.fires()) & !begins);
        has_it.value() | jobs.fires() | !is_his
    }

    /// The job of a step of rows.
    fn vector_job(&self, scale: ScaleFields<Signal<'m>>) -> vector::Job<Signal<'m>> {
        let Sequencer { m, params, step, .. } = self;
        let vector = params.vector();
        let lane_bits = vector.lanes.ilog2();
        let words = |count: Signal<'m>| {
            let words = count.high(COUNT_BITS - lane_bits);
            words.low(vector.beats_bits().min(words.width())).zext(vector.beats_bits())
        };
        let epsilon = m.concat(&[step.more, step.extra]).low(vector.norm().epsilon_bits());
        vector::Job {
            rows: step.rows,
            beats: words(step.inner),
            b_beats: words(step.columns),
            op: step.operation,
            scale,
            norm: step.norm,
            epsilon,
            first: step.first,
            second: step.second,
            narrow_shift: step.narrow_shift,
        }
    }
}

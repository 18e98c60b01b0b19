//! The sequencer: takes the steps of a list, and gives loads, stores and jobs to the units.
//!
//! The weights of a step are loaded while the steps before it are still at work; all else waits for their end, unless the step
//! says that it overlaps. A container of packed weights waits as well: it is read as a whole, so the tokens, without which its first
//! tile is not used, must come before it.

use super::attention::AttentionJob;
use super::check::{Groups, is_legal};
use super::loads::Reader;
use super::packed::Packed;
use super::projection::ProjectionJob;
use super::results::{RESULT_JOB, ResultJob};
use super::stores::Writer;
use super::tokens::TokenJob;
use super::transfer::{Side, Transfer};
use super::unpack::UnpackJob;
use super::weights::FillJob;
use crate::meadow::meadow_attention_head::params::ScaleFields;
use crate::meadow::meadow_attention_head::rtl::keys::KeyJob;
use crate::meadow::meadow_decoder_layer::params::{ADDRESS_BITS, COUNT_BITS, Params, TABLE_ROWS};
use crate::meadow::meadow_decoder_layer::step::{Kind, Matrix, STEP, STEP_BYTES, Step};
use crate::meadow::meadow_requantize::SHIFT_BITS;
use crate::meadow::meadow_vector::params::{self as vector, First, Norm, Op};
use hdl::{Bundle, Design, Encoded, Module, ModuleRef, Signal, StateMachine, Stream};
use parts::storage::credit::Credit;

/// A list of steps.
#[derive(Clone, Copy, Bundle)]
pub struct Run<T> {
    /// Its byte address.
    pub address: T,
}

/// How it ended.
#[derive(Clone, Copy, Bundle)]
pub struct Ended<T> {
    /// Why it ended early: bit 0: a step is illegal; bit 1: a read failed, or a container was wrong; bit 2: a write failed.
    pub error: T,
    /// Steps that were done.
    pub steps: T,
}

/// The widths.
pub const RUN: Run<u32> = Run { address: ADDRESS_BITS };
/// The widths.
pub const ENDED: Ended<u32> = Ended { error: 3, steps: COUNT_BITS };

/// What the sequencer hears of loads and stores.
#[derive(Clone, Copy, Bundle)]
pub struct News<T> {
    /// No load is under way.
    pub loads_idle: T,
    /// A load has ended with an error.
    pub load_failed: T,
    /// Whose load it was.
    pub reader: T,
    /// A store has ended.
    pub stored: T,
    /// A part of a store failed.
    pub store_failed: T,
}

/// The widths.
pub const NEWS: News<u32> =
    News { loads_idle: 1, load_failed: 1, reader: Reader::WIDTH, stored: 1, store_failed: 1 };

#[derive(Clone, Copy, PartialEq, Encoded)]
enum State {
    Idle,
    Fetch,
    Take,
    Check,
    Count,
    Fill,
    /// The first tile, or what is left of a container behind its blocks.
    Weights,
    Wait,
    Jobs,
    Store,
    Tokens,
    /// The other tiles, or the whole blocks of a container.
    Rest,
    Keys,
    Values,
    Affine,
    Rows,
    Drain,
    Report,
}

/// Steps whose results are not all in memory.
const MOST_UNDER_WAY: u64 = 15;

/// Codes of what went wrong.
const ILLEGAL: u64 = 1;
const READ_FAILED: u64 = 2;

/// The module. `drops` is 1 where the projection is to drop a tile that was loaded for a step that is not done.
pub fn sequencer(design: &Design, params: &Params) -> ModuleRef {
    let parts = params.layer_parts();
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    design.module("meadow_sequencer", &parts, |m| {
        m.describe("Takes the steps of a list, and gives loads, stores and jobs to the units.");
        let state = m.state_machine::<State>("state");
        let beats = m.input_stream("step", &params.loaded());
        beats.set_ready(state.is(State::Take));
        let word = m.reg("word", 8 * STEP_BYTES).enable(beats.fires());
        let data = beats.payload.data;
        word.set(match word.value().width() - data.width() {
            0 => data,
            rest => m.concat(&[data, word.value().high(rest)]),
        });
        let takes_all = (beats.fires() & beats.payload.row_last).named("takes_all");
        let step = m.unpack(&STEP, word.value());
        let last_tile = (step.columns.high(COUNT_BITS - params.d_head.ilog2()) - 1).zext(COUNT_BITS);
        let is_product = step.kind.eq(Kind::Product).named("is_product");
        let is_attention = step.kind.eq(Kind::Attention).named("is_attention");
        let has_tokens = (is_product | is_attention).named("has_tokens");
        let packed = Packed::new(m, params, &step.b);
        let is_packed = match &packed {
            None => m.zero(1),
            Some(_) => (step.packed & has_tokens).named("is_packed"),
        };
        let sequencer = Sequencer {
            m,
            params,
            last_tile: last_tile.gated(is_product).named("last_tile"),
            has_tokens,
            is_attention,
            is_packed,
            is_rows: step.kind.eq(Kind::Rows).named("is_rows"),
            step,
            state: &state,
            news: m.inputs(&NEWS),
            packed,
        };
        sequencer.run(takes_all);
        state.finish();
    })
}

/// The step that is looked at, and the state.
struct Sequencer<'s, 'm, 'p> {
    m: &'m Module,
    params: &'p Params,
    state: &'s StateMachine<'m, State>,
    step: Step<Signal<'m>>,
    /// It has tokens, as products and attention have.
    has_tokens: Signal<'m>,
    is_attention: Signal<'m>,
    is_rows: Signal<'m>,
    /// Its weights are in a container.
    is_packed: Signal<'m>,
    /// Tiles of its weights, less one.
    last_tile: Signal<'m>,
    news: News<Signal<'m>>,
    packed: Option<Packed<'m>>,
}

impl<'m> Sequencer<'_, 'm, '_> {
    fn run(&self, takes_all: Signal<'m>) {
        let Sequencer { m, params, state, step, news, .. } = self;
        let run = m.input_stream("run", &RUN);
        run.set_ready(state.is(State::Idle));
        let address = m.reg("address", ADDRESS_BITS);
        let load = self.load(address.value());
        address.enable(run.fires() | (load.fires() & state.is(State::Fetch)));
        address.set(state.is(State::Idle).mux(run.payload.address, address.value() + u64::from(STEP_BYTES)));
        let store = self.store();
        let is_filling = self.fill();
        let begins = self.jobs();

        let under_way = Credit::new(m, "steps_under_way", MOST_UNDER_WAY);
        // Of a container with too many weights the rest is dropped when the results are in memory.
        let is_unpacked = self.packed.as_ref().map_or(m.ones(1), |packed| packed.news.unpack_idle);
        let is_quiet = (!under_way.count().any() & is_unpacked).named("is_quiet");
        let can_begin = ((step.overlaps | is_quiet) & under_way.has_room).named("can_begin");
        under_way.finish(store.fires(), news.stored);
        let steps = m.reg("steps", COUNT_BITS).enable(run.fires() | store.fires());
        steps.set((steps.value() + 1).gated(!run.fires()));

        let groups = Groups::new(m, params, step, state.is(State::Check));
        let are_kept = self.kept(run.fires(), begins & self.has_tokens & !step.keeps);
        let suits = is_legal(m, params, step, are_kept);
        let fails = self.failures(run.fires(), begins);

        let ended = m.output_stream("ended", &ENDED);
        ended.set_valid(state.is(State::Report));
        let cause = m.reg("cause", ENDED.error);
        let error = fails.of_steps.any().mux(fails.of_steps, cause.value());
        ended.set_payload(Ended { error, steps: steps.value() });
        let is_done = (news.loads_idle & is_quiet).named("is_done");
        m.output("drops", state.is(State::Drain) & is_done, "drops the tile that has been loaded");

        let stop = |code: u64| {
            cause.set(code);
            state.enter(State::Drain);
        };
        let go = |condition: Signal<'m>, to: State| {
            m.when(condition, || state.enter(to));
        };
        state
            .switch()
            .case(State::Idle, || go(run.valid(), State::Fetch))
            .case(State::Fetch, || go(load.ready(), State::Take))
            .case(State::Take, || go(takes_all, State::Check))
            .case(State::Check, || {
                m.when(fails.of_list, || stop(READ_FAILED))
                    .else_when(self.has_tokens, || state.enter(State::Count))
                    .else_when(!self.is_rows, || stop(0))
                    .else_when(suits, || state.enter(State::Wait))
                    .otherwise(|| stop(ILLEGAL));
            })
            .case(State::Count, || {
                m.when(groups.are_counted, || {
                    m.when(!(groups.fit & suits), || stop(ILLEGAL))
                        .else_when(self.is_packed, || state.enter(State::Wait))
                        .otherwise(|| state.enter(State::Fill));
                });
            })
            .case(State::Fill, || {
                m.when(is_filling, || {
                    m.when(self.is_packed, || self.first_load()).otherwise(|| state.enter(State::Weights));
                });
            })
            .case(State::Weights, || {
                m.when(load.ready(), || {
                    m.when(!self.is_packed, || state.enter(State::Wait))
                        .else_when(self.is_attention, || state.enter(State::Keys))
                        .otherwise(|| state.enter(State::Fetch));
                });
            })
            .case(State::Wait, || {
                m.when(can_begin, || {
                    m.when(fails.of_steps.any(), || stop(0)).otherwise(|| state.enter(State::Jobs));
                });
            })
            .case(State::Jobs, || go(begins, State::Store))
            .case(State::Store, || {
                m.when(store.ready(), || {
                    m.when(self.is_packed, || state.enter(State::Fill)).otherwise(|| self.first_load());
                });
            })
            .case(State::Tokens, || {
                m.when(load.ready(), || self.after_tokens());
            })
            .case(State::Rest, || {
                m.when(load.ready(), || {
                    m.when(self.is_packed, || state.enter(State::Weights))
                        .otherwise(|| state.enter(State::Fetch));
                });
            })
            .case(State::Keys, || go(load.ready(), State::Values))
            .case(State::Values, || go(load.ready(), State::Fetch))
            .case(State::Affine, || go(load.ready(), State::Rows))
            .case(State::Rows, || go(load.ready(), State::Fetch))
            .case(State::Drain, || go(is_done, State::Report))
            .case(State::Report, || go(ended.ready(), State::Idle));
    }

    /// Number of the last element of a token.
    fn last_element(&self) -> Signal<'m> {
        (self.step.inner - 1).low(self.params.element_bits())
    }

    /// The stream of what is loaded as weights; 1 where a job of it is taken.
    fn fill(&self) -> Signal<'m> {
        let Sequencer { m, params, state, .. } = self;
        let tiles = FillJob { last_row: self.last_element(), last_tile: self.last_tile };
        let is_offered = state.is(State::Fill);
        let Some(packed) = &self.packed else {
            let fill = m.output_stream("fill", &params.fill_job());
            fill.set_valid(is_offered);
            fill.set_payload(tiles);
            return fill.fires();
        };
        let unpack = m.output_stream("unpack", &params.unpack_job());
        unpack.set_valid(is_offered);
        unpack.set_payload(UnpackJob { fill: tiles, packed: self.is_packed, last_beat: packed.last_beat });
        unpack.fires()
    }

    /// The state behind the store of a step.
    fn first_load(&self) {
        let Sequencer { m, state, step, .. } = self;
        m.when(self.is_rows, || {
            m.when(step.norm.eq(Norm::None), || state.enter(State::Rows))
                .otherwise(|| state.enter(State::Affine));
        })
        .else_when(step.keeps, || self.after_tokens())
        .otherwise(|| state.enter(State::Tokens));
    }

    /// The state behind the load of tokens.
    fn after_tokens(&self) {
        let Sequencer { m, state, .. } = self;
        let has_blocks = self.packed.as_ref().map_or(m.zero(1), |packed| packed.has_blocks);
        m.when(self.is_packed, || {
            m.when(has_blocks, || state.enter(State::Rest)).otherwise(|| state.enter(State::Weights));
        })
        .else_when(self.is_attention, || state.enter(State::Keys))
        .else_when(self.last_tile.any(), || state.enter(State::Rest))
        .otherwise(|| state.enter(State::Fetch));
    }

    /// Whether the tokens that are kept are those of the step.
    fn kept(&self, starts: Signal<'m>, loads: Signal<'m>) -> Signal<'m> {
        let Sequencer { m, step, .. } = self;
        let is_there = m.reg("has_tokens_kept", 1).reset_to(0).enable(starts | loads);
        is_there.set(!starts);
        let rows = m.reg("rows_kept", COUNT_BITS).enable(loads);
        rows.set(step.rows);
        let inner = m.reg("inner_kept", COUNT_BITS).enable(loads);
        inner.set(step.inner);
        is_there.value() & rows.value().eq(step.rows) & inner.value().eq(step.inner)
    }
}

/// What has failed since a list began.
struct Failures<'m> {
    /// The last load of a step of the list.
    of_list: Signal<'m>,
    /// Reads and writes of steps that have begun, as in [`Ended`].
    of_steps: Signal<'m>,
}

impl<'m> Sequencer<'_, 'm, '_> {
    /// A load of weights that fails before its step begins counts when it begins.
    fn failures(&self, starts: Signal<'m>, begins: Signal<'m>) -> Failures<'m> {
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

    /// The stream of loads; `list` is the address of the next step.
    fn load(&self, list: Signal<'m>) -> Stream<'m, Transfer<Signal<'m>>> {
        let Sequencer { m, params, state, step, .. } = self;
        let output = m.output_stream("load", &params.load());
        let count = |value: u32| m.lit(value.into(), COUNT_BITS);
        let (one, none) = (count(1), m.zero(ADDRESS_BITS));
        let row = count(params.d_head);
        let side = |matrix: Matrix<Signal<'m>>, row_bytes: Signal<'m>, reader: Reader| Side {
            address: matrix.address,
            stride: matrix.stride,
            row_bytes,
            port: m.code(reader),
        };
        let whole = |first: Side<Signal<'m>>, rows: Signal<'m>| Transfer::of(m, first, rows);
        let weight_rows = step.inner + u64::from(TABLE_ROWS);
        let weights = whole(side(step.b, row, Reader::Weights), weight_rows);
        let next_tile = Side { address: step.b.address + u64::from(params.d_head), ..weights.first };
        let rest = Transfer {
            first: next_tile,
            tiles: self.last_tile,
            tile_stride: row.zext(ADDRESS_BITS),
            ..weights
        };
        let [first_tile, rest] = match &self.packed {
            None => [weights, rest],
            Some(packed) => {
                let Packed { last_block, blocks, .. } = packed;
                [self.is_packed.mux_all(last_block, &weights), self.is_packed.mux_all(blocks, &rest)]
            }
        };
        let doubled = |count: Signal<'m>| m.concat(&[count.low(COUNT_BITS - 1), m.zero(1)]);
        let a = side(step.a, doubled(step.inner), Reader::A);
        let b = side(step.b, doubled(step.columns), Reader::B);
        let has_b = step.operation.ne(m.code(Op::Copy));
        let rows =
            Transfer { first: has_b.mux_all(&b, &a), second: a, by_turns: has_b, ..whole(a, step.rows) };
        let list = Matrix { address: list, stride: none };
        let transfers = [
            (State::Fetch, whole(side(list, count(STEP_BYTES), Reader::Step), one)),
            (State::Weights, first_tile),
            (State::Tokens, whole(side(step.a, step.inner, Reader::Tokens), step.rows)),
            (State::Rest, rest),
            (State::Keys, whole(side(step.c, row, Reader::Keys), step.columns)),
            (State::Values, whole(side(step.d, row, Reader::Values), step.columns)),
            (State::Affine, whole(side(step.c, doubled(doubled(step.inner)), Reader::Affine), one)),
            (State::Rows, rows),
        ];
        let cases: Vec<(Signal, Signal)> =
            transfers.iter().map(|(of, transfer)| (state.is(*of), m.pack(transfer))).collect();
        let is_loading: Vec<Signal> = cases.iter().map(|(is_state, _)| *is_state).collect();
        output.set_valid(m.concat_lsb(&is_loading).any());
        output.set_payload(m.unpack(&params.load(), m.one_hot(&cases)));
        output
    }

    /// The stream of stores.
    fn store(&self) -> Stream<'m, Transfer<Signal<'m>>> {
        let Sequencer { m, params, state, step, .. } = self;
        let output = m.output_stream("store", &params.store());
        let row = m.lit(params.d_head.into(), COUNT_BITS);
        let doubled = |count: Signal<'m>| m.concat(&[count.low(COUNT_BITS - 1), m.zero(1)]);
        let is_wide = step.is_wide & !self.is_attention;
        let tile = is_wide.mux(doubled(row), row);
        let first_is_narrow = step.first.eq(First::Narrow);
        let first_bytes = first_is_narrow.mux(step.inner, doubled(step.inner));
        let side = |matrix: Matrix<Signal<'m>>, row_bytes: Signal<'m>, writer: Writer| Side {
            address: matrix.address,
            stride: matrix.stride,
            row_bytes,
            port: m.code(writer),
        };
        let results = side(step.y, tile, Writer::Results);
        let first = side(step.y, first_bytes, Writer::First);
        let second = side(step.d, step.inner, Writer::Second);
        let has_first = step.first.ne(m.code(First::None));
        let of_rows = has_first.mux_all(&first, &second);
        output.set_valid(state.is(State::Store));
        output.set_payload(Transfer {
            first: self.is_rows.mux_all(&of_rows, &results),
            second,
            rows: step.rows,
            tiles: self.last_tile + 1,
            tile_stride: tile.zext(ADDRESS_BITS),
            by_turns: self.is_rows & has_first & step.second,
        });
        output
    }

    /// The jobs of the units; 1 where all are taken.
    fn jobs(&self) -> Signal<'m> {
        let Sequencer { m, params, state, step, has_tokens, is_attention, is_rows, last_tile, .. } = self;
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
        let given = [
            self.give(&tokens, *has_tokens, begins.value()),
            self.give(&projection, *has_tokens, begins.value()),
            self.give(&results, *has_tokens, begins.value()),
            self.give(&attention, *is_attention, begins.value()),
            self.give(&vector, *is_rows, begins.value()),
        ];
        begins.drive(state.is(State::Jobs) & m.concat_lsb(&given).all());
        begins.value()
    }

    /// Offers a unit its job if it has one; returns whether it has it. All have theirs where `begins` is 1.
    fn give<P>(&self, jobs: &Stream<'m, P>, is_his: Signal<'m>, begins: Signal<'m>) -> Signal<'m> {
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

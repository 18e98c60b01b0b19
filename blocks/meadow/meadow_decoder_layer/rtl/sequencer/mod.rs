//! The sequencer: takes the steps of a list, and gives loads, stores and jobs to the units.
//!
//! The weights of a step are loaded while the steps before it are still at work; all else waits for their end, unless the step
//! says that it overlaps. A container of packed weights waits as well: it is read as a whole, so the tokens, without which its first
//! tile is not used, must come before it. The rows of a sparse product are known when its token has come, so they come behind it.

mod failures;
mod jobs;
mod packed;
mod sparse;
mod transfers;

use super::check::{Groups, is_legal};
use super::loads::Reader;
use crate::meadow::meadow_decoder_layer::params::{ADDRESS_BITS, COUNT_BITS, Params};
use crate::meadow::meadow_decoder_layer::step::{Kind, STEP, STEP_BYTES, Step};
use crate::meadow::meadow_vector::params::Norm;
use hdl::{Bundle, Design, Encoded, Module, ModuleRef, Signal, StateMachine};
use packed::Packed;
use parts::storage::credit::Credit;
use sparse::Sparse;

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
    /// The rows of all tiles that a sparse product needs.
    Gather,
    Keys,
    Values,
    Affine,
    Rows,
    Drain,
    Report,
}

/// Steps whose results are not all in memory.
pub const MOST_UNDER_WAY: u64 = 15;

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
        let packed = Packed::new(m, params, &step.b, step.local.b);
        let is_packed = match &packed {
            None => m.zero(1),
            Some(_) => (step.packed & has_tokens).named("is_packed"),
        };
        let sparse = Sparse::new(m, params);
        let is_sparse = match &sparse {
            None => m.zero(1),
            Some(_) => (step.sparse & is_product).named("is_sparse"),
        };
        let sequencer = Sequencer {
            m,
            params,
            last_tile: last_tile.gated(is_product).named("last_tile"),
            has_tokens,
            is_attention,
            is_packed,
            is_sparse,
            is_rows: step.kind.eq(Kind::Rows).named("is_rows"),
            step,
            state: &state,
            news: m.inputs(&NEWS),
            packed,
            sparse,
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
    /// Only some rows of them are loaded.
    is_sparse: Signal<'m>,
    /// Tiles of its weights, less one.
    last_tile: Signal<'m>,
    news: News<Signal<'m>>,
    packed: Option<Packed<'m>>,
    sparse: Option<Sparse<'m>>,
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
        let ends_gather = self.ends_gather(load.ready());
        let store = self.store();
        let is_filling = self.fill();
        let begins = self.jobs();

        let under_way = Credit::new(m, "steps_under_way", MOST_UNDER_WAY);
        // Of a container with too many weights the rest is dropped when the results are in memory.
        let is_unpacked = self.packed.as_ref().map_or(m.ones(1), |packed| packed.news.unpack_idle);
        let is_quiet = (!under_way.count().any() & is_unpacked).named("is_quiet");
        let overlaps = step.overlaps & !self.is_sparse;
        let can_begin = ((overlaps | is_quiet) & under_way.has_room).named("can_begin");
        under_way.finish(store.fires(), news.stored);
        let steps = m.reg("steps", COUNT_BITS).enable(run.fires() | store.fires());
        steps.set((steps.value() + 1).gated(!run.fires()));

        let groups = Groups::new(m, params, step, state.is(State::Check));
        let are_kept = self.kept(run.fires(), begins & self.has_tokens & !step.keeps & !self.is_sparse);
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
                        .else_when(self.is_packed | self.is_sparse, || state.enter(State::Wait))
                        .otherwise(|| state.enter(State::Fill));
                });
            })
            .case(State::Fill, || {
                m.when(is_filling, || {
                    m.when(self.is_packed, || self.first_load())
                        .else_when(self.is_sparse, || state.enter(State::Gather))
                        .otherwise(|| state.enter(State::Weights));
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
            .case(State::Gather, || go(ends_gather, State::Fetch))
            .case(State::Keys, || go(load.ready(), State::Values))
            .case(State::Values, || go(load.ready(), State::Fetch))
            .case(State::Affine, || go(load.ready(), State::Rows))
            .case(State::Rows, || go(load.ready(), State::Fetch))
            .case(State::Drain, || go(is_done, State::Report))
            .case(State::Report, || go(ended.ready(), State::Idle));
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
        .else_when(self.is_sparse, || state.enter(State::Fill))
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

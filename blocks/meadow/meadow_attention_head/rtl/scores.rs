//! The scores of a group: the query of each token times a key, in parallel elements.

use super::buffer::Buffer;
use super::query::Queries;
use crate::block::Hardware;
use crate::meadow::flow::Flow;
use crate::meadow::meadow_attention_head::params::{COUNT_BITS, ELEMENT_BITS, Params, SCALE, ScaleFields};
use crate::meadow::meadow_mac_pe::{Kind, Operands};
use crate::meadow::meadow_requantize::MAGNITUDE_BITS;
use crate::meadow::meadow_requantize::scaling::{Magnitude, product, rounded};
use crate::parameters::Parameters;
use crate::top::module;
use hdl::{Bundle, Child, Collision, Design, Module, ModuleRef, Signal, Stream, index_width};
use parts::storage::held::held;
use parts::storage::shift_queue::ShiftQueue;
use parts::stream::together::{all_ready, all_valid};

/// Groups whose scores are under way.
const GROUPS: u32 = 4;

/// What the stage knows of a job.
#[derive(Clone, Copy, Bundle)]
pub struct ScoreJob<T> {
    /// It begins.
    pub start: T,
    /// Number of the last key.
    pub last_key: T,
    /// Keys that count.
    pub valid_keys: T,
    /// Position of the first token.
    pub position: T,
    /// A token sees no key behind its own position.
    pub causal: T,
    /// Keys that no token of a group sees are left out.
    pub skip: T,
    /// Scale of scores.
    pub scale: ScaleFields<T>,
}

/// A score of each token of a group.
#[derive(Clone, Copy, Bundle)]
pub struct Scores<T> {
    /// Two's complement, the first token in the lowest bits.
    pub scores: T,
    /// 1 for each token that sees the key.
    pub keep: T,
    /// Last key of the group.
    pub last: T,
}

/// What decides about the keys of a group.
#[derive(Clone, Copy, Bundle)]
struct Group<T> {
    /// Position of its first token, or a number beyond all keys.
    position: T,
    /// The last key that is worked on.
    last_key: T,
}

impl Params {
    /// A score of each token.
    pub fn scores(&self) -> Scores<u32> {
        Scores { scores: self.tokens * ELEMENT_BITS, keep: self.tokens, last: 1 }
    }

    fn group(&self) -> Group<u32> {
        Group { position: self.key_bits(), last_key: self.key_bits() }
    }

    /// Adds the stage to a design.
    pub fn score_stage(&self, design: &Design) -> ModuleRef {
        let unit = self.element(Kind::Parallel, ELEMENT_BITS).build(design);
        module(design, "meadow_scores", &self.name_parts(), |m| {
            m.describe("The scores of a group of tokens, a key at a time.");
            m.describe("A group takes as many cycles as there are keys, and two.");
            let units: Vec<Child> =
                (0..self.tokens).map(|token| m.instance(&format!("u_pe{token}"), unit)).collect();
            let declared = ScoreJob {
                start: 1,
                last_key: self.key_bits(),
                valid_keys: self.key_bits(),
                position: COUNT_BITS,
                causal: 1,
                skip: 1,
                scale: SCALE,
            };
            scores(m, self, &m.inputs(&declared), &units);
        })
    }
}

fn scores<'m>(m: &'m Module, params: &Params, job: &ScoreJob<Signal<'m>>, units: &[Child<'m>]) {
    let keys = m.input_stream("keys", &params.row());
    let last_row = job.last_key.low(index_width(params.keys.into()));
    let keys = m.scope("keys", || Buffer::of_rows(m, &keys, params.keys, job.start, last_row));
    let output = m.output_stream("scores", &params.scores());
    let takes_group = m.wire("takes_group", 1);
    let group = group(m, params, job, takes_group.value());
    let ends = m.wire("group_ends", 1);
    let under_way =
        m.scope("groups", || ShiftQueue::new(m, m.pack(&group), takes_group.value(), ends.value(), GROUPS));
    let may_take = keys.is_loaded & under_way.has_room;
    takes_group.drive(multiply(m, params, &keys, group.last_key, may_take, units));

    let element = params.element(Kind::Parallel, ELEMENT_BITS);
    let from: Vec<_> = units.iter().map(|unit| unit.output_stream("out", &element.result())).collect();
    let is_there = m.wire("score_is_there", 1);
    let flow = Flow { m, advance: (!is_there.value() | output.ready()).named("advance_scores") };
    let takes = (all_valid(m, &from) & flow.advance).named("takes_sums");
    from.iter().for_each(|unit| unit.set_ready(takes));
    is_there.drive(flow.valid_through(&["magnitude", "product", "result"], all_valid(m, &from)));
    let sums: Vec<Signal> = from.iter().map(|unit| unit.payload.sums.sext(MAGNITUDE_BITS)).collect();
    let lanes = Magnitude::of_lanes(flow, &sums).into_iter().enumerate().map(|(token, magnitude)| {
        m.scope(&format!("token{token}"), || {
            let product = product(flow, magnitude, job.scale.multiplier);
            rounded(flow, params.rounding, product, job.scale.shift)
        })
    });
    let scores = m.concat_lsb(&lanes.collect::<Vec<_>>());
    let (keep, last) = seen(m, params, job, m.unpack(&params.group(), under_way.front), output.fires());
    ends.drive(output.fires() & last);
    output.set_valid(is_there.value());
    output.set_payload(Scores { scores, keep, last });
}

/// The next group.
fn group<'m>(
    m: &'m Module,
    params: &Params,
    job: &ScoreJob<Signal<'m>>,
    takes: Signal<'m>,
) -> Group<Signal<'m>> {
    // Wide enough for a group behind the last token.
    let wide = COUNT_BITS + 2;
    let first = m.reg("position", wide).enable(job.start | takes);
    first.set(job.start.mux(job.position.zext(wide), first.value() + u64::from(params.tokens)));
    let width = params.key_bits();
    let is_beyond = first.value().high(wide - width).any();
    let position = is_beyond.mux(m.ones(width), first.value().low(width)).named("group_position");

    let end = position.zext(width + 1) + u64::from(params.tokens - 1);
    let is_before = job.causal & end.lt(job.last_key.zext(width + 1));
    let visible = is_before.mux(end.low(width), job.last_key).named("last_visible");
    let valid = (job.valid_keys - 1).gated(job.valid_keys.any()).named("last_valid");
    let seen = visible.lt(valid).mux(visible, valid);
    Group { position, last_key: job.skip.mux(seen, job.last_key).named("group_last_key") }
}

/// Which tokens see the present key, and whether it is the group's last; the next one comes where `advance` is 1.
fn seen<'m>(
    m: &'m Module,
    params: &Params,
    job: &ScoreJob<Signal<'m>>,
    group: Group<Signal<'m>>,
    advance: Signal<'m>,
) -> (Signal<'m>, Signal<'m>) {
    let width = params.key_bits();
    let key = m.reg("scored_key", width).reset_to(0).enable(advance);
    let last = key.value().eq(group.last_key).named("is_last_score");
    key.set((key.value() + 1).gated(!last));
    let is_valid = key.value().lt(job.valid_keys);
    let sees = |token: u32| {
        let position = group.position.zext(width + 1) + u64::from(token);
        is_valid & (!job.causal | position.ge(key.value().zext(width + 1)))
    };
    (m.concat_lsb(&(0..params.tokens).map(sees).collect::<Vec<_>>()), last)
}

/// Feeds the units with queries and keys. True where the queries of a group are taken, which `may_take` allows.
fn multiply<'m>(
    m: &'m Module,
    params: &Params,
    keys: &Buffer<'m>,
    last_key: Signal<'m>,
    may_take: Signal<'m>,
    units: &[Child<'m>],
) -> Signal<'m> {
    let element = params.element(Kind::Parallel, ELEMENT_BITS);
    let into: Vec<_> =
        units.iter().map(|unit| unit.input_stream("in", &element.operands()).in_step()).collect();
    let input: Stream<Queries<Signal>> = m.input_stream("query", &params.queries());
    let feeds = m.reg("feeds", 1).reset_to(0);
    let is_there = m.wire("key_is_there", 1);
    let takes = all_ready(m, &into);
    let flow = Flow { m, advance: (!is_there.value() | takes).named("advance_keys") };
    // The queries stay until the last key has gone.
    input.set_ready(may_take & !feeds.value() & !is_there.value());
    let queries = held(m, "queries", input.payload.queries, input.fires());
    let last_key = held(m, "last_key_of_group", last_key, input.fires());

    let key = m.reg("key", params.key_bits()).reset_to(0);
    let moves = (feeds.value() & flow.advance).named("key_moves");
    let is_last = key.value().eq(last_key).named("is_last_key");
    key.enable(moves).set((key.value() + 1).gated(!is_last));
    feeds.enable(input.fires() | (moves & is_last)).set(input.fires());
    is_there.drive(flow.flag("key_valid", feeds.value()));
    let address = key.value().low(index_width(params.keys.into()));
    let row = keys.memory.read_at_clock("key_row", address, Collision::Undefined);
    let row = row.enable(flow.advance).value();
    for (unit, query) in into.iter().zip(queries.split_lsb(params.row_bits())) {
        unit.set_valid(is_there.value() & takes);
        unit.set_payload(Operands { a: query, b: row, broadcast: None, last: m.ones(1) });
    }
    input.fires()
}

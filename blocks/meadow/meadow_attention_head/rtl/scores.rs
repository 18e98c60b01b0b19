//! The scores of a group: the query of each token times a key, in parallel elements.

use super::buffer::Buffer;
use super::keys::{KeyJob, Keys};
use crate::block::Hardware;
use crate::meadow::flow::Flow;
use crate::meadow::meadow_attention_head::params::{ELEMENT_BITS, Params, SCALE, ScaleFields};
use crate::meadow::meadow_mac_pe::{Kind, Operands};
use crate::meadow::meadow_requantize::MAGNITUDE_BITS;
use crate::meadow::meadow_requantize::scaling::{Magnitude, product, rounded};
use crate::parameters::Parameters;
use crate::top::module;
use hdl::{Bundle, Child, Collision, Design, Module, ModuleRef, Signal, index_width};
use parts::storage::held::held;
use parts::stream::together::{all_ready, all_valid};

/// What the stage knows of a job.
#[derive(Clone, Copy, Bundle)]
pub struct ScoreJob<T> {
    /// Its keys.
    #[bundle(flatten)]
    pub keys: KeyJob<T>,
    /// Scale of scores.
    pub scale: ScaleFields<T>,
}

/// A score of each token of a group.
#[derive(Clone, Copy, Bundle)]
pub struct Scores<T> {
    /// Two's complement, the first token in the lowest bits.
    pub scores: T,
}

impl Params {
    /// A score of each token.
    pub fn scores(&self) -> Scores<u32> {
        Scores { scores: self.tokens * ELEMENT_BITS }
    }

    /// Adds the stage to a design.
    pub fn score_stage(&self, design: &Design) -> ModuleRef {
        let unit = self.element(Kind::Parallel, ELEMENT_BITS).build(design);
        module(design, "meadow_scores", &self.name_parts(), |m| {
            m.describe("The scores of a group of tokens, a key at a time.");
            m.describe("A group takes as many cycles as there are keys, and two.");
            let units: Vec<Child> =
                (0..self.tokens).map(|token| m.instance(&format!("u_pe{token}"), unit)).collect();
            let declared = ScoreJob { keys: self.key_job(), scale: SCALE };
            scores(m, self, &m.inputs(&declared), &units);
        })
    }
}

fn scores<'m>(m: &'m Module, params: &Params, job: &ScoreJob<Signal<'m>>, units: &[Child<'m>]) {
    let keys = m.input_stream("keys", &params.row());
    let last_row = job.keys.last_key.low(index_width(params.keys.into()));
    let keys = m.scope("keys", || Buffer::of_rows(m, &keys, params.keys, job.keys.start, last_row));
    multiply(m, params, job, &keys, units);

    let output = m.output_stream("scores", &params.scores());
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
    output.set_valid(is_there.value());
    output.set_payload(Scores { scores });
}

/// Feeds the units with queries and keys.
fn multiply<'m>(
    m: &'m Module,
    params: &Params,
    job: &ScoreJob<Signal<'m>>,
    keys: &Buffer<'m>,
    units: &[Child<'m>],
) {
    let element = params.element(Kind::Parallel, ELEMENT_BITS);
    let into: Vec<_> =
        units.iter().map(|unit| unit.input_stream("in", &element.operands()).in_step()).collect();
    let input = m.input_stream("query", &params.queries());
    let feeds = m.reg("feeds", 1).reset_to(0);
    let is_there = m.wire("key_is_there", 1);
    let takes = all_ready(m, &into);
    let flow = Flow { m, advance: (!is_there.value() | takes).named("advance_keys") };
    // The queries stay until the last key has gone.
    input.set_ready(keys.is_loaded & !feeds.value() & !is_there.value());
    let queries = held(m, "queries", input.payload.queries, input.fires());

    let moves = (feeds.value() & flow.advance).named("key_moves");
    let place = m.scope("group", || Keys::new(m, params, &job.keys, moves));
    feeds.enable(input.fires() | (moves & place.is_last)).set(input.fires());
    is_there.drive(flow.flag("key_valid", feeds.value()));
    let address = place.key.low(index_width(params.keys.into()));
    let row = keys.memory.read_at_clock("key_row", address, Collision::Undefined);
    let row = row.enable(flow.advance).value();
    for (unit, query) in into.iter().zip(queries.split_lsb(params.row_bits())) {
        unit.set_valid(is_there.value() & takes);
        unit.set_payload(Operands { a: query, b: row, broadcast: None, last: m.ones(1) });
    }
}

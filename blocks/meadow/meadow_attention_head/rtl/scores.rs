//! The scores of a group: the query of each token times a key, in parallel elements.

use super::buffer::Buffer;
use super::keys::{KeyJob, Keys};
use super::units::{Units, requantised};
use crate::block::Hardware;
use crate::meadow::flow::Flow;
use crate::meadow::meadow_attention_head::params::{ELEMENT_BITS, Params, SCALE, ScaleFields};
use crate::meadow::meadow_mac_pe::Kind;
use crate::meadow::meadow_requantize::MAGNITUDE_BITS;
use crate::meadow::meadow_requantize::scaling::Magnitude;
use crate::parameters::Parameters;
use crate::top::module;
use hdl::{Bundle, Collision, Design, Module, ModuleRef, Signal, index_width};
use parts::storage::held::held;

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
        let element = self.element(Kind::Parallel, ELEMENT_BITS);
        let unit = element.build(design);
        module(design, "meadow_scores", &self.name_parts(), |m| {
            m.describe("The scores of a group of tokens, a key at a time.");
            m.describe("A group takes as many cycles as there are keys, and two.");
            let units = Units::new(m, self, element, unit);
            let declared = ScoreJob { keys: self.key_job(), scale: SCALE };
            scores(m, self, &m.inputs(&declared), &units);
        })
    }
}

fn scores<'m>(m: &'m Module, params: &Params, job: &ScoreJob<Signal<'m>>, units: &Units<'m>) {
    let keys = m.input_stream("keys", &params.row());
    let last_row = job.keys.last_key.low(index_width(params.keys.into()));
    let keys = m.scope("keys", || Buffer::of_rows(m, &keys, params.keys, job.keys.start, last_row));
    multiply(m, params, job, &keys, units);

    let output = m.output_stream("scores", &params.scores());
    let results = units.results();
    let is_there = m.wire("score_is_there", 1);
    let flow = Flow { m, advance: (!is_there.value() | output.ready()).named("advance_scores") };
    let takes = (results.valid() & flow.advance).named("takes_sums");
    results.set_ready(takes);
    is_there.drive(flow.valid_through(&["magnitude", "product", "result"], results.valid()));
    let sums: Vec<Signal> = results.sums().into_iter().map(|sum| sum.sext(MAGNITUDE_BITS)).collect();
    let magnitudes = Magnitude::of_lanes(flow, &sums);
    let scores = requantised(params, flow, magnitudes, &job.scale, |_, score| score);
    output.set_valid(is_there.value());
    output.set_payload(Scores { scores });
}

/// Feeds the units with queries and keys.
fn multiply<'m>(
    m: &'m Module,
    params: &Params,
    job: &ScoreJob<Signal<'m>>,
    keys: &Buffer<'m>,
    units: &Units<'m>,
) {
    let feed = units.feed();
    let input = m.input_stream("query", &params.queries());
    let feeds = m.reg("feeds", 1).reset_to(0);
    let is_there = m.wire("key_is_there", 1);
    let takes = feed.ready();
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
    feed.send(is_there.value() & takes, queries.split_lsb(params.row_bits()), row, m.ones(1));
}

//! The scores of a group: the query of each token times a key, in parallel elements.

use super::keys::{KeyJob, Keys};
use super::lent::parts_of;
use super::loader::{Loader, RowsOfJob};
use super::units::{IN_FLIGHT, Units, requantised};
use crate::block::Hardware;
use crate::common::flow::Flow;
use crate::meadow::meadow_attention_head::params::{ELEMENT_BITS, Params, SCALE, ScaleFields};
use crate::meadow::meadow_mac_pe::Kind;
use crate::meadow::meadow_requantize::scaling::Magnitude;
use crate::meadow::meadow_requantize::{MAGNITUDE_BITS, SUM_BITS};
use crate::top::module;
use hdl::{Bundle, Collision, Design, Module, ModuleRef, Signal, index_width};
use parts::storage::fifo::Fifo;

/// What the stage knows of a job.
#[derive(Clone, Copy, Bundle)]
pub struct ScoreJob<T> {
    /// Its keys.
    #[bundle(flatten)]
    pub keys: KeyJob<T>,
    /// Scale of scores.
    pub scale: ScaleFields<T>,
    /// Its keys are those of the last job that brought its own.
    pub keeps: Option<T>,
}

/// A score of each token of a group.
#[derive(Clone, Copy, Bundle)]
pub struct Scores<T> {
    /// Two's complement, the first token in the lowest bits.
    pub scores: T,
    /// For each token, whether it sees the key.
    pub keep: T,
    /// Last key of the group.
    pub last: T,
}

impl Params {
    /// The widths.
    pub fn score_job(&self) -> ScoreJob<u32> {
        ScoreJob { keys: self.key_job(), scale: SCALE, keeps: self.keeping() }
    }

    /// A score of each token.
    pub fn scores(&self) -> Scores<u32> {
        Scores { scores: self.tokens * ELEMENT_BITS, keep: self.tokens, last: 1 }
    }

    /// Adds the stage to a design. It may lend its elements, which then are of either kind.
    pub fn score_stage(&self, design: &Design, lends: bool) -> ModuleRef {
        let element = self.element(if lends { Kind::Hybrid } else { Kind::Parallel }, ELEMENT_BITS);
        let unit = element.build(design);
        module(design, "meadow_scores", &parts_of(self, lends), |m| {
            m.describe("The scores of a group of tokens, a key at a time.");
            m.describe("A group takes as many cycles as there are keys, and two.");
            scores(m, self, &Units::new(m, self, element, unit).lent(self, lends));
        })
    }
}

fn scores<'m>(m: &'m Module, params: &Params, units: &Units<'m>) {
    let (moves, fed) = multiply(m, params, units);
    let output = m.output_stream("scores", &params.scores());
    let results = units.results();
    let is_there = m.wire("score_is_there", 1);
    let flow = Flow { m, advance: (!is_there.value() | output.ready()).named("advance_scores") };
    let takes = (results.valid() & flow.advance).named("takes_sums");
    results.set_ready(takes);
    let tags = Fifo::new(m, "tags", fed.packed_width(), IN_FLIGHT);
    let Tag { keep, last, scale } = m.unpack(&fed, tags.front);
    tags.finish(moves, m.pack(&fed), takes);

    let stages = ["magnitude", "product", "result"];
    is_there.drive(flow.valid_through(&stages, results.valid()));
    let dot_product = |sums: Signal<'m>| sums.low(SUM_BITS).sext(MAGNITUDE_BITS);
    let sums: Vec<Signal> = results.sums().into_iter().map(dot_product).collect();
    let magnitudes = Magnitude::of_lanes(flow, &sums);
    let scale = m.hold("magnitude", &scale, flow.advance);
    let scores = requantised(params, flow, magnitudes, &scale, |_, score| score);
    output.set_valid(is_there.value());
    let (keep, last) = (flow.through(&stages, "keep", keep), flow.through(&stages, "last", last));
    output.set_payload(Scores { scores, keep, last });
}

/// What belongs to a key while it is in the units.
#[derive(Clone, Copy, Bundle)]
struct Tag<T> {
    keep: T,
    last: T,
    scale: ScaleFields<T>,
}

/// Feeds the units with queries and keys: where a key moves, and what belongs to it.
fn multiply<'m>(m: &'m Module, params: &Params, units: &Units<'m>) -> (Signal<'m>, Tag<Signal<'m>>) {
    let (jobs, rows) = (m.input_stream("job", &params.score_job()), m.input_stream("keys", &params.row()));
    let input = m.input_stream("query", &params.queries());
    let job_ends = m.wire("job_ends", 1);
    let row_bits = index_width(params.keys.into());
    let rows_of =
        |job: &ScoreJob<Signal<'m>>| RowsOfJob { last: job.keys.last_key.low(row_bits), keeps: job.keeps };
    let keys = m.scope("keys", || Loader::new(m, &jobs, &rows, params.keys, rows_of, job_ends.value()));
    let Loader { starts, next, .. } = keys;

    let feed = units.feed();
    let feeds = m.reg("feeds", 1).reset_to(0);
    let is_there = m.wire("key_is_there", 1);
    let takes = feed.ready();
    let flow = Flow { m, advance: (!is_there.value() | takes).named("advance_keys") };
    // The queries stay until the last key has gone.
    input.set_ready(keys.is_busy & !feeds.value() & !is_there.value());
    let group = m.hold("group", &input.payload, input.fires());

    let moves = (feeds.value() & flow.advance).named("key_moves");
    let place = m.scope("group", || Keys::new(m, params, &next.keys, starts, moves));
    let ends_group = (moves & place.is_last).named("group_ends");
    job_ends.drive(ends_group & group.last);
    feeds.enable(input.fires() | ends_group).set(input.fires());
    is_there.drive(flow.flag("key_valid", feeds.value()));
    let address = keys.rows.address(place.key.low(row_bits));
    let row = keys.rows.memory.read_at_clock("key_row", address, Collision::Undefined);
    let row = row.enable(flow.advance).value();
    feed.offer(is_there.value(), group.queries.split_lsb(params.row_bits()), row, m.ones(1));

    let keep = m.concat_lsb(&place.seen(params.tokens));
    let scale = m.hold("job_scale", &next.scale, starts);
    (moves, Tag { keep, last: place.is_last, scale })
}

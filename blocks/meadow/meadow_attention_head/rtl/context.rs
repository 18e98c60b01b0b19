//! The results of a group: the probability of each token times a value, in broadcasting elements.

use super::groups::Groups;
use super::lent::parts_of;
use super::loader::{Loader, RowsOfJob};
use super::serial::Serial;
use super::units::{IN_FLIGHT, Units, requantised};
use crate::block::Hardware;
use crate::common::flow::Flow;
use crate::meadow::meadow_attention_head::params::{COUNT_BITS, OutputBeat, Params, SCALE, ScaleFields};
use crate::meadow::meadow_mac_pe::Kind;
use crate::meadow::meadow_requantize::MAGNITUDE_BITS;
use crate::meadow::meadow_requantize::scaling::Magnitude;
use crate::top::module;
use hdl::{Bundle, Collision, Design, Module, ModuleRef, Signal, index_width};
use parts::storage::fifo::Fifo;

/// What the stage knows of a job.
#[derive(Clone, Copy, Bundle)]
pub struct ContextJob<T> {
    /// Number of the last value.
    pub last_key: T,
    /// Number of tokens.
    pub tokens: T,
    /// Scale of results.
    pub scale: ScaleFields<T>,
    /// Its values are those of the last job that brought its own.
    pub keeps: Option<T>,
}

/// A probability of each token of a group.
#[derive(Clone, Copy, Bundle)]
pub struct Probabilities<T> {
    /// Unsigned fractions, the first token in the lowest bits.
    pub probabilities: T,
    /// Last key of the group.
    pub last: T,
}

impl Params {
    /// The widths.
    pub fn context_job(&self) -> ContextJob<u32> {
        ContextJob { last_key: self.key_bits(), tokens: COUNT_BITS, scale: SCALE, keeps: self.keeping() }
    }

    /// A probability of each token.
    pub fn probabilities(&self) -> Probabilities<u32> {
        Probabilities { probabilities: self.tokens * self.probability_bits, last: 1 }
    }

    /// Width of a probability with a sign, which is 0.
    fn signed_probability_bits(&self) -> u32 {
        self.probability_bits + 1
    }

    /// Adds the stage to a design. It may lend its elements.
    pub fn context_stage(&self, design: &Design, lends: bool) -> ModuleRef {
        let element = self.element(Kind::Broadcast, self.signed_probability_bits());
        let unit = element.build(design);
        module(design, "meadow_context", &parts_of(self, lends), |m| {
            m.describe("The results of a group of tokens, from their probabilities and the values.");
            m.describe("A group takes as many cycles as it has probabilities.");
            context(m, self, &Units::new(m, self, element, unit).lent(self, lends));
        })
    }
}

fn context<'m>(m: &'m Module, params: &Params, units: &Units<'m>) {
    let (ends_group, fed) = multiply(m, params, units);
    let results = units.results();
    let output = m.output_stream("out", &params.out());
    let is_there = m.wire("result_is_there", 1);
    let flow = Flow { m, advance: (!is_there.value() | output.ready()).named("advance_results") };
    let takes = m.wire("takes_sums", 1);
    results.set_ready(takes.value());
    let sums = results.sums();
    let serial =
        m.scope("serial", || Serial::new(m, &sums, params.place_bits(), takes.value(), flow.advance));
    takes.drive(results.valid() & !serial.is_busy);
    let tags = Fifo::new(m, "tags", fed.packed_width(), IN_FLIGHT);
    let group = m.hold("group", &m.unpack(&fed, tags.front), takes.value());
    tags.finish(ends_group, m.pack(&fed), takes.value());

    let stages = ["magnitude", "product", "result"];
    is_there.drive(flow.valid_through(&stages, serial.is_busy));
    let sums: Vec<Signal> = serial.sums.iter().map(|sum| sum.sext(MAGNITUDE_BITS)).collect();
    let magnitudes = Magnitude::of_lanes(flow, &sums);
    let scale = m.hold("magnitude", &group.scale, flow.advance);
    let has_token = flow.through(&stages, "has_token", group.has_token);
    let elements =
        requantised(params, flow, magnitudes, &scale, |token, element| element.gated(has_token.bit(token)));
    let last = flow.through(&stages, "last", serial.is_last & group.last);
    output.set_valid(is_there.value());
    output.set_payload(OutputBeat { elements, last });
}

/// What belongs to a group while it is in the units.
#[derive(Clone, Copy, Bundle)]
struct Tag<T> {
    /// A bit for each token: whether there is one.
    has_token: T,
    /// Last group of the job.
    last: T,
    scale: ScaleFields<T>,
}

/// Feeds the units with probabilities and values: where a group ends, and what belongs to it.
fn multiply<'m>(m: &'m Module, params: &Params, units: &Units<'m>) -> (Signal<'m>, Tag<Signal<'m>>) {
    let (jobs, rows) =
        (m.input_stream("job", &params.context_job()), m.input_stream("values", &params.row()));
    let input = m.input_stream("probabilities", &params.probabilities());
    let job_ends = m.wire("job_ends", 1);
    let row_bits = index_width(params.keys.into());
    let rows_of =
        |job: &ContextJob<Signal<'m>>| RowsOfJob { last: job.last_key.low(row_bits), keeps: job.keeps };
    let values = m.scope("values", || Loader::new(m, &jobs, &rows, params.keys, rows_of, job_ends.value()));
    let Loader { starts, next, .. } = values;
    let groups = Groups::new(m, params, next.tokens, starts);

    let feed = units.feed();
    let is_there = m.wire("probability_is_there", 1);
    let takes = feed.ready();
    let flow = Flow { m, advance: (!is_there.value() | takes).named("advance_values") };
    input.set_ready(values.is_busy & flow.advance);
    is_there.drive(flow.flag("probability_valid", input.fires()));

    let key = m.reg("key", row_bits).reset_to(0).enable(input.fires());
    key.set((key.value() + 1).gated(!input.payload.last));
    let address = values.rows.address(key.value());
    let row = values.rows.memory.read_at_clock("value_row", address, Collision::Undefined);
    let row = row.enable(flow.advance).value();
    let last = flow.keep("probability_is_last", input.payload.last);
    let lanes = flow.keep("probabilities", input.payload.probabilities).split_lsb(params.probability_bits);
    let signed = |probability: Signal<'m>| probability.zext(params.signed_probability_bits());
    feed.offer(is_there.value(), lanes.into_iter().map(signed).collect(), row, last);

    let ends_group = (input.fires() & input.payload.last).named("group_ends");
    let has_token =
        m.concat_lsb(&(0..params.tokens).map(|token| groups.has_token(token)).collect::<Vec<_>>());
    let scale = m.hold("job_scale", &next.scale, starts);
    let tag = Tag { has_token, last: groups.is_last(), scale };
    job_ends.drive(ends_group & tag.last);
    groups.finish(ends_group);
    (ends_group, tag)
}

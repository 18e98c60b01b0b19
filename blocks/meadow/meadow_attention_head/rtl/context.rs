//! The results of a group: the probability of each token times a value, in broadcasting elements.

use super::buffer::Buffer;
use super::groups::Groups;
use super::serial::Serial;
use super::units::{Units, requantised};
use crate::block::Hardware;
use crate::meadow::flow::Flow;
use crate::meadow::meadow_attention_head::params::{COUNT_BITS, OutputBeat, Params, SCALE, ScaleFields};
use crate::meadow::meadow_mac_pe::Kind;
use crate::meadow::meadow_requantize::MAGNITUDE_BITS;
use crate::meadow::meadow_requantize::scaling::Magnitude;
use crate::parameters::Parameters;
use crate::top::module;
use hdl::{Bundle, Collision, Design, Module, ModuleRef, Signal, index_width};

/// What the stage knows of a job.
#[derive(Clone, Copy, Bundle)]
pub struct ContextJob<T> {
    /// It begins.
    pub start: T,
    /// Number of the last value.
    pub last_key: T,
    /// Number of tokens.
    pub tokens: T,
    /// Scale of results.
    pub scale: ScaleFields<T>,
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
    /// A probability of each token.
    pub fn probabilities(&self) -> Probabilities<u32> {
        Probabilities { probabilities: self.tokens * self.probability_bits, last: 1 }
    }

    /// Width of a probability with a sign, which is 0.
    fn signed_probability_bits(&self) -> u32 {
        self.probability_bits + 1
    }

    /// Adds the stage to a design.
    pub fn context_stage(&self, design: &Design) -> ModuleRef {
        let element = self.element(Kind::Broadcast, self.signed_probability_bits());
        let unit = element.build(design);
        module(design, "meadow_context", &self.name_parts(), |m| {
            m.describe("The results of a group of tokens, from their probabilities and the values.");
            m.describe("A group takes as many cycles as it has probabilities.");
            let units = Units::new(m, self, element, unit);
            let declared =
                ContextJob { start: 1, last_key: self.key_bits(), tokens: COUNT_BITS, scale: SCALE };
            context(m, self, &m.inputs(&declared), &units);
        })
    }
}

fn context<'m>(m: &'m Module, params: &Params, job: &ContextJob<Signal<'m>>, units: &Units<'m>) {
    let values = m.input_stream("values", &params.row());
    let last_row = job.last_key.low(index_width(params.keys.into()));
    let values = m.scope("values", || Buffer::of_rows(m, &values, params.keys, job.start, last_row));
    multiply(m, params, &values, units);

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

    let stages = ["magnitude", "product", "result"];
    let groups = Groups::new(m, params, job.start, job.tokens);
    let ends_group = flow.through(&stages, "ends_group", serial.is_last);
    is_there.drive(flow.valid_through(&stages, serial.is_busy));
    let sums: Vec<Signal> = serial.sums.iter().map(|sum| sum.sext(MAGNITUDE_BITS)).collect();
    let magnitudes = Magnitude::of_lanes(flow, &sums);
    let elements = requantised(params, flow, magnitudes, &job.scale, |token, element| {
        element.gated(groups.has_token(token))
    });
    output.set_valid(is_there.value());
    output.set_payload(OutputBeat { elements, last: ends_group & groups.is_last() });
    groups.finish(output.fires() & ends_group);
}

/// Feeds the units with probabilities and values.
fn multiply<'m>(m: &'m Module, params: &Params, values: &Buffer<'m>, units: &Units<'m>) {
    let feed = units.feed();
    let input = m.input_stream("probabilities", &params.probabilities());
    let is_there = m.wire("probability_is_there", 1);
    let takes = feed.ready();
    let flow = Flow { m, advance: (!is_there.value() | takes).named("advance_values") };
    input.set_ready(values.is_loaded & flow.advance);
    is_there.drive(flow.flag("probability_valid", input.fires()));

    let key = m.reg("key", index_width(params.keys.into())).reset_to(0).enable(input.fires());
    key.set((key.value() + 1).gated(!input.payload.last));
    let row = values.memory.read_at_clock("value_row", key.value(), Collision::Undefined);
    let row = row.enable(flow.advance).value();
    let last = flow.keep("probability_is_last", input.payload.last);
    let lanes = flow.keep("probabilities", input.payload.probabilities).split_lsb(params.probability_bits);
    let signed = |probability: Signal<'m>| probability.zext(params.signed_probability_bits());
    feed.send(is_there.value() & takes, lanes.into_iter().map(signed).collect(), row, last);
}

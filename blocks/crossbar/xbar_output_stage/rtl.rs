//! The hardware.
//!
//! ```text
//! table --> [entries] --+
//!                       v
//! scale: in ----------> + --> [biased] --> |x| --> [magnitude] --> x --> [product] --> >>, round, saturate --> out
//! lif:   in --> [sum] --> + --> saturate --> compare --> [spike] --> out
//!                         ^                     v
//!                     [membranes] <-- leak <-- reset
//! ```

use super::BLOCK;
use super::params::{Entry, Function, Outcome, Params, Sum};
use crate::block::Hardware;
use crate::common::counter::counter;
use crate::common::flow::Flow;
use crate::loas::loas_plif::neuron::{Step, step};
use crate::meadow::meadow_requantize::scaling::{Magnitude, product, rounded};
use crate::top::block;
use hdl::{Bundle, Design, Module, ModuleRef, Signal, Stream, index_width};
use parts::storage::held::held_flag;
use parts::storage::store::Store;

impl Hardware for Params {
    fn build(&self, design: &Design) -> ModuleRef {
        let (what, stages) = match self.function {
            Function::Scale => ("Sums of a crossbar to integers: bias, scale, rounding, saturation.", SCALE),
            Function::Lif => ("Sums of a crossbar to spikes of leaky integrate-and-fire neurons.", LIF),
        };
        let timing = format!("Latency: {} cycles. Throughput: one sum a cycle.", stages.len());
        block(design, &BLOCK, self, &[what, &timing], |m| stage(m, self, stages))
    }
}

/// What each stage of registers holds.
const SCALE: &[&str] = &["biased", "magnitude", "product", "result"];
const LIF: &[&str] = &["sum", "result"];

fn stage(m: &Module, params: &Params, stages: &[&str]) {
    let output = m.output_stream("out", &params.output());
    let is_there = m.wire("result_is_there", 1);
    let flow = Flow { m, advance: (!is_there.value() | output.ready()).named("advance") };
    let sums = Sums::new(m, params, flow.advance);
    let (value, spike) = match params.function {
        Function::Scale => (Some(scaled(flow, params, &sums)), None),
        Function::Lif => (None, Some(fires(flow, params, &sums))),
    };
    is_there.drive(flow.valid_through(stages, sums.takes));
    output.set_valid(is_there.value());
    output.set_payload(Outcome {
        value,
        spike,
        last: flow.through(stages, "last", sums.ends),
        error: flow.through(stages, "error", sums.error),
    });
}

/// The sums with the entries of the table.
struct Sums<'m> {
    /// A sum is taken.
    takes: Signal<'m>,
    input: Sum<Signal<'m>>,
    entry: Entry<Signal<'m>>,
    /// The number of its output.
    index: Signal<'m>,
    is_first: Signal<'m>,
    /// The vector ends with it.
    ends: Signal<'m>,
    error: Signal<'m>,
}

impl<'m> Sums<'m> {
    /// Takes sums while there is room, and a table before each vector that waits for one.
    fn new(m: &'m Module, params: &Params, has_room: Signal<'m>) -> Sums<'m> {
        let table = m.input_stream("table", &params.entry());
        let input = m.input_stream("in", &params.input());
        let takes = input.fires().named("takes");
        let output = counter(m, "output", params.outputs, takes);
        let is_first = output.map_or(m.ones(1), |output| output.eq(0));
        let ends = output.map_or(m.ones(1), |output| output.eq(u64::from(params.outputs - 1)));
        let index = output.unwrap_or(m.zero(index_width(params.outputs.into())));

        let loader = Loader::new(m, params, &table, input.valid() & is_first, input.payload.reload, takes);
        input.set_ready(has_room & !loader.lacks);
        let wrong = input.payload.error | (input.payload.last ^ ends);
        let has_error = m.reg("has_error", 1).reset_to(0).enable(takes);
        let error = has_error.value() | wrong;
        has_error.set(error);
        let entry = m.unpack(&params.entry(), loader.entries.read(index));
        Sums { takes, input: input.payload, entry, index, is_first, ends, error }
    }
}

/// The table.
struct Loader<'m> {
    entries: Store<'m>,
    /// The sum that is offered waits for a table.
    lacks: Signal<'m>,
}

impl<'m> Loader<'m> {
    /// Loads a table where the first sum of a vector, which is `offered`, wants one.
    fn new(
        m: &'m Module,
        params: &Params,
        table: &Stream<'m, Entry<Signal<'m>>>,
        offered: Signal<'m>,
        reload: Signal<'m>,
        taken: Signal<'m>,
    ) -> Loader<'m> {
        let has_table = m.reg("has_table", 1).reset_to(0);
        let is_new = m.reg("table_is_new", 1).reset_to(0);
        let lacks = (offered & !is_new.value() & (reload | !has_table.value())).named("lacks_table");
        table.set_ready(lacks);
        let loads = table.fires().named("loads");
        let place = counter(m, "entry", params.outputs, loads);
        let is_last = place.map_or(m.ones(1), |place| place.eq(u64::from(params.outputs - 1)));
        let ends = (loads & is_last).named("table_ends");
        has_table.enable(ends).set(m.ones(1));
        is_new.enable(ends | taken).set(ends);

        let entries = Store::new(m, "entries", params.entry().packed_width(), params.outputs.into());
        let address = place.unwrap_or(m.zero(index_width(params.outputs.into())));
        entries.write(loads, address, m.pack(&table.payload));
        Loader { entries, lacks }
    }
}

/// The sum with its bias, scaled: four stages.
fn scaled<'m>(flow: Flow<'m>, params: &Params, sums: &Sums<'m>) -> Signal<'m> {
    let Entry { bias, multiplier, shift, .. } = sums.entry;
    let own = "scales have all of it";
    let (bias, multiplier, shift) = (bias.expect(own), multiplier.expect(own), shift.expect(own));
    let bits = params.sum_bits + 1;
    let biased = flow.keep("biased", sums.input.sum.sext(bits) + bias.sext(bits));
    let magnitude = Magnitude::of_lanes(flow, &[biased])[0];
    let product = product(flow, magnitude, flow.through(&SCALE[..2], "multiplier", multiplier));
    let shift = flow.through(&SCALE[..3], "shift", shift);
    rounded(flow, params.rounding, product, shift, params.value_bits)
}

/// Whether the neuron of the sum fires: two stages.
fn fires<'m>(flow: Flow<'m>, params: &Params, sums: &Sums<'m>) -> Signal<'m> {
    let (m, neuron) = (flow.m, params.neuron());
    let (rest, threshold) =
        (sums.input.rest.expect("neurons rest"), sums.entry.threshold.expect("neurons have thresholds"));
    // The first vector after a reset finds all neurons at rest, and so does the rest of a vector whose first sum says so.
    let rests = m.reg("vector_rests", 1).reset_to(1).enable(sums.takes);
    let rests_now = (sums.is_first & rest) | rests.value();
    rests.set(rests_now & !sums.ends);

    let sum = flow.keep("sum", sums.input.sum);
    let threshold = flow.keep("threshold", threshold.zext(neuron.membrane_bits()));
    let (index, rests) = (flow.keep("index", sums.index), flow.keep("rests", rests_now));
    let is_there = held_flag(m, "neuron_is_there", sums.takes, flow.advance);

    let membranes = Store::new(m, "membranes", neuron.membrane_bits(), params.outputs.into());
    let before = membranes.read(index).gated(!rests);
    let Step { fires, membrane } = step(m, &neuron, sum, Some(before), threshold);
    membranes.write(is_there & flow.advance, index, membrane);
    flow.keep("result", fires)
}

//! The hardware.
//!
//! ```text
//! sample --> [signs] ------------------------------------------------------------+--> [phases] --> out
//!        --> f' --> [derivatives of each layer] --+                              |
//! error --> [errors] --+                          v                              |
//! sum -----------------+--------------------------x--> >>, round --+--> [signs] -+
//!                                                                  +--> read, for all layers but the first
//! ```

use super::BLOCK;
use super::params::{Params, Read, TransposedSum};
use crate::block::Hardware;
use crate::common::flow::Flow;
use crate::crossbar::learning::{Errors, Masks, Network, Samples, Signs, delta, one, phases, signs, stages};
use crate::top::block;
use hdl::{Design, Module, ModuleRef, Signal, index_width};
use parts::arithmetic::lowest_one::encode;
use parts::storage::held::held;

impl Hardware for Params {
    fn build(&self, design: &Design) -> ModuleRef {
        let what = "Updates of all layers of a network on crossbars from the errors of its outputs, by back-propagation.";
        let timing = format!(
            "Latency: {} cycles from the last error, and {} from a sum, to the first delta that is read.",
            stages(&self.network).len() + 2,
            stages(&self.network).len()
        );
        block(design, &BLOCK, self, &[what, &timing], |m| unit(m, self))
    }
}

fn unit(m: &Module, params: &Params) {
    let network = &params.network;
    let (starts, ends) = (m.wire("starts", 1), m.wire("ends", 1));
    let samples = Samples::new(m, network, params.overlap, starts.value(), ends.value());
    let errors = Errors::new(m, network, ends.value());
    let is_busy = m.reg("is_busy", 1).reset_to(0).enable(starts.value() | ends.value());
    is_busy.set(starts.value());
    starts.drive(samples.is_complete & errors.is_complete & !is_busy.value());
    let framing = held(m, "is_misframed", samples.error | errors.error, starts.value());

    let (gives, read) = (m.wire("gives", 1), m.output_stream("read", &params.read()));
    let flow = Flow { m, advance: (!gives.value() | read.ready()).named("advance") };
    let pass = Pass::new(m, params, starts.value(), flow.advance);
    let slopes = samples.derivatives(network, pass.neuron);
    let cases = slopes.into_iter().enumerate().map(|(layer, slope)| (pass.layer.bit(layer as u32), slope));
    let slope = m.one_hot(&cases.chain([(pass.is_output, one(m, network))]).collect::<Vec<_>>());
    let error = errors.of(network, pass.neuron);
    let bits = params.value_bits();
    let value = pass.is_output.mux(error.sext(bits), pass.sum.sext(bits)).named("value");
    let delta = delta(flow, network, value, slope, errors.shift);

    let stages = stages(network);
    let is_there = flow.valid_through(stages, pass.takes);
    let (layer, last) =
        (flow.through(stages, "layer", pass.layer), flow.through(stages, "last", pass.ends_layer));
    gives.drive(is_there & !layer.bit(0));
    read.set_valid(gives.value());
    let sources = layer.high(network.hidden_layers);
    read.set_payload(Read { delta, layer: params.read().layer.map(|_| encode(m, sources)), last });

    let moves = (is_there & flow.advance).named("delta_moves");
    let signs = signs(delta, errors.floor);
    let columns = columns(m, network, signs, layer, moves);
    let begins = (moves & layer.bit(0) & last).named("begins");
    ends.drive(phases(m, network, &Masks { rows: samples.rows, columns }, begins, framing | pass.error));
}

/// The signs of the deltas of each layer.
fn columns<'m>(
    m: &'m Module,
    network: &Network,
    signs: Signs<'m>,
    layer: Signal<'m>,
    moves: Signal<'m>,
) -> Signs<'m> {
    let of_layer = |number: u32| {
        let neurons = if number == network.hidden_layers { network.classes } else { network.width };
        signs.collected(m, &format!("layer{number}_delta"), neurons, moves & layer.bit(number))
    };
    Signs::joined(m, &(0..=network.hidden_layers).map(of_layer).collect::<Vec<_>>())
}

/// The neurons of all layers, from the output layer to the first one.
struct Pass<'m> {
    /// A neuron is taken.
    takes: Signal<'m>,
    neuron: Signal<'m>,
    /// A bit for each layer, the output layer in the highest.
    layer: Signal<'m>,
    is_output: Signal<'m>,
    /// It is the last neuron of its layer.
    ends_layer: Signal<'m>,
    sum: Signal<'m>,
    /// Some sums were not framed as they must be.
    error: Signal<'m>,
}

impl<'m> Pass<'m> {
    fn new(m: &'m Module, params: &Params, starts: Signal<'m>, advance: Signal<'m>) -> Pass<'m> {
        let input = m.input_stream("sum", &params.sum());
        let TransposedSum { sum, last } = input.payload;
        let layers = params.network.hidden_layers + 1;
        let layer = m.reg("layer", layers).reset_to(1 << (layers - 1));
        let is_output = layer.value().bit(layers - 1);
        let runs = m.reg("runs", 1).reset_to(0);
        input.set_ready(runs.value() & !is_output & advance);
        let takes = (runs.value() & advance & (is_output | input.valid())).named("takes_neuron");

        let bits = index_width(params.network.width.max(params.network.classes).into());
        let neuron = m.reg("column", bits).reset_to(0).enable(takes);
        let last_of = |count: u32| m.lit(u128::from(count - 1), bits);
        let ends_layer = neuron
            .value()
            .eq(is_output.mux(last_of(params.network.classes), last_of(params.network.width)))
            .named("ends_column");
        neuron.set((neuron.value() + 1).gated(!ends_layer));
        layer.enable(takes & ends_layer).set(layer.value().rotate_right(1));
        let ends = takes & ends_layer & layer.value().bit(0);
        runs.enable(starts | ends).set(starts);
        let error = m.reg("sums_are_misframed", 1).reset_to(0);
        error.set(error.value() | (input.fires() & (last ^ ends_layer)));
        Pass {
            takes,
            neuron: neuron.value(),
            layer: layer.value(),
            is_output,
            ends_layer,
            sum,
            error: error.value(),
        }
    }
}

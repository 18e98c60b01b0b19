//! The hardware.
//!
//! ```text
//! sample --> [activations] -------------------------------------------------------+--> pulses or counts --> out
//!        --> f' --> [derivatives of each layer] --+                               |
//! error --> [errors] --+                          v                               |
//! sum -----------------+--------------------------x--> >>, round --+--> [deltas] -+
//!                                                                  +--> read, for all layers but the first
//! ```

use super::BLOCK;
use super::params::{Params, Read, TransposedSum};
use crate::block::Hardware;
use crate::common::flow::Flow;
use crate::crossbar::learning::{Begin, Delta, Errors, Samples, Side, delta, one, stages, update};
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
    let errors = Errors::new(m, network, &network.error(), ends.value());
    let is_busy = m.reg("is_busy", 1).reset_to(0).enable(starts.value() | ends.value());
    is_busy.set(starts.value());
    starts.drive(samples.is_complete & errors.is_complete & !is_busy.value());
    let is_wrong = (samples.error | errors.error).named("is_wrong");
    let error = held(m, "sample_is_wrong", is_wrong, starts.value());

    let (gives, read) = (m.wire("gives", 1), m.output_stream("read", &params.read()));
    let flow = Flow { m, advance: (!gives.value() | read.ready()).named("advance") };
    let pass = Pass::new(m, params, starts.value() & !is_wrong, flow.advance);
    let slopes = samples.derivatives(pass.neuron);
    let cases = slopes.into_iter().enumerate().map(|(layer, slope)| (pass.layer.bit(layer as u32), slope));
    let slope = m.one_hot(&cases.chain([(pass.is_output, one(m, network))]).collect::<Vec<_>>());
    let bits = params.value_bits();
    let value = pass.is_output.mux(errors.of(pass.neuron).sext(bits), pass.sum.sext(bits)).named("value");
    let delta = delta(flow, network, value, slope, errors.shift);

    let stages = stages(network);
    let is_there = flow.valid_through(stages, pass.takes);
    let (layer, last) =
        (flow.through(stages, "layer", pass.layer), flow.through(stages, "last", pass.is_last));
    gives.drive(is_there & !layer.bit(0));
    read.set_valid(gives.value());
    let sources = layer.high(network.hidden_layers);
    read.set_payload(Read { delta, layer: params.read().layer.map(|_| encode(m, sources)), last });

    let moves = (is_there & flow.advance).named("delta_moves");
    let neuron = flow.through(stages, "neuron", pass.neuron);
    let deltas = (0..=network.hidden_layers)
        .map(|number| Delta { value: delta, takes: moves & layer.bit(number), neuron })
        .collect::<Vec<_>>();
    let columns = Side::of_deltas(m, network, &errors, &deltas);
    // A wrong sample is not read.
    let ends_pass = m.scope("pass", || flow.valid_through(stages, pass.ends)) & flow.advance;
    let begins = (ends_pass | (starts.value() & is_wrong)).named("begins");
    let begin = Begin { begins, error: error | pass.error };
    ends.drive(update(m, network, &samples.rows, &columns, &errors, begin));
}

/// The neurons of all layers, from the output layer to the first one.
struct Pass<'m> {
    /// A neuron is taken.
    takes: Signal<'m>,
    neuron: Signal<'m>,
    /// A bit for each layer, the output layer in the highest.
    layer: Signal<'m>,
    is_output: Signal<'m>,
    /// No more neurons of this layer are taken.
    is_last: Signal<'m>,
    /// The first layer has all its sums.
    ends: Signal<'m>,
    sum: Signal<'m>,
    /// The sums for some layer of this sample were too few or too many.
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
        let takes_sum = input.fires().named("takes_sum");
        // Sums behind the last neuron of a layer are dropped.
        let drops = m.reg("drops", 1).reset_to(0).enable(takes_sum);
        let takes_error = (runs.value() & is_output & advance).named("takes_output");
        let takes = (takes_error | (takes_sum & !drops.value())).named("takes_neuron");

        let bits = index_width(params.network.longest_column_side().into());
        let neuron = m.reg("column", bits).reset_to(0).enable(takes);
        let last_of = |count: u32| m.lit(u128::from(count - 1), bits);
        let is_full = neuron
            .value()
            .eq(is_output.mux(last_of(params.network.classes), last_of(params.network.width)))
            .named("layer_is_full");
        let is_last = is_full | (!is_output & last);
        neuron.set((neuron.value() + 1).gated(!is_last));
        drops.set((drops.value() | is_full) & !last);
        let ends_layer = ((takes_error & is_full) | (takes_sum & last)).named("ends_layer");
        layer.enable(ends_layer).set(layer.value().rotate_right(1));
        let ends = (takes_sum & last & layer.value().bit(0)).named("ends_pass");
        runs.enable(starts | ends).set(starts);
        let is_wrong = takes_sum & last & (drops.value() | !is_full);
        let error = m.reg("sums_are_wrong", 1).reset_to(0).enable(starts | is_wrong);
        error.set(is_wrong);
        Pass {
            takes,
            neuron: neuron.value(),
            layer: layer.value(),
            is_output,
            is_last,
            ends,
            sum,
            error: error.value(),
        }
    }
}

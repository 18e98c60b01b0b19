//! The hardware.
//!
//! ```text
//! sample --> [signs] -------------------------------------------------------------+--> [phases] --> out
//!        --> f' --> [derivatives of each layer] ---+                              |
//! error --> [errors] --> +/- --> tree --> [sum] -->x--> >>, round --> [signs] ----+   (this row once a hidden layer)
//!                         ^
//!                       LFSR
//! ```

use super::BLOCK;
use super::params::Params;
use crate::block::Hardware;
use crate::common::flow::Flow;
use crate::crossbar::counter::counter;
use crate::crossbar::learning::{Errors, Masks, Network, Samples, Signs, delta, one, phases, signs, stages};
use crate::top::block;
use hdl::{Design, Module, ModuleRef, Signal};
use parts::arithmetic::negate::negated;
use parts::arithmetic::tree::tree;
use parts::coding::lfsr;
use parts::storage::held::held;

/// The shift register of the feedback: its new bits depend only on ones that are at least 28 bits old, so that many of them are
/// found in a cycle.
const LFSR_BITS: u32 = 31;

impl Hardware for Params {
    fn build(&self, design: &Design) -> ModuleRef {
        let what = "Updates of all layers of a network on crossbars from the errors of its outputs, by direct feedback alignment.";
        let timing = format!("Latency: {} cycles from the last error to the first phase.", self.latency());
        block(design, &BLOCK, self, &[what, &timing], |m| unit(m, self))
    }
}

impl Params {
    /// Cycles from the last error to the first phase.
    fn latency(&self) -> u32 {
        self.pass() + stages(&self.network).len() as u32 + 4
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
    let error = held(m, "is_wrong", samples.error | errors.error, starts.value());

    let pass = Pass::new(m, params, starts.value());
    let flow = Flow { m, advance: m.ones(1) };
    let sums = feedback(m, params, &errors, &pass);
    let derivatives = samples.derivatives(network, pass.column);
    let hidden = sums.into_iter().zip(derivatives).map(|(sum, derivative)| Lane {
        sum,
        derivative: flow.keep("derivative", derivative),
        is_there: pass.is_hidden,
        neurons: params.network.width,
    });
    let output = Lane {
        sum: flow.keep("output_error", errors.of(network, pass.column)),
        derivative: one(m, network),
        is_there: pass.is_output,
        neurons: params.network.classes,
    };
    let lanes = hidden.chain([output]).enumerate();
    let signs =
        lanes.map(|(layer, lane)| m.scope(&format!("layer{layer}"), || lane.signs(flow, network, &errors)));
    let columns = Signs::joined(m, &signs.collect::<Vec<_>>());
    let begins = flow.valid_through(stages(network), flow.flag("sum_is_last", pass.ends)).named("begins");
    ends.drive(phases(m, network, &Masks { rows: samples.rows, columns }, begins, error));
}

/// The columns of all layers, one after the other.
struct Pass<'m> {
    column: Signal<'m>,
    /// Hidden layers have this column.
    is_hidden: Signal<'m>,
    /// The output layer has it.
    is_output: Signal<'m>,
    /// It is the last one.
    ends: Signal<'m>,
}

impl<'m> Pass<'m> {
    fn new(m: &'m Module, params: &Params, starts: Signal<'m>) -> Pass<'m> {
        let runs = m.reg("runs", 1).reset_to(0);
        let column = counter(m, "column", params.pass(), runs.value()).expect("layers have several columns");
        let ends = (runs.value() & column.eq(u64::from(params.pass() - 1))).named("pass_ends");
        runs.enable(starts | ends).set(starts);
        let is_below = |count: u32| match count < params.pass() {
            true => runs.value() & column.lt(u64::from(count)),
            false => runs.value(),
        };
        Pass {
            column,
            is_hidden: is_below(params.network.width),
            is_output: is_below(params.network.classes),
            ends,
        }
    }
}

/// For each hidden layer, the sum of all errors, each with the sign of its feedback to the neuron of this column. It is there
/// a cycle later.
fn feedback<'m>(m: &'m Module, params: &Params, errors: &Errors<'m>, pass: &Pass<'m>) -> Vec<Signal<'m>> {
    let vector =
        m.reg("error_vector", params.network.classes * params.network.error_bits).enable(errors.takes);
    vector.set(
        m.concat(&[errors.value, vector.value().high(vector.value().width() - params.network.error_bits)]),
    );
    let values = vector.value().split_lsb(params.network.error_bits);
    let signs_of_layer = params.network.classes * params.network.width;
    let sum = |layer: u32| {
        let seed = lfsr::state_after(LFSR_BITS, params.first_state(), layer * signs_of_layer);
        let state = m.reg("feedback", LFSR_BITS).reset_to(seed.into()).enable(pass.is_hidden);
        let (signs, next) = lfsr::advanced(state.value(), params.network.classes);
        let is_last = pass.column.eq(u64::from(params.network.width - 1)).named("is_last_neuron");
        state.set(is_last.mux(u64::from(seed), next));
        let signed = |(value, sign): (&Signal<'m>, Signal<'m>)| negated(value.sext(params.sum_bits()), sign);
        let signed = values.iter().zip(signs).map(signed).collect();
        held(m, "sum", tree(signed, &|a, b| a + b), m.ones(1))
    };
    (0..params.network.hidden_layers).map(|layer| m.scope(&format!("layer{layer}"), || sum(layer))).collect()
}

/// A layer in a pass, behind the registers of the sums.
struct Lane<'m> {
    sum: Signal<'m>,
    derivative: Signal<'m>,
    /// The layer has the column.
    is_there: Signal<'m>,
    neurons: u32,
}

impl<'m> Lane<'m> {
    /// The signs of the deltas of the layer.
    fn signs(self, flow: Flow<'m>, network: &Network, errors: &Errors<'m>) -> Signs<'m> {
        let delta = delta(flow, network, self.sum, self.derivative, errors.shift);
        let is_there = flow.valid_through(stages(network), flow.flag("sum_valid", self.is_there));
        signs(delta, errors.floor).collected(flow.m, "delta", self.neurons, is_there)
    }
}

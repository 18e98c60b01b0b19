//! The sums of all errors, each with its feedback to a hidden neuron.

use super::params::{Feedback, NeuronFeedback, Params};
use super::rtl::Pass;
use crate::crossbar::learning::{Errors, LFSR_BITS, Place, Stored, collected, first_state, place};
use hdl::{Module, Signal};
use parts::arithmetic::negate::negated;
use parts::arithmetic::tree::tree;
use parts::coding::lfsr;
use parts::storage::held::held;

/// The stages of registers of a sum.
pub fn sum_stages(params: &Params) -> &'static [&'static str] {
    match params.feedback {
        Feedback::Lfsr => &["sum"],
        Feedback::Stored => &["read", "scaled", "sum"],
    }
}

/// The feedback of all hidden layers.
pub struct Values<'m> {
    m: &'m Module,
    /// Samples can use it.
    pub is_there: Signal<'m>,
    /// What was loaded was too short or too long.
    pub error: Signal<'m>,
    /// For each hidden layer, the values of a neuron.
    stored: Vec<Stored<'m>>,
}

impl<'m> Values<'m> {
    /// Loads values, if they are stored. They are in use until the end of a sample that says so.
    pub fn new(m: &'m Module, params: &Params, errors: &Errors<'m>, sample_ends: Signal<'m>) -> Values<'m> {
        match errors.feedback_ends {
            None => Values { m, is_there: m.ones(1), error: m.zero(1), stored: vec![] },
            Some(feedback_ends) => {
                let ends = (sample_ends & feedback_ends).named("feedback_is_used");
                Values::loaded(m, params, ends)
            }
        }
    }

    fn loaded(m: &'m Module, params: &Params, ends: Signal<'m>) -> Values<'m> {
        let (layers, width) = (params.network.hidden_layers, params.network.width);
        let input = m.input_stream("feedback", &params.neuron_feedback());
        let NeuronFeedback { values, last } = input.payload;
        let is_there = m.reg("has_feedback", 1).reset_to(0);
        input.set_ready(!is_there.value());
        let takes = input.fires().named("takes_feedback");
        is_there.enable((takes & last) | ends).set(takes);
        let Place { neuron, layer, error } = place(m, "feedback", &vec![width; layers as usize], takes, last);
        let stored = (0..layers).map(|number| {
            let stored = Stored::new(m, &format!("feedback{number}"), values.width(), width, None);
            stored.write(takes & layer.bit(number), neuron, values);
            stored
        });
        Values { m, is_there: is_there.value(), error, stored: stored.collect() }
    }

    /// For each hidden layer, the sum for the neuron of this column, [`sum_stages`] later.
    pub fn sums(&self, params: &Params, errors: &Errors<'m>, pass: &Pass<'m>) -> Vec<Signal<'m>> {
        let m = self.m;
        let network = &params.network;
        let vector = collected(m, "error_vector", errors.value, network.classes, errors.takes);
        let values = vector.split_lsb(network.error_bits);
        let sum = |layer: u32| {
            let scaled = match params.feedback {
                Feedback::Lfsr => signed(m, params, &values, layer, pass),
                Feedback::Stored => scaled(m, params, &values, self.stored[layer as usize].read(pass.column)),
            };
            held(m, "sum", tree(scaled, &|a, b| a + b), m.ones(1))
        };
        (0..network.hidden_layers).map(|layer| m.scope(&format!("layer{layer}"), || sum(layer))).collect()
    }
}

/// The errors with the signs of a shift register.
fn signed<'m>(
    m: &'m Module,
    params: &Params,
    errors: &[Signal<'m>],
    layer: u32,
    pass: &Pass<'m>,
) -> Vec<Signal<'m>> {
    let network = &params.network;
    let signs_before = layer * network.classes * network.width;
    let seed = lfsr::state_after(LFSR_BITS, first_state(params.seed), signs_before);
    let state = m.reg("feedback", LFSR_BITS).reset_to(seed.into()).enable(pass.is_hidden);
    let (signs, next) = lfsr::advanced(state.value(), network.classes);
    let is_last = pass.column.eq(u64::from(network.width - 1)).named("is_last_neuron");
    state.set(is_last.mux(u64::from(seed), next));
    let signed = |(error, sign): (&Signal<'m>, Signal<'m>)| negated(error.sext(params.sum_bits()), sign);
    errors.iter().zip(signs).map(signed).collect()
}

/// The errors times stored values, two stages later. They are read in a stage of their own: the memory is wide.
fn scaled<'m>(m: &'m Module, params: &Params, errors: &[Signal<'m>], values: Signal<'m>) -> Vec<Signal<'m>> {
    let values = held(m, "feedback", values, m.ones(1)).split_lsb(params.feedback_bits);
    let scaled = |(output, (error, value)): (usize, (&Signal<'m>, Signal<'m>))| {
        held(m, &format!("scaled{output}"), error.mul_signed(value), m.ones(1)).sext(params.sum_bits())
    };
    errors.iter().zip(values).enumerate().map(scaled).collect()
}

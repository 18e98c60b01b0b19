//! The hardware.
//!
//! ```text
//! sample --> [activations] -------------------------------------------------------+--> pulses or counts --> out
//!        --> f' --> [derivatives of each layer] ---+                              |
//! error --> [errors] --> x ---> tree --> [sum] --->x--> >>, round --> [deltas] ---+   (this row once a hidden layer)
//!                        ^
//!       LFSR, or [feedback]
//! ```

use super::BLOCK;
use super::feedback::{Values, sum_stages};
use super::params::Params;
use crate::block::Hardware;
use crate::common::counter::counter;
use crate::common::flow::Flow;
use crate::crossbar::learning::{
    Begin, Delta, Errors, Samples, Side, delta, one, stages, update, update_stages,
};
use crate::top::block;
use hdl::{Design, Module, ModuleRef, Signal};
use parts::storage::held::held;

impl Hardware for Params {
    fn build(&self, design: &Design) -> ModuleRef {
        let what = "Updates of all layers of a network on crossbars from the errors of its outputs, by direct feedback alignment.";
        let timing = format!(
            "Latency: {} cycles from the last error to the first beat of the update.",
            self.latency()
        );
        block(design, &BLOCK, self, &[what, &timing], |m| unit(m, self))
    }
}

impl Params {
    /// Cycles from the last error to the first beat of the update.
    fn latency(&self) -> u32 {
        let own = stages(&self.network).len() as u32 + update_stages(&self.network);
        self.network.longest_column_side() + sum_stages(self).len() as u32 + own + 2
    }
}

fn unit(m: &Module, params: &Params) {
    let network = &params.network;
    let (starts, ends) = (m.wire("starts", 1), m.wire("ends", 1));
    let samples = Samples::new(m, network, params.overlap, starts.value(), ends.value());
    let errors = Errors::new(m, network, &params.error(), ends.value());
    let feedback = Values::new(m, params, &errors, ends.value());
    let is_busy = m.reg("is_busy", 1).reset_to(0).enable(starts.value() | ends.value());
    is_busy.set(starts.value());
    starts.drive(samples.is_complete & errors.is_complete & feedback.is_there & !is_busy.value());
    let error = held(m, "is_wrong", samples.error | errors.error | feedback.error, starts.value());

    let pass = Pass::new(m, params, starts.value());
    let flow = Flow { m, advance: m.ones(1) };
    let sums = feedback.sums(params, &errors, &pass);
    let before = sum_stages(params);
    let column = flow.through(before, "column", pass.column);
    let hidden = sums.into_iter().zip(samples.derivatives(pass.column)).map(|(sum, derivative)| Lane {
        sum,
        derivative: flow.through(before, "derivative", derivative),
        is_there: pass.is_hidden,
    });
    let output = Lane {
        sum: flow.through(before, "output_error", errors.of(pass.column)),
        derivative: one(m, network),
        is_there: pass.is_output,
    };
    let lanes = hidden.chain([output]).enumerate();
    let deltas = lanes
        .map(|(layer, lane)| m.scope(&format!("layer{layer}"), || lane.delta(flow, params, &errors, column)));
    let columns = Side::of_deltas(m, network, &errors, &deltas.collect::<Vec<_>>());
    let begins = m.scope("end", || flow.valid_through(&[before, stages(network)].concat(), pass.ends));
    ends.drive(update(m, network, &samples.rows, &columns, &errors, Begin { begins, error }));
}

/// The columns of all layers, one after the other.
pub(super) struct Pass<'m> {
    pub(super) column: Signal<'m>,
    /// Hidden layers have this column.
    pub(super) is_hidden: Signal<'m>,
    /// The output layer has it.
    is_output: Signal<'m>,
    /// It is the last one.
    ends: Signal<'m>,
}

impl<'m> Pass<'m> {
    fn new(m: &'m Module, params: &Params, starts: Signal<'m>) -> Pass<'m> {
        let columns = params.network.longest_column_side();
        let runs = m.reg("runs", 1).reset_to(0);
        let column = counter(m, "column", columns, runs.value()).expect("layers have several columns");
        let ends = (runs.value() & column.eq(u64::from(columns - 1))).named("pass_ends");
        runs.enable(starts | ends).set(starts);
        let is_below = |count: u32| match count < columns {
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

/// A layer in a pass, behind the registers of the sums.
struct Lane<'m> {
    sum: Signal<'m>,
    derivative: Signal<'m>,
    /// The layer has the column.
    is_there: Signal<'m>,
}

impl<'m> Lane<'m> {
    /// The deltas of the layer; `column` is the neuron of the sum.
    fn delta(self, flow: Flow<'m>, params: &Params, errors: &Errors<'m>, column: Signal<'m>) -> Delta<'m> {
        let network = &params.network;
        Delta {
            value: delta(flow, network, self.sum, self.derivative, errors.shift),
            takes: flow.valid_through(&[sum_stages(params), stages(network)].concat(), self.is_there),
            neuron: flow.through(stages(network), "column", column),
        }
    }
}

//! The hardware.
//!
//! ```text
//! spike --> a - (a >> leak) + spike x scale --> saturate --+--> [a of each line]
//!                ^                                         +--> [activation] --> out, in the last step
//!                +-- 0 in the first step, -- [a]
//!                    or if the sample is wrong
//! ```

use super::BLOCK;
use super::params::{Activation, Params, Spike};
use crate::block::Hardware;
use crate::crossbar::learning::{Vector, vector};
use crate::top::block;
use hdl::{Design, Module, ModuleRef, Signal};
use parts::storage::held::{held, held_flag};

impl Hardware for Params {
    fn build(&self, design: &Design) -> ModuleRef {
        let what = "Leaky traces of spikes over the time steps of a sample.";
        let timing = "Latency: 1 cycle. Throughput: a line of a time step a cycle.";
        block(design, &BLOCK, self, &[what, timing], |m| unit(m, self))
    }
}

fn unit(m: &Module, params: &Params) {
    let (input, output) =
        (m.input_stream("in", &params.spike()), m.output_stream("out", &params.activation()));
    let Spike { spike, leak, scale, ends, last } = input.payload;
    let is_there = m.reg("has_activation", 1).reset_to(0);
    let has_room = (!is_there.value() | output.ready()).named("has_room");
    input.set_ready(has_room);
    let takes = input.fires().named("takes_line");
    let is_first_line = m.reg("is_first_line", 1).reset_to(1).enable(takes);
    is_first_line.set(last);
    // It counts for the whole step.
    let first_ends = held(m, "first_line_ends", ends, takes & is_first_line.value());
    let step_ends = is_first_line.value().mux(ends, first_ends).named("step_ends");
    let Vector { place, is_within, is_full, .. } = vector(m, "step", params.lines, takes, last);
    let takes_trace = takes & is_within;

    let is_first = m.reg("is_first_step", 1).reset_to(1).enable(takes & last);
    is_first.set(step_ends);
    let is_wrong = m.reg("sample_is_wrong", 1).reset_to(0).enable(takes);
    // A line that a step lacked has the trace of another sample, or none.
    let begins_at_0 = is_first.value() | is_wrong.value();
    let traces = m.memory("traces", params.trace_bits(), params.lines.into());
    let before = traces.read(place).gated(!begins_at_0).named("trace");
    let after = next(before, leak, scale.gated(spike)).named("next_trace");
    traces.write(takes_trace, place, after);

    let has_wrong_length = (is_within & (last ^ is_full)) | !is_within;
    let error = (is_wrong.value() | has_wrong_length | (ends ^ step_ends)).named("is_wrong");
    is_wrong.set(error & !(step_ends & last));
    let gives = takes_trace & step_ends;
    is_there.enable(has_room).set(gives);
    output.set_valid(is_there.value());
    output.set_payload(Activation {
        activation: held(
            m,
            "activation",
            after.high(params.activation_bits - 1).zext(params.activation_bits),
            gives,
        ),
        last: held(m, "is_last", last | is_full, gives),
        error: held_flag(m, "error", error, gives),
    });
}

/// A trace after a step: it leaks, and gains what a spike adds, up to the greatest number.
fn next<'m>(before: Signal<'m>, leak: Signal<'m>, gain: Signal<'m>) -> Signal<'m> {
    let sum = (before - (before >> leak)).add_wide(gain).named("sum");
    sum.low(before.width()) | sum.msb().repeat(before.width())
}

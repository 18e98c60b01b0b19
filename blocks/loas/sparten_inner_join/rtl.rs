//! The hardware: the matches of the current time step, the lowest first, and for each the counts of both masks.
//!
//! ```text
//! join -> [masks] -> step's spikes & weights -> [rest] -> lowest -> match
//!                          |            |                   ^ selects
//!                          +-> prefix sum, prefix sum ------+--> offsets
//! ```

use super::params::Params;
use super::{BLOCK, Join, Match};
use crate::block::Hardware;
use crate::top::block;
use hdl::{Design, Module, ModuleRef, Signal, index_width};
use parts::arithmetic::count::{Adders, running_counts};
use parts::arithmetic::lowest_one::{LowestOne, lowest_one};
use parts::storage::held::held;
use parts::stream::skid::input_stream;

impl Hardware for Params {
    fn build(&self, design: &Design) -> ModuleRef {
        let what = "The matches of spikes and weights, one time step after another, and both offsets.";
        let timing = "Throughput: one match a cycle; a time step without one takes a cycle too.";
        block(design, &BLOCK, self, &[what, timing], |m| {
            join(m, self);
        })
    }
}

fn join<'m>(m: &'m Module, params: &Params) {
    let (input, output) =
        (input_stream(m, "join", &params.join(), params.skid), m.output_stream("match", &params.found()));
    let busy = m.reg("busy", 1).reset_to(0);
    let keep = |name: &str, value: Signal<'m>| held(m, name, value, input.fires());
    let Join { a_masks, b_mask, tag } = input.payload;
    let spikes = keep("a_masks_q", a_masks).split_lsb(params.mask_bits);
    let (weights, tag) = (keep("b_mask_q", b_mask), keep("tag_q", tag));
    let step = m.reg("step", params.step_bits());
    // The matches of this step that have been sent.
    let passed = m.reg("passed", params.mask_bits);

    let spikes = at(m, step.value(), &spikes).named("spikes");
    let rest = (spikes & weights & !passed.value()).named("rest");
    let lowest = lowest_one(m, rest);
    let has_match = rest.any().named("has_match");
    let is_last_match = !(rest & !lowest.one_hot).any();
    output.set_valid(busy.value() & has_match);
    let moves = busy.value() & (output.ready() | !has_match);
    let step_ends = (moves & is_last_match).named("step_ends");
    let is_last_step = step.value().eq(u64::from(params.time_steps - 1));
    let ends = (step_ends & is_last_step).named("join_ends");
    input.set_ready(!busy.value() | ends);
    busy.enable(input.fires() | ends).set(input.fires());
    step.enable(input.fires() | step_ends).set((step.value() + 1).gated(!input.fires()));
    let starts = input.fires() | step_ends;
    passed.enable(starts | moves).set((passed.value() | lowest.one_hot).gated(!starts));

    output.set_payload(Match {
        tag,
        step: step.value(),
        offset_a: m.scope("a", || offset(m, params, spikes, &lowest)),
        offset_b: m.scope("b", || offset(m, params, weights, &lowest)),
    });
}

/// The value at an index.
fn at<'m>(m: &'m Module, index: Signal<'m>, values: &[Signal<'m>]) -> Signal<'m> {
    if values.len() == 1 {
        return values[0];
    }
    let mut padded = values.to_vec();
    padded.resize(1 << index_width(values.len() as u64), m.lit(0, values[0].width()));
    m.select(index, &padded)
}

/// All counts of a mask, and the one below the match.
fn offset<'m>(m: &'m Module, params: &Params, mask: Signal<'m>, lowest: &LowestOne<'m>) -> Signal<'m> {
    let width = params.position_bits();
    let counts = running_counts(mask.low(params.mask_bits - 1), params.structure, Adders::Plus);
    let here = lowest.one_hot.split_lsb(1);
    let cases: Vec<(Signal, Signal)> =
        here[1..].iter().copied().zip(counts.iter().map(|count| count.zext(width))).collect();
    m.one_hot(&cases).named("offset")
}

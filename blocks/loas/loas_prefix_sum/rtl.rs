//! The hardware.
//!
//! ```text
//! mask -> prefix network of adders -------> counts     select = all
//! mask -> bits below position -> counters -> count     select = one
//! ```

use super::params::{Params, Structure};
use super::{BLOCK, Counts, Masks};
use crate::block::Hardware;
use crate::top::block;
use hdl::{Design, Module, ModuleRef, Signal};
use parts::arithmetic::count::{below, population, running_counts, running_counts_of_leaves};
use parts::stream::pipeline::Pipeline;

impl Hardware for Params {
    fn build(&self, design: &Design) -> ModuleRef {
        let timing = format!("Latency: {} cycles. Throughput: one mask a cycle.", self.stages);
        let what = "Running counts of the ones of a mask: the fast prefix-sum.";
        block(design, &BLOCK, self, &[what, &timing], |m| {
            let Masks { mask, position } = m.inputs(&self.input());
            let mut result = match position {
                None => Counts::All { counts: all(m, self, mask).named("counts_now") },
                Some(position) => Counts::One { count: one(m, self, mask, position).named("count_now") },
            };
            let mut pipeline = Pipeline::free_running(m);
            (0..self.stages).for_each(|_| pipeline.stage(&mut result));
            m.outputs(&self.output(), result);
        })
    }
}

/// All counts, each extended to the width of the largest.
fn all<'m>(m: &'m Module, params: &Params, mask: Signal<'m>) -> Signal<'m> {
    // An exclusive count is the inclusive one of the bit before, and 0 for the first.
    let counted = if params.inclusive { mask } else { mask.low(params.lanes - 1) };
    let mut counts = match params.structure() {
        Structure::Network(network) => running_counts(counted, network, params.adders),
        Structure::Leaves(_) => running_counts_of_leaves(counted, params.adders),
    };
    if !params.inclusive {
        counts.insert(0, m.lit(0, 1));
    }
    let counts: Vec<Signal> = counts.into_iter().map(|count| count.zext(params.count_bits())).collect();
    m.concat_lsb(&counts)
}

/// The count at a position: the bits that count, added up.
fn one<'m>(m: &'m Module, params: &Params, mask: Signal<'m>, position: Signal<'m>) -> Signal<'m> {
    let below = below(m, position, params.lanes);
    let counted = match params.inclusive {
        false => (mask & below).low(params.lanes - 1),
        true => mask & m.concat(&[below.low(params.lanes - 1), m.ones(1)]),
    };
    population(&counted.named("counted").split_lsb(1)).low(params.count_bits())
}

//! The hardware.
//!
//! ```text
//! mask -> prefix network of adders -------> counts     select = all
//! mask -> bits below position -> counters -> count     select = one
//! ```

use super::BLOCK;
use super::params::{Params, Select, Structure};
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
            let fields: Vec<Signal> =
                self.inputs().iter().map(|field| m.input(&field.name, field.width, &field.meaning)).collect();
            let mut result = match self.select {
                Select::All => all(m, self, fields[0]).named("counts_now"),
                Select::One => one(m, self, fields[0], fields[1]).named("count_now"),
            };
            let mut pipeline = Pipeline::free_running(m);
            (0..self.stages).for_each(|_| pipeline.stage(&mut result));
            let output = &self.output().fields[0];
            m.output(&output.name, result, &output.meaning);
        })
    }
}

/// All counts, each widened to the greatest.
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

//! The hardware.
//!
//! ```text
//! thermometer --> counts of 15 comparators --> [2, 3 stages] --> sums --> [3 stages] --> sums --> [1 to 3 stages] --> code
//! ```

use super::params::{LEAF, Params};
use super::{BLOCK, Conversion};
use crate::block::Hardware;
use crate::top::block;
use hdl::{Bundle, Design, Module, ModuleRef, Signal};
use parts::arithmetic::count::population;
use parts::arithmetic::tree::add_all;
use parts::stream::pipeline::Pipeline;

impl Hardware for Params {
    fn build(&self, design: &Design) -> ModuleRef {
        let timing = format!("Latency: {} cycles. Throughput: one conversion a cycle.", self.stages);
        let what = "The encoder of a flash converter: counts the comparators that are 1.";
        block(design, &BLOCK, self, &[what, &timing], |m| {
            let thermometer = m.inputs(&self.input()).thermometer;
            m.outputs(&self.output(), encoder(m, self, thermometer));
        })
    }
}

/// A conversion under way: counts of some comparators each.
#[derive(Clone, Bundle)]
struct Counts<T> {
    counts: Vec<T>,
    bubble: T,
}

impl<'m> Counts<Signal<'m>> {
    /// The counts added up, so many at a time.
    fn added(self, name: &str, at_a_time: usize) -> Counts<Signal<'m>> {
        let sum = |(index, counts): (usize, &[Signal<'m>])| {
            add_all(counts.to_vec()).named(&format!("{name}{index}"))
        };
        let counts = self.counts.chunks(at_a_time).enumerate().map(sum).collect();
        Counts { counts, ..self }
    }
}

fn encoder<'m>(m: &'m Module, params: &Params, thermometer: Signal<'m>) -> Conversion<Signal<'m>> {
    let comparators = thermometer.split_lsb(1);
    let leaf = |(index, ones): (usize, &[Signal<'m>])| population(ones).named(&format!("count{index}"));
    let counts: Vec<Signal> = comparators.chunks(LEAF as usize).enumerate().map(leaf).collect();
    let count = counts.len();
    let levels = params.levels();
    let above_a_zero = thermometer.high(levels - 1) & !thermometer.low(levels - 1);
    let mut state = Counts { counts, bubble: above_a_zero.any().named("has_bubble") };

    let mut pipeline = Pipeline::free_running(m);
    if params.stages >= 2 {
        pipeline.stage(&mut state);
    }
    if params.stages == 3 {
        // The tree of all counts has at most five levels: two of them before the register.
        state = state.added("part", 4);
        pipeline.stage(&mut state);
    }
    state = state.added("sum", count);
    // The sum of all comparators fits, whatever width its carries suggest.
    let code = state.counts[0].low(params.adc_bits).named("ones");
    let mut conversion = Conversion { code, bubble: state.bubble };
    if params.stages >= 1 {
        pipeline.stage(&mut conversion);
    }
    conversion
}

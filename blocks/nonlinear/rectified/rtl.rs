//! The hardware.
//!
//! ```text
//! x --+--> magnitude --> tail --+
//!     |                         v
//!     +--> 0 if negative -----> - --> y
//! ```

use super::{Function, Output, Params};
use crate::block::Hardware;
use crate::top::block;
use hdl::{Bundle, Design, Module, ModuleRef, Signal, bit_length};
use parts::stream::pipeline::Pipeline;

impl<F: Function> Hardware for Params<F> {
    fn build(&self, design: &Design) -> ModuleRef {
        let timing = format!("Latency: {} cycles. Throughput: one beat per cycle.", self.stages);
        block(design, F::BLOCK, self, &[F::TITLE, &timing], |m| {
            let lanes = m.inputs(&self.input()).x.split_lsb(self.bits).into_iter().enumerate();
            let lanes: Vec<Signal> =
                lanes.map(|(index, x)| m.scope(&format!("lane{index}"), || lane(m, self, x))).collect();
            m.outputs(&self.output(), Output { y: m.concat_lsb(&lanes).named("results") });
        })
    }
}

/// The two terms whose difference is the result.
#[derive(Clone, Copy, Bundle)]
struct Parts<T> {
    rectified: T,
    tail: T,
}

/// A lane: x or 0, minus the tail.
fn lane<'m, F: Function>(m: &'m Module, params: &Params<F>, x: Signal<'m>) -> Signal<'m> {
    let negative = x.msb().named("negative");
    let magnitude = negative.mux(-x, x).named("magnitude");
    let tail = tail(m, params, magnitude).named("tail");
    let mut parts = Parts { rectified: x.gated(!negative), tail };
    let mut pipeline = Pipeline::free_running(m);
    // The table is the longest path.
    (0..params.stages).for_each(|_| pipeline.stage(&mut parts));
    (parts.rectified - parts.tail.zext(x.width())).named("y")
}

/// The tails for x and for -x.
fn tail<'m, F: Function>(m: &'m Module, params: &Params<F>, magnitude: Signal<'m>) -> Signal<'m> {
    let half = 1i32 << (params.bits - 1);
    // Magnitudes above half the range do not occur, so their entries do not matter.
    let tail: Vec<u64> = (0..2 * half).map(|x| -params.rounded(-x.min(half)) as u64).collect();
    let width = bit_length(tail.iter().copied().max().unwrap_or_default().max(1).into());
    let entries: Vec<Signal> = tail.iter().map(|entry| m.lit((*entry).into(), width)).collect();
    m.select(magnitude, &entries)
}

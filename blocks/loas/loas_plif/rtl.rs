//! The hardware: a chain of time steps in one cycle.
//!
//! ```text
//! sums[t] -> + -> saturate -> compare -> spike[t]
//!            ^                   |
//! U[t-1] ----+    U[t] <- leak <- reset
//! ```

use super::neuron::step;
use super::params::Params;
use super::{BLOCK, Spikes};
use crate::block::Hardware;
use crate::top::block;
use hdl::{Design, Module, ModuleRef, Signal};
use parts::stream::pipeline::Pipeline;

impl Hardware for Params {
    fn build(&self, design: &Design) -> ModuleRef {
        let timing = format!("Latency: {} cycles. Throughput: one neuron a cycle.", self.stages);
        let what = "A leaky integrate-and-fire neuron, all time steps in one cycle.";
        block(design, &BLOCK, self, &[what, &timing], |m| {
            let input = m.inputs(&self.input());
            let threshold = match input.threshold {
                Some(port) => port.zext(self.membrane_bits()),
                None => m.lit(self.threshold().into(), self.membrane_bits()),
            };
            let mut output = Spikes { spikes: neuron(m, self, input.sums, threshold) };
            let mut pipeline = Pipeline::free_running(m);
            (0..self.stages).for_each(|_| pipeline.stage(&mut output));
            m.outputs(&self.output(), output);
        })
    }
}

/// The spikes of all time steps, the first in the most significant bit.
fn neuron<'m>(m: &'m Module, params: &Params, sums: Signal<'m>, threshold: Signal<'m>) -> Signal<'m> {
    let mut membrane: Option<Signal> = None;
    let mut spikes = vec![];
    for (time, sum) in sums.split_lsb(params.sum_bits).into_iter().enumerate() {
        m.scope(&format!("t{time}"), || {
            let after = step(m, params, sum, membrane, threshold);
            membrane = Some(after.membrane);
            spikes.push(after.fires);
        });
    }
    m.concat(&spikes).named("spikes_now")
}

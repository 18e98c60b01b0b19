//! The hardware: a chain of time steps in one cycle.
//!
//! ```text
//! sums[t] -> + -> saturate -> compare -> spike[t]
//!            ^                   |
//! U[t-1] ----+    U[t] <- leak <- reset
//! ```

use super::params::{Compare, Params, Reset};
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
    for (step, sum) in sums.split_lsb(params.sum_bits).into_iter().enumerate() {
        m.scope(&format!("t{step}"), || {
            let potential = potential(m, params, sum, membrane).named("potential");
            let fires = match params.compare {
                Compare::Greater => threshold.lt_signed(potential),
                Compare::GreaterEqual => !potential.lt_signed(threshold),
            };
            let fires = fires.named("fires");
            let kept = match params.reset {
                Reset::Hard => potential.gated(!fires),
                Reset::Soft => potential - threshold.gated(fires),
            };
            let leaked = kept.high(kept.width() - params.leak.min(kept.width() - 1)).sext(kept.width());
            membrane = Some(leaked.named("membrane"));
            spikes.push(fires);
        });
    }
    m.concat(&spikes).named("spikes_now")
}

/// The membrane potential with a time step's sum, saturated.
fn potential<'m>(
    m: &'m Module,
    params: &Params,
    sum: Signal<'m>,
    membrane: Option<Signal<'m>>,
) -> Signal<'m> {
    let width = params.membrane_bits();
    let Some(membrane) = membrane else { return sum.sext(width) };
    let wide = (sum.sext(width + 1) + membrane.sext(width + 1)).named("unsaturated");
    let (sign, top) = (wide.msb(), wide.bit(width - 1));
    let limit = m.concat(&[sign, (!sign).repeat(width - 1)]);
    (sign ^ top).mux(limit, wide.low(width))
}

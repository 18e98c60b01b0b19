//! The hardware.
//!
//! ```text
//! x -------------> + --> saturate --> [sum] --> out
//!                  ^                    |
//! 0 if first <-- - lost part <----------+
//! ```

use super::{BLOCK, Number, Params, Sum};
use gen_rtl::blocks::block::Hardware;
use gen_rtl::blocks::top::block;
use gen_rtl::hdl::{Design, Module, ModuleRef, Signal};

impl Hardware for Params {
    fn build(&self, design: &Design) -> ModuleRef {
        let what = "A sum of numbers that loses a part with each, and saturates.";
        let timing = "Latency: 1 cycle. Throughput: a number a cycle.";
        block(design, &BLOCK, self, &[what, timing], |m| accumulator(m, self))
    }
}

fn accumulator(m: &Module, params: &Params) {
    let (input, output) = (m.input_stream("in", &params.input()), m.output_stream("out", &params.output()));
    let full = m.reg("full", 1).reset_to(0);
    let advance = !full.value() | output.ready();
    input.set_ready(advance);
    full.enable(advance).set(input.valid());
    output.set_valid(full.value());

    let sum = m.reg("sum", params.bits).reset_to(0).enable(input.fires());
    let Number { x, first } = input.payload;
    let kept = kept(params, sum.value()).gated(!first).named("kept");
    sum.set(saturated_sum(m, kept, x));
    output.set_payload(Sum { sum: sum.value() });
}

/// The sum without the lost part.
fn kept<'m>(params: &Params, sum: Signal<'m>) -> Signal<'m> {
    let lost = sum.high(params.bits - params.leak).sext(params.bits).named("lost");
    sum - lost
}

/// The sum of two numbers, saturated to their width.
fn saturated_sum<'m>(m: &'m Module, a: Signal<'m>, b: Signal<'m>) -> Signal<'m> {
    let width = a.width();
    let wide = (a.sext(width + 1) + b.sext(width + 1)).named("unlimited");
    let (sign, top) = (wide.msb(), wide.bit(width - 1));
    let limit = m.concat(&[sign, (!sign).repeat(width - 1)]);
    (sign ^ top).mux(limit, wide.low(width))
}

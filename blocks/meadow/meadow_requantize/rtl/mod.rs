//! The hardware.
//!
//! ```text
//! table --> [biases, multipliers, shifts]
//!                   v
//! in -------------> + --> [biased] --> |x| --> [magnitude] --> x --> [product] --> >>, round, saturate --> out
//! ```
//!
//! With a scale per token, the magnitudes wait for the greatest one of their row:
//!
//! ```text
//! [magnitude] --+--> maximum --> 127 / maximum --> [rows] ----+
//!               |                                             v
//!               +--> [beats] -------------------------------> x --> [product] --> >>, round, saturate --> out
//! ```

mod reciprocal;
mod rows;
pub mod scaling;
mod token;

use super::BLOCK;
use super::params::{Params, SHIFT_BITS, Scale, VALUE_BITS, ValueBeat};
use crate::block::Hardware;
use crate::common::flow::Flow;
use crate::top::block;
use hdl::{Design, Module, ModuleRef, Signal};
use rows::Rows;
use scaling::{Magnitude, product, rounded};

impl Hardware for Params {
    fn build(&self, design: &Design) -> ModuleRef {
        let latency = match self.scale {
            Scale::Tensor | Scale::Channel => "4 cycles",
            Scale::Token => "10 cycles from a row's last beat to its first result",
        };
        let timing = format!("Latency: {latency}. Throughput: one beat a cycle.");
        let what = "Accumulators to 8-bit integers: bias, scale, rounding, saturation.";
        block(design, &BLOCK, self, &[what, &timing], |m| match self.scale {
            Scale::Tensor | Scale::Channel => with_table(m, self),
            Scale::Token => token::per_token(m, self),
        })
    }
}

/// The scales come from the table.
fn with_table(m: &Module, params: &Params) {
    let output = m.output_stream("out", &params.output());
    let is_there = m.wire("result_is_there", 1);
    let flow = Flow { m, advance: (!is_there.value() | output.ready()).named("advance") };
    let rows = Rows::new(m, params, flow.advance);
    let scale = rows.scale.expect("a table has scales");

    let magnitudes = Magnitude::of_lanes(flow, &flow.keep_all("biased", &rows.values));
    let multiplier = flow.through(&STAGES[..2], "multiplier", scale.multiplier);
    let shift = flow.through(&STAGES[..3], "shift", scale.shift);
    let multipliers = of_lanes(multiplier, params.multiplier_bits(), params.lanes);
    let shifts = of_lanes(shift, SHIFT_BITS, params.lanes);
    let lanes = magnitudes.into_iter().zip(multipliers).zip(shifts).enumerate();
    let values = lanes.map(|(lane, ((magnitude, multiplier), shift))| {
        let product = || product(flow, magnitude, multiplier);
        let value = || rounded(flow, params.rounding, product(), shift, VALUE_BITS);
        m.scope(&format!("lane{lane}"), value)
    });
    let values = m.concat_lsb(&values.collect::<Vec<_>>());
    is_there.drive(flow.valid_through(&STAGES, rows.takes));
    output.set_valid(is_there.value());
    output.set_payload(ValueBeat {
        values,
        maximum: None,
        last: flow.through(&STAGES, "last", rows.ends),
        error: flow.through(&STAGES, "error", rows.error),
    });
}

/// What each stage of registers holds.
const STAGES: [&str; 4] = ["biased", "magnitude", "product", "result"];

/// The scale of each lane, where one may serve all.
fn of_lanes(scales: Signal<'_>, width: u32, lanes: u32) -> Vec<Signal<'_>> {
    let all = if scales.width() == width { scales.repeat(lanes) } else { scales };
    all.split_lsb(width)
}

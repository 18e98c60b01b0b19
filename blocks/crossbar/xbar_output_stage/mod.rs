#![doc = include_str!("README.md")]

pub mod model;
mod params;
mod rtl;
mod stimulus;

pub use params::{Entry, Function, Params, Sum};

use crate::block::Block;
use crate::channel::{Channel, Interface, Ports, Timing};
use crate::crossbar::SOURCE;

/// Sums to results.
pub const BLOCK: Block = Block {
    name: "xbar_output_stage",
    summary: "sums of a crossbar to results: bias, scale, rounding and saturation, or leaky integrate-and-fire neurons",
    source: SOURCE,
    section: "the neurons, and the scale of results",
    documentation: include_str!("README.md"),
    variants: &[
        "",
        "outputs=1 sum_bits=8 value_bits=4 rounding=half_even",
        "outputs=3 sum_bits=32 value_bits=16 multiplier_bits=31",
        "outputs=64 sum_bits=12 value_bits=2 multiplier_bits=20",
        "function=lif",
        "function=lif outputs=1 sum_bits=4 leak=0 reset=soft membrane_bits=4",
        "function=lif outputs=2 sum_bits=6 leak=1 compare=greater_equal",
        "function=lif outputs=5 sum_bits=12 leak=3 reset=soft compare=greater_equal",
        "function=lif outputs=16 sum_bits=16 leak=4",
        "function=lif outputs=3 sum_bits=20 leak=5",
        "function=lif outputs=4 sum_bits=24 leak=6",
        "function=lif outputs=256 sum_bits=32 membrane_bits=40 leak=7",
    ],
    small: "outputs=2 sum_bits=6 value_bits=4",
    mutated: &[
        "outputs=3 sum_bits=6 value_bits=4 rounding=half_even",
        "function=lif outputs=3 sum_bits=5 leak=1 reset=soft",
        "function=lif outputs=1 sum_bits=5 leak=1 compare=greater_equal",
    ],
    ..Block::of::<Params>()
};

impl Ports for Params {
    fn interface(&self) -> Interface {
        Interface {
            inputs: vec![Channel::new("table", &self.entry()), Channel::new("in", &self.input())],
            outputs: vec![Channel::new("out", &self.output())],
            timing: Timing::Elastic,
        }
    }
}

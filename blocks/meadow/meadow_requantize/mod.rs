#![doc = include_str!("README.md")]

pub mod model;
mod params;
mod rtl;
mod stimulus;
mod tables;

pub use params::{MAGNITUDE_BITS, Params, Rounding, SHIFT_BITS, SUM_BITS, Scale, VALUE_BITS};
pub use rtl::scaling;

use crate::block::Block;
use crate::channel::{Channel, Interface, Ports, Timing};
use crate::meadow::SOURCE;

/// Accumulators to 8-bit numbers.
pub const BLOCK: Block = Block {
    name: "meadow_requantize",
    summary: "32-bit accumulators to 8-bit integers, with a scale per tensor, per channel, or per token made on the fly",
    source: SOURCE,
    section: "W8A8 inference",
    documentation: include_str!("README.md"),
    variants: &[
        "lanes=4 channels=16",
        "lanes=1 channels=8 multiplier_bits=31 rounding=half_even",
        "lanes=2 channels=2 multiplier_bits=24",
        "scale=tensor lanes=1 channels=3 rounding=half_even",
        "lanes=4 channels=4",
        "scale=tensor lanes=8 channels=24 multiplier_bits=31",
        "scale=tensor lanes=16 channels=64",
        "scale=token lanes=1 channels=12",
        "scale=token lanes=2 channels=2",
        "scale=token lanes=4 channels=64 rounding=half_even",
        "scale=token lanes=8 channels=24",
    ],
    small: "lanes=1 channels=2",
    mutated: &["lanes=1 channels=3 rounding=half_even", "scale=token lanes=1 channels=4"],
    ..Block::of::<Params>()
};

impl Ports for Params {
    fn interface(&self) -> Interface {
        Interface {
            inputs: vec![Channel::new("table", &self.table()), Channel::new("in", &self.input())],
            outputs: vec![Channel::new("out", &self.output())],
            timing: Timing::Elastic,
        }
    }
}

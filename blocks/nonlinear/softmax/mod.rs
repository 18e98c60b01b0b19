#![doc = include_str!("README.md")]

mod golden;
pub mod model;
mod params;
#[cfg(test)]
mod precision;
mod rtl;
mod stimulus;
mod tables;

pub use params::Params;

use crate::block::{Block, Configured, Model, Observe};
use crate::channel::{Interface, Timing};
use crate::stimulus::Space;
use hdl::{Design, ModuleRef};

/// Softmax of rows of scores.
pub const BLOCK: Block = Block {
    name: "softmax",
    summary: "softmax of rows of 8-bit scores by logarithms, without a multiplier or a divider",
    source: "the streaming softmax of ITA (Islamoglu et al., ISLPED 2023, arXiv 2307.03493) with tables in the place of its \
         shifts and dividers",
    documentation: include_str!("README.md"),
    variants: &[
        "",
        "lanes=1 length=8",
        "lanes=1 length=16 output_bits=16",
        "lanes=2 length=2",
        "lanes=4 length=16",
        "lanes=4 length=12 output_bits=16",
        "lanes=8 length=64",
        "lanes=8 length=512 output_bits=16",
        "lanes=16 length=128",
        "lanes=32 length=1024",
    ],
    small: "lanes=2 length=8",
    mutated: &["lanes=2 length=4"],
    ..Block::of::<Params>()
};

impl Configured for Params {
    fn interface(&self) -> Interface {
        Interface::single(self.input(), self.output(), Timing::Elastic)
    }

    fn build(&self, design: &Design) -> ModuleRef {
        rtl::build(self, design)
    }

    fn model(&self) -> Box<dyn Model> {
        Box::new(golden::Golden::new(self))
    }

    fn random(&self, seed: u64) -> Space {
        stimulus::random(self, seed)
    }

    fn typical(&self, seed: u64) -> Space {
        stimulus::typical(self, seed)
    }

    fn cycles_per_case(&self) -> u64 {
        u64::from(self.beats()) + 2
    }

    fn coverage_points(&self) -> Vec<&'static str> {
        stimulus::points(self)
    }

    fn observer(&self) -> Box<dyn Observe + '_> {
        Box::new(stimulus::Observer::new(self))
    }
}

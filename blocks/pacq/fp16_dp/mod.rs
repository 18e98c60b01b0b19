#![doc = include_str!("README.md")]

pub mod model;
mod params;
mod rtl;
mod stimulus;

pub use params::Params;

use crate::block::{Block, Configured, Model, Observe};
use crate::channel::{Interface, Pace, Timing};
use crate::pacq::SOURCE;
use crate::stimulus::Space;
use hdl::{Design, ModuleRef};

/// The dot product of FP16 numbers.
pub const BLOCK: Block = Block {
    name: "fp16_dp",
    summary: "dot products of FP16 numbers: what pacq_dp is compared with",
    source: SOURCE,
    documentation: include_str!("README.md"),
    variants: &[
        "",
        "accumulate=fp16",
        "terms=8 addend=true",
        "terms=16 accumulate=fp16 addend=true",
        "skid=true",
    ],
    small: "accumulate=fp16",
    ..Block::of::<Params>()
};

impl Configured for Params {
    fn interface(&self) -> Interface {
        Interface::single(self.input(), self.output(), Timing::Elastic)
    }

    fn pace(&self) -> Option<Pace> {
        Some(Pace { interval: 1, capacity: 0 })
    }

    fn build(&self, design: &Design) -> ModuleRef {
        rtl::build(self, design)
    }

    fn model(&self) -> Box<dyn Model> {
        Box::new(model::Golden::new(self))
    }

    fn random(&self, seed: u64) -> Space {
        stimulus::random(self, seed)
    }

    fn typical(&self, seed: u64) -> Space {
        stimulus::typical(self, seed)
    }

    fn cycles_per_case(&self) -> u64 {
        3
    }

    fn coverage_points(&self) -> Vec<&'static str> {
        stimulus::POINTS.to_vec()
    }

    fn observer(&self) -> Box<dyn Observe + '_> {
        Box::new(stimulus::Observer::new(self))
    }
}

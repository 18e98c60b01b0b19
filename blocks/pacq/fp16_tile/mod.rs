#![doc = include_str!("README.md")]

pub mod model;
mod params;
mod rtl;

pub use params::Params;

use crate::block::{Block, Configured, Model, Observe};
use crate::channel::Interface;
use crate::pacq::SOURCE;
use crate::pacq::tile::stimulus;
use crate::stimulus::Space;
use hdl::{Design, ModuleRef};

/// A plain tile engine on dequantised weights.
pub const BLOCK: Block = Block {
    name: "fp16_tile",
    summary: "the same tiles on weights dequantised to FP16 and FP16 multipliers: what pacq_tile is compared with",
    source: SOURCE,
    documentation: include_str!("README.md"),
    variants: &[
        "",
        "weight_bits=2 group_n=4",
        "accumulate=fp16 terms=8",
        "terms=16 result=fp16",
        "accumulate=fp16 result=fp16 group_n=4",
        "terms=16 weight_bits=2 accumulate=fp16",
    ],
    small: "accumulate=fp16 result=fp16",
    mutated: &[""],
    is_large: true,
    ..Block::of::<Params>()
};

/// Activations of a group as they come in use.
const MAX_GROUP: u32 = 128;

impl Configured for Params {
    fn interface(&self) -> Interface {
        self.shape().interface(self.out())
    }

    fn build(&self, design: &Design) -> ModuleRef {
        rtl::build(self, design)
    }

    fn model(&self) -> Box<dyn Model> {
        Box::new(model::Golden::new(self))
    }

    fn random(&self, seed: u64) -> Space {
        stimulus::random(self.shape(), None, seed)
    }

    fn typical(&self, seed: u64) -> Space {
        stimulus::typical(self.shape(), MAX_GROUP, seed)
    }

    fn cycles_per_case(&self) -> u64 {
        3 * u64::from(self.cycles()) + 100
    }

    fn coverage_points(&self) -> Vec<&'static str> {
        stimulus::points(None)
    }

    fn observer(&self) -> Box<dyn Observe + '_> {
        Box::new(stimulus::Observer::new(None))
    }
}

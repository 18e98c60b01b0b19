#![doc = include_str!("README.md")]

pub mod model;
mod params;
mod rtl;
mod stimulus;
mod unit;

pub use params::{Format, Params, ScaledSums};
pub use unit::UnitInput;

use crate::block::Block;
use crate::channel::{Channel, Interface, Ports, Timing};
use crate::pacq::SOURCE;

/// Removes bias and zero points from sums, and scales them.
pub const BLOCK: Block = Block {
    name: "pacq_group_scale",
    summary: "removes bias and zero points from sums of groups, scales them, and accumulates to FP32 or FP16",
    source: SOURCE,
    section: "the removal of the bias",
    documentation: include_str!("README.md"),
    variants: &[
        "",
        "weight_bits=2 group_n=4",
        "group_n=4 units=4",
        "terms=8 weight_bits=2 units=4 max_group=32",
        "accumulate=fp32 product=biased",
        "accumulate=fp16 product=biased weight_bits=2",
        "accumulate=fp16 product=rounded units=2",
        "terms=16 max_group=4096 result=fp16",
        "accumulate=fp32 result=fp16",
        "skid=true units=2",
    ],
    small: "max_group=16 accumulate=fp16 product=rounded",
    mutated: &[""],
    ..Block::of::<Params>()
};

impl Ports for Params {
    fn interface(&self) -> Interface {
        Interface {
            inputs: vec![Channel::new("a", &self.activations()), Channel::new("sums", &self.sums())],
            outputs: vec![Channel::new("out", &self.results())],
            timing: Timing::Elastic,
        }
    }
}

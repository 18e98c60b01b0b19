#![doc = include_str!("README.md")]

pub mod model;
mod params;
mod rtl;
mod stimulus;

pub use params::Params;

use crate::block::Block;
use crate::channel::{Interface, Ports};
use crate::pacq::SOURCE;
use hdl::Bundle;

/// A plain tile engine on dequantised weights.
pub const BLOCK: Block = Block {
    name: "fp16_tile",
    summary: "a tile engine that dequantises weights to FP16: the baseline for pacq_tile",
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

impl Ports for Params {
    fn interface(&self) -> Interface {
        self.shape().interface(self.out().fields())
    }
}

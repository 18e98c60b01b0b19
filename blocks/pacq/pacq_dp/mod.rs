#![doc = include_str!("README.md")]

pub mod model;
mod params;
mod rtl;
pub mod stimulus;

pub use params::{Params, SumOutput};

use crate::block::Block;
use crate::channel::{Interface, Pace, Ports, Timing};
use crate::pacq::SOURCE;
use hdl::Bundle;

/// The dot product of PacQ: some activations by as many packed words.
pub const BLOCK: Block = Block {
    name: "pacq_dp",
    summary: "dot products of FP16 activations and packed 2-bit or 4-bit weights, a sum for each lane of a word",
    source: SOURCE,
    section: "the parallel DP-4",
    documentation: include_str!("README.md"),
    variants: &[
        "",
        "weight_bits=2",
        "terms=8 trees=4",
        "terms=16 weight_bits=2 trees=1",
        "accumulate=fp16 product=rounded terms=8",
        "accumulate=fp32 weight_bits=2 trees=4",
        "accumulate=fp32 product=rounded",
        "accumulate=fp32 product=biased addend=true",
        "accumulate=fp32 trees=1",
        "accumulate=fp16 product=biased",
        "accumulate=fp16 product=biased weight_bits=2 addend=true",
        "sum=fixed addend=true max_k=128",
        "sum=fixed terms=16 trees=4 max_k=64",
        "accumulate=fp32 terms=16 trees=1 addend=true",
        "skid=true terms=8",
    ],
    small: "weight_bits=2 trees=4 max_k=32",
    mutated: &["weight_bits=2"],
    ..Block::of::<Params>()
};

impl Ports for Params {
    fn interface(&self) -> Interface {
        Interface::single(self.input().fields(), self.output().fields(), Timing::Elastic)
    }

    fn pace(&self) -> Option<Pace> {
        Some(Pace { interval: self.cycles(), capacity: 0 })
    }
}

#![doc = include_str!("README.md")]

pub mod model;
mod params;
mod rtl;
mod stimulus;

pub use params::Params;

use crate::block::Block;
use crate::channel::{Interface, Pace, Ports, Timing};
use crate::pacq::SOURCE;
use hdl::Bundle;

/// The dot product of FP16 numbers.
pub const BLOCK: Block = Block {
    name: "fp16_dp",
    summary: "dot products of FP16 numbers: the baseline for pacq_dp",
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

impl Ports for Params {
    fn interface(&self) -> Interface {
        Interface::single(self.input().fields(), self.output().fields(), Timing::Elastic)
    }

    fn pace(&self) -> Option<Pace> {
        Some(Pace { interval: 1, capacity: 0 })
    }
}

#![doc = include_str!("README.md")]

pub mod decoded;
pub mod model;
mod params;
mod rtl;
mod stimulus;

pub use params::Params;

use crate::block::Block;
use crate::channel::{Interface, Ports};
use crate::pacq::SOURCE;
use hdl::Bundle;

/// The tile engine of PacQ.
pub const BLOCK: Block = Block {
    name: "pacq_tile",
    summary: "tiles of m16 n16 k16 (n32 with 2-bit weights) on four dot-product units, with group-wise scaling",
    source: SOURCE,
    section: "the tensor core",
    documentation: include_str!("README.md"),
    variants: &[
        "",
        "weight_bits=2 group_n=4",
        "trees=4 terms=8",
        "terms=16 trees=4 result=fp16",
        "terms=16 weight_bits=2 trees=1 max_group=32",
        "accumulate=fp16 product=rounded weight_bits=2",
        "accumulate=fp32 product=biased group_n=4 result=fp16",
        "accumulate=fp16 product=biased",
        "accumulate=fp32 trees=1",
        "skid=true terms=8 trees=4",
    ],
    small: "trees=1 product=biased accumulate=fp16 result=fp16 max_group=32",
    mutated: &["weight_bits=2"],
    is_large: true,
    ..Block::of::<Params>()
};

impl Ports for Params {
    fn interface(&self) -> Interface {
        self.shape().interface(self.out().fields())
    }
}

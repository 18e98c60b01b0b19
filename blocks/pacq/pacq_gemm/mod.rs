#![doc = include_str!("README.md")]

pub mod model;
mod packets;
mod params;
mod product;
pub(in crate::pacq) mod registers;
pub(in crate::pacq) mod rtl;
mod stimulus;

pub use params::{A, B, C, Params, SCALE, Sizes};
pub use product::Product;
pub use registers::Registers;

use crate::block::Block;
use crate::channel::{Channel, Interface, Ports, Timing};
use crate::pacq::SOURCE;
use parts::registers::RegisterMap;

/// Products of matrices of any size on the tile engine.
pub const BLOCK: Block = Block {
    name: "pacq_gemm",
    summary: "matrix products of any size, FP16 by packed integers: pacq_tile with a controller and AXI interfaces",
    source: SOURCE,
    section: "the dataflow",
    documentation: include_str!("README.md"),
    variants: &[
        "max_group=64",
        "weight_bits=2 group_n=4 max_group=64",
        "trees=4 terms=8 result=fp16 max_group=32",
        "terms=16 trees=4 max_group=32",
        "accumulate=fp32 product=rounded max_group=32",
        "accumulate=fp16 product=biased weight_bits=2 terms=8",
    ],
    small: "trees=1 product=biased accumulate=fp16 result=fp16 max_group=32",
    mutated: &[""],
    is_large: true,
    ..Block::of::<Params>()
};

impl Ports for Params {
    fn interface(&self) -> Interface {
        let port = Registers::new(self).map.port();
        let streams =
            [Channel::new(A, &self.a()), Channel::new(B, &self.b()), Channel::new(SCALE, &self.scale())];
        Interface {
            inputs: port.inputs.into_iter().chain(streams).collect(),
            outputs: port.outputs.into_iter().chain([Channel::new(C, &self.c())]).collect(),
            timing: Timing::Elastic,
        }
    }

    fn registers(&self) -> Option<RegisterMap> {
        Some(Registers::new(self).map)
    }
}

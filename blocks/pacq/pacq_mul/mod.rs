#![doc = include_str!("README.md")]

mod coverage;
mod golden;
mod interface;
pub mod model;
mod params;
mod rtl;
mod stimulus;

pub use params::{Activation, Flow, Params, Product, Structure};

use crate::block::Block;

/// The multiplier of PacQ: one float activation by every integer weight of a packed word.
pub const BLOCK: Block = Block {
    name: "pacq_mul",
    summary: "multiplies an FP16 or BF16 activation by a packed word of 2, 3, 4 or 8-bit integer weights",
    source: "R. Yin, Y. Li, P. Panda, \"PacQ: A SIMT Microarchitecture for Efficient Dataflow in Hyper-asymmetric \
         GEMMs\", DAC 2025, arXiv 2502.18627, the parallel FP-INT multiplier",
    documentation: include_str!("README.md"),
    variants: &[],
    small: "weight_bits=2 product=rounded stages=1 flow=ready_valid",
    mutated: &[
        "weight_bits=2",
        "product=rounded structure=shared_multiples weight_bits=2",
        "product=biased weight_bits=2 stages=1",
        "product=rounded weight_bits=2 stages=2 flow=ready_valid",
        "product=literal stages=3",
    ],
    ..Block::of::<Params>()
};

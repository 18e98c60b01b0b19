#![doc = include_str!("README.md")]

pub mod model;
mod params;
mod rtl;
mod stimulus;

pub use params::{Kind, Operands, Params, Sums};

use crate::block::Block;
use crate::channel::{Interface, Ports, Timing};
use crate::meadow::SOURCE;
use hdl::Bundle;

/// The processing element.
pub const BLOCK: Block = Block {
    name: "meadow_mac_pe",
    summary: "integer multiply-accumulate: dot products, a scalar times a vector, or either row by row",
    source: SOURCE,
    section: "the parallel, broadcasting and hybrid processing elements",
    documentation: include_str!("README.md"),
    variants: &[
        "lanes=8",
        "lanes=2 a_bits=4 b_bits=4 acc_bits=10 stages=0",
        "kind=hybrid lanes=4 a_bits=9 b_bits=8 acc_bits=20 stages=2",
        "kind=hybrid lanes=4 a_bits=3 b_bits=8 acc_bits=14 stages=3",
        "kind=parallel lanes=1 stages=0",
        "kind=parallel lanes=16 acc_bits=20",
        "kind=parallel lanes=32 a_bits=17 stages=2",
        "kind=parallel lanes=8 a_bits=4 b_bits=18 acc_bits=48 stages=3",
        "kind=broadcast lanes=1 a_bits=16 b_bits=16 stages=0",
        "kind=broadcast lanes=4 a_bits=17 stages=1",
        "kind=broadcast lanes=8 packed=true stages=2",
        "kind=broadcast lanes=2 a_bits=4 b_bits=4 acc_bits=8 packed=true stages=0",
        "kind=broadcast lanes=4 a_bits=8 b_bits=8 acc_bits=17 packed=true stages=3",
    ],
    small: "lanes=2 a_bits=3 b_bits=3 acc_bits=8",
    mutated: &[
        "lanes=4 a_bits=3 b_bits=3 acc_bits=9 stages=3",
        "kind=broadcast lanes=4 a_bits=4 b_bits=4 acc_bits=9 packed=true",
    ],
    ..Block::of::<Params>()
};

impl Ports for Params {
    fn interface(&self) -> Interface {
        Interface::single(self.operands().fields(), self.result().fields(), Timing::Elastic)
    }
}

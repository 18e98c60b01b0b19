#![doc = include_str!("README.md")]

mod golden;
pub mod model;
mod params;
#[cfg(test)]
mod precision;
mod rtl;
mod stimulus;
mod tables;

pub use params::{Mask, Params};

use crate::block::Block;
use crate::channel::{Interface, Ports, Timing};
use hdl::Bundle;

/// Softmax of rows of scores.
pub const BLOCK: Block = Block {
    name: "softmax",
    summary: "softmax of rows of 8-bit scores, using logarithms instead of multipliers and dividers",
    source: "the streaming softmax of ITA (Islamoglu et al., ISLPED 2023, arXiv 2307.03493) with tables in the place of its \
         shifts and dividers",
    documentation: include_str!("README.md"),
    variants: &[
        "",
        "lanes=1 length=8",
        "lanes=1 length=16 output_bits=16",
        "lanes=2 length=2",
        "lanes=4 length=16",
        "lanes=4 length=12 output_bits=16",
        "lanes=8 length=64",
        "lanes=8 length=512 output_bits=16",
        "lanes=16 length=128",
        "lanes=32 length=1024",
        "lanes=1 length=5 mask=count",
        "lanes=4 length=4 mask=count output_bits=16",
        "lanes=16 length=2048 mask=count output_bits=16",
    ],
    small: "lanes=2 length=8",
    mutated: &["lanes=2 length=4", "lanes=2 length=6 mask=count"],
    ..Block::of::<Params>()
};

impl Ports for Params {
    fn interface(&self) -> Interface {
        Interface::single(self.input().fields(), self.output().fields(), Timing::Elastic)
    }
}

#![doc = include_str!("README.md")]

mod model;
mod params;
mod rtl;
pub(crate) mod stimulus;

pub use params::{Container, Params};

use crate::block::Block;
use crate::channel::{Interface, Ports, Timing};
use crate::meadow::SOURCE;
use hdl::Bundle;

/// The decoder of packed weights.
pub const BLOCK: Block = Block {
    name: "weight_unpacker",
    summary: "unpacks int8 weights: Huffman codes, or IDs of unique chunks in packets (WILU of MEADOW)",
    source: SOURCE,
    section: "the WILU unit; Huffman codes are an addition",
    documentation: include_str!("README.md"),
    variants: &[
        "",
        "lanes=1 meadow=false classes=1",
        "lanes=2 packet_bits=64 unique=16",
        "lanes=4 huffman=false packet_bits=128 unique=300",
        "lanes=8 classes=2 packet_bits=512 unique=256",
        "lanes=32 meadow=false classes=1",
        "lanes=64 huffman=false unique=64",
    ],
    small: "lanes=2 packet_bits=64 unique=16 classes=1",
    mutated: &["lanes=2 packet_bits=64 unique=16 classes=2"],
    ..Block::of::<Params>()
};

impl Ports for Params {
    fn interface(&self) -> Interface {
        Interface::single(self.input().fields(), self.output().fields(), Timing::Elastic)
    }
}

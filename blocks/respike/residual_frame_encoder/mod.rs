#![doc = include_str!("README.md")]

mod model;
mod params;
mod rtl;
mod stimulus;

pub use params::{Against, Params};

use crate::block::Block;
use crate::channel::{Interface, Ports, Timing};
use crate::respike::SOURCE;
use hdl::Bundle;

/// Frames to differences.
pub const BLOCK: Block = Block {
    name: "residual_frame_encoder",
    summary: "video frames to packed differences from the key frame, or from the frame before, with a threshold",
    source: SOURCE,
    section: "residual frames; threshold and packing are ours",
    documentation: include_str!("README.md"),
    variants: &[
        "",
        "samples=2 value_bits=1 lanes=1 mask_bits=8",
        "samples=20 value_bits=4 lanes=2 mask_bits=16 against=previous",
        "samples=64 value_bits=12 lanes=16 mask_bits=32",
        "samples=192 lanes=8 mask_bits=64 against=previous",
        "samples=24 value_bits=15 lanes=4 mask_bits=16",
    ],
    small: "samples=4 value_bits=2 lanes=1 mask_bits=8",
    mutated: &[
        "samples=12 value_bits=2 lanes=2 mask_bits=8",
        "samples=12 value_bits=2 lanes=2 mask_bits=8 against=previous",
    ],
    ..Block::of::<Params>()
};

impl Ports for Params {
    fn interface(&self) -> Interface {
        Interface::single(self.input().fields(), self.output().fields(), Timing::Elastic)
    }
}

#![doc = include_str!("README.md")]

mod model;
mod params;
mod rtl;
mod stimulus;

pub use params::Params;

use crate::block::Block;
use crate::channel::{Interface, Pace, Ports, Timing};
use crate::loas::SOURCE;
use hdl::Bundle;

/// The inverse of the compressor of spikes.
pub const BLOCK: Block = Block {
    name: "loas_unpacker",
    summary: "expands a bitmask and packed words into spikes",
    source: SOURCE,
    documentation: include_str!("README.md"),
    variants: &[
        "",
        "lanes=2",
        "lanes=4",
        "lanes=8",
        "lanes=16",
        "time_steps=1",
        "time_steps=2 lanes=2",
        "time_steps=3 lanes=4",
        "time_steps=5 lanes=8",
        "time_steps=8",
        "time_steps=16 mask_bits=32",
        "mask_bits=8",
        "mask_bits=8 lanes=4",
        "mask_bits=9",
        "mask_bits=12 lanes=4",
        "mask_bits=20 lanes=2",
        "mask_bits=32 lanes=16 time_steps=2",
        "mask_bits=48 lanes=8",
        "mask_bits=64 lanes=4 time_steps=6",
        "mask_bits=256 lanes=8",
        "skid=true lanes=4",
    ],
    small: "mask_bits=16",
    mutated: &["mask_bits=8 lanes=2 time_steps=2"],
    ..Block::of::<Params>()
};

impl Ports for Params {
    fn interface(&self) -> Interface {
        Interface::single(self.inputs().fields(), self.outputs().fields(), Timing::ReadyValid { latency: 1 })
    }

    fn pace(&self) -> Option<Pace> {
        Some(Pace { interval: self.beats(), capacity: 1 })
    }
}

/// A chunk of a row.
#[derive(Clone, Copy, Bundle)]
struct Chunk<T> {
    /// 1 for each neuron that fires.
    mask: T,
    /// The words of those neurons in order, the first in the lowest bits.
    words: T,
    /// The row's last chunk.
    last: T,
}

/// A beat of the row.
#[derive(Clone, Copy, Bundle)]
struct Neurons<T> {
    /// One word per neuron, the first neuron in the lowest bits; 0 for a silent one.
    spikes: T,
    /// The row's last beat.
    last: T,
}

impl Params {
    fn inputs(&self) -> Chunk<u32> {
        Chunk { mask: self.mask_bits, words: self.mask_bits * self.time_steps, last: 1 }
    }

    fn outputs(&self) -> Neurons<u32> {
        Neurons { spikes: self.lanes * self.time_steps, last: 1 }
    }
}

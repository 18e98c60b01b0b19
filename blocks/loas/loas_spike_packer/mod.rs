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

/// The compressor of spikes.
pub const BLOCK: Block = Block {
    name: "loas_spike_packer",
    summary: "compresses spikes into a bitmask and the packed words of the neurons that fire",
    source: SOURCE,
    documentation: include_str!("README.md"),
    variants: &[
        "",
        "drop=1",
        "drop=3",
        "lanes=2",
        "lanes=4 drop=1",
        "lanes=8",
        "lanes=16 drop=2",
        "time_steps=1",
        "time_steps=2 lanes=2 drop=1",
        "time_steps=3 lanes=4",
        "time_steps=8 drop=7",
        "time_steps=16 drop=15 mask_bits=32",
        "mask_bits=8",
        "mask_bits=8 lanes=4 drop=1",
        "mask_bits=9 lanes=1",
        "mask_bits=12 lanes=4",
        "mask_bits=20 lanes=2 drop=2",
        "mask_bits=32 lanes=16",
        "mask_bits=48 lanes=8 time_steps=5",
        "mask_bits=64 lanes=4 time_steps=6 drop=3",
        "mask_bits=256 lanes=8",
        "skid=true lanes=4",
    ],
    small: "mask_bits=16",
    mutated: &["mask_bits=8 lanes=2 time_steps=2 drop=1"],
    ..Block::of::<Params>()
};

impl Ports for Params {
    fn interface(&self) -> Interface {
        Interface::single(self.inputs().fields(), self.outputs().fields(), Timing::ReadyValid { latency: 1 })
    }

    fn pace(&self) -> Option<Pace> {
        Some(Pace { interval: 1, capacity: 1 })
    }
}

/// A beat of a row.
#[derive(Clone, Copy, Bundle)]
pub struct Neurons<T> {
    /// One word per neuron, the first neuron in the lowest bits; the first time step in its most significant bit.
    pub spikes: T,
    /// The row's last beat; it ends the chunk, full or not.
    pub last: T,
}

/// A chunk of the row.
#[derive(Clone, Copy, Bundle)]
pub struct Chunk<T> {
    /// 1 for each kept neuron.
    pub mask: T,
    /// The words of the kept neurons in order, then zeros.
    pub words: T,
    /// The number of words.
    pub count: T,
    /// The row's last chunk.
    pub last: T,
}

impl Params {
    /// A beat of a row.
    pub fn inputs(&self) -> Neurons<u32> {
        Neurons { spikes: self.lanes * self.time_steps, last: 1 }
    }

    /// A chunk.
    pub fn outputs(&self) -> Chunk<u32> {
        Chunk {
            mask: self.mask_bits,
            words: self.mask_bits * self.time_steps,
            count: self.count_bits(),
            last: 1,
        }
    }
}

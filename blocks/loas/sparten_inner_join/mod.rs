#![doc = include_str!("README.md")]

mod model;
mod params;
mod rtl;
mod stimulus;

pub use params::Params;

use crate::block::Block;
use crate::channel::{Channel, Interface, Ports, Timing};
use hdl::Bundle;

/// The inner-join that LoAS is compared with.
pub const BLOCK: Block = Block {
    name: "sparten_inner_join",
    summary: "the baseline for LoAS: an inner join, time step by time step, with two fast prefix sums",
    source: "A. Gondimalla, N. Chesnut, M. Thottethodi, T. N. Vijaykumar, \"SparTen: A Sparse Tensor Accelerator for \
         Convolutional Neural Networks\", MICRO 2019, as LoAS (MICRO 2024, arXiv 2407.14073) runs it on spikes",
    documentation: include_str!("README.md"),
    variants: &[
        "",
        "structure=serial mask_bits=32",
        "structure=sklansky",
        "structure=brent_kung",
        "structure=han_carlson",
        "time_steps=1",
        "time_steps=2",
        "time_steps=3",
        "time_steps=5 mask_bits=64",
        "time_steps=8 structure=brent_kung",
        "time_steps=16 mask_bits=32",
        "mask_bits=8",
        "mask_bits=9 time_steps=2",
        "mask_bits=16 tag_bits=1",
        "mask_bits=24 tag_bits=33",
        "mask_bits=32 structure=sklansky",
        "mask_bits=48 structure=han_carlson time_steps=6",
        "mask_bits=64 tag_bits=100",
        "mask_bits=100 structure=brent_kung",
        "mask_bits=256 structure=brent_kung time_steps=2",
        "skid=true",
    ],
    small: "mask_bits=8",
    mutated: &["mask_bits=8 time_steps=2 tag_bits=2"],
    ..Block::of::<Params>()
};

impl Ports for Params {
    fn interface(&self) -> Interface {
        Interface {
            inputs: vec![Channel::new("join", &self.join())],
            outputs: vec![Channel::new("match", &self.found())],
            timing: Timing::Elastic,
        }
    }
}

/// A join: the spikes of each time step, and the weights.
#[derive(Clone, Copy, Bundle)]
pub struct Join<T> {
    /// Spikes; one mask per time step, the first in the lowest bits.
    pub a_masks: T,
    /// 1 for each weight.
    pub b_mask: T,
    /// Returned with each match.
    pub tag: T,
}

/// A match.
#[derive(Clone, Copy, Bundle)]
pub struct Match<T> {
    /// The tag of the join.
    pub tag: T,
    /// The time step.
    pub step: T,
    /// The number of spikes of the time step below the match.
    pub offset_a: T,
    /// The number of weights below the match.
    pub offset_b: T,
}

impl Params {
    /// The widths of a join.
    pub fn join(&self) -> Join<u32> {
        Join { a_masks: self.time_steps * self.mask_bits, b_mask: self.mask_bits, tag: self.tag_bits }
    }

    /// The widths of a match.
    pub fn found(&self) -> Match<u32> {
        Match {
            tag: self.tag_bits,
            step: self.step_bits(),
            offset_a: self.position_bits(),
            offset_b: self.position_bits(),
        }
    }
}

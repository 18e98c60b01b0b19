#![doc = include_str!("README.md")]

mod model;
mod params;
mod rtl;
mod stimulus;

pub use params::Params;

use crate::block::Block;
use crate::channel::{Channel, Interface, Ports, Timing};
use hdl::Field;

/// The inner-join that LoAS is compared with.
pub const BLOCK: Block = Block {
    name: "sparten_inner_join",
    summary: "the baseline of LoAS: one time step after another, two fast prefix sums",
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
            inputs: vec![Channel { name: "join", fields: self.join() }],
            outputs: vec![Channel { name: "match", fields: self.found() }],
            timing: Timing::Elastic,
        }
    }
}

impl Params {
    /// A join: the spikes of each time step, and the weights.
    pub fn join(&self) -> Vec<Field> {
        vec![
            Field::new(
                "a_masks",
                self.time_steps * self.mask_bits,
                "spikes, a mask a time step, the first in the lowest bits",
            ),
            Field::new("b_mask", self.mask_bits, "1 for each weight"),
            Field::new("tag", self.tag_bits, "given back with each match"),
        ]
    }

    /// A match.
    pub fn found(&self) -> Vec<Field> {
        vec![
            Field::new("tag", self.tag_bits, "the tag of the join"),
            Field::new("step", self.step_bits(), "the time step"),
            Field::new(
                "offset_a",
                self.position_bits(),
                "the number of spikes of the time step below the match",
            ),
            Field::new("offset_b", self.position_bits(), "the number of weights below the match"),
        ]
    }
}

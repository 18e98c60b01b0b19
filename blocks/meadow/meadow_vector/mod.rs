#![doc = include_str!("README.md")]

mod golden;
pub mod model;
pub mod params;
mod rtl;
mod stimulus;

pub use params::Params;

use crate::block::Block;
use crate::channel::{Channel, Interface, Ports, Timing};
use crate::meadow::SOURCE;
use crate::meadow::meadow_attention_head::params::STATUS;

/// Row operations of a transformer layer.
pub const BLOCK: Block = Block {
    name: "meadow_vector",
    summary: "row operations of a transformer layer on 16-bit numbers: residual sum, product, rotary positions, and a norm",
    source: SOURCE,
    section: "the steps between the matrix products of a decoder layer",
    documentation: include_str!("README.md"),
    variants: &[
        "lanes=2 length=16",
        "lanes=4 length=24 rounding=half_even gain_shift=4",
        "lanes=8 length=32 gain_shift=0",
        "lanes=16 length=64 gain_shift=15",
        "lanes=32 length=128 rounding=half_even gain_shift=8",
    ],
    small: "lanes=2 length=4",
    mutated: &["lanes=2 length=8"],
    is_large: true,
    ..Block::of::<Params>()
};

impl Ports for Params {
    fn interface(&self) -> Interface {
        let operand = |name| Channel::new(name, &self.operand());
        let result = |name| Channel::new(name, &self.result());
        Interface {
            inputs: vec![Channel::new("job", &self.job()), operand("a"), operand("b"), operand("affine")],
            outputs: vec![result("first"), result("second"), Channel::new("status", &STATUS)],
            timing: Timing::Elastic,
        }
    }
}

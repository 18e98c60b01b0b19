#![doc = include_str!("README.md")]

mod golden;
pub mod model;
mod params;
#[cfg(test)]
mod precision;
mod rtl;
mod stimulus;
mod tables;

pub use params::{Elements, Gains, Norm, Params, Results};

use crate::block::Block;
use crate::channel::{Channel, Interface, Ports, Timing};

/// LayerNorm and RMSNorm of rows of integers.
pub const BLOCK: Block = Block {
    name: "layer_norm",
    summary: "LayerNorm or RMSNorm of rows of integers, with gains and biases, rounded once",
    source: "J. L. Ba, J. R. Kiros, G. E. Hinton, \"Layer Normalization\", arXiv 1607.06450; B. Zhang, R. Sennrich, \"Root Mean \
         Square Layer Normalization\", NeurIPS 2019, arXiv 1910.07467",
    documentation: include_str!("README.md"),
    variants: &[
        "",
        "lanes=1 length=8 input_bits=8 norm=both",
        "lanes=2 length=16 norm=rms output_bits=16 shift=2",
        "lanes=4 length=64 input_bits=20 norm=both gain_bits=8 shift=4",
        "lanes=8 length=768 input_bits=8 gain_bits=8 shift=3",
        "lanes=16 length=2048 input_bits=20 output_bits=16 shift=0",
        "lanes=32 length=64 norm=rms shift=15",
    ],
    small: "length=4 input_bits=8 gain_bits=8 shift=3",
    mutated: &[
        "lanes=2 length=4 input_bits=8 gain_bits=8 shift=1 norm=both",
        "length=20 input_bits=8 output_bits=16 shift=4 norm=rms",
    ],
    ..Block::of::<Params>()
};

impl Ports for Params {
    fn interface(&self) -> Interface {
        Interface {
            inputs: vec![Channel::new("in", &self.input()), Channel::new("affine", &self.gains())],
            outputs: vec![Channel::new("out", &self.output())],
            timing: Timing::Elastic,
        }
    }
}

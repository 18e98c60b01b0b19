#![doc = include_str!("README.md")]

pub mod model;
mod params;
mod rtl;
mod stimulus;

pub use params::{Format, Params, Subnormals};

use crate::block::Block;
use crate::channel::{Channel, Interface, Ports, Timing};
use hdl::Field;

/// The product of two floats.
pub const BLOCK: Block = Block {
    name: "fp_mul",
    summary: "the product of two FP16 or BF16 numbers, with subnormal numbers or without",
    source: "IEEE 754-2019, multiplication, round to nearest, ties to even",
    documentation: include_str!("README.md"),
    variants: &[
        "",
        "subnormals=flush",
        "format=bf16",
        "format=bf16 subnormals=flush stages=1",
        "stages=2",
        "subnormals=flush stages=2",
    ],
    small: "stages=2",
    mutated: &["format=bf16 subnormals=flush"],
    ..Block::of::<Params>()
};

impl Params {
    fn input(&self) -> Channel {
        let factor = |name: &str| Field::new(name, self.format().width(), "a factor");
        Channel { name: "in", fields: vec![factor("a"), factor("b")] }
    }

    fn output(&self) -> Channel {
        Channel { name: "out", fields: vec![Field::new("product", self.format().width(), "a x b")] }
    }
}

impl Ports for Params {
    fn interface(&self) -> Interface {
        Interface {
            inputs: vec![self.input()],
            outputs: vec![self.output()],
            timing: Timing::Fixed { latency: self.stages },
        }
    }
}

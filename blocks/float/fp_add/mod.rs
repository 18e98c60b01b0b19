#![doc = include_str!("README.md")]

pub mod model;
mod params;
mod rtl;
mod stimulus;

pub use params::{Format, Params};

use crate::block::Block;
use crate::channel::{Channel, Interface, Ports, Timing};
use hdl::Field;

/// The sum of two floats.
pub const BLOCK: Block = Block {
    name: "fp_add",
    summary: "the sum of two FP16, BF16 or FP32 numbers",
    source: "IEEE 754-2019, addition, round to nearest, ties to even",
    documentation: include_str!("README.md"),
    variants: &["", "format=bf16", "format=fp32", "format=fp32 stages=2", "stages=1", "stages=2"],
    small: "stages=1",
    mutated: &[""],
    ..Block::of::<Params>()
};

impl Params {
    fn input(&self) -> Channel {
        let term = |name: &str| Field::new(name, self.format().width(), "a term");
        Channel { name: "in", fields: vec![term("a"), term("b")] }
    }

    fn output(&self) -> Channel {
        Channel { name: "out", fields: vec![Field::new("sum", self.format().width(), "a + b")] }
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

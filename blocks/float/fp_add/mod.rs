#![doc = include_str!("README.md")]

pub mod model;
mod params;
mod rtl;
mod stimulus;

pub use params::{Format, Params};

use crate::block::Block;
use crate::channel::{Interface, Ports, Timing};
use hdl::Bundle;

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

/// A pair of numbers.
#[derive(Clone, Copy, Bundle)]
struct Terms<T> {
    /// A term.
    a: T,
    /// The other term.
    b: T,
}

/// Their sum.
#[derive(Clone, Copy, Bundle)]
struct Answer<T> {
    /// a + b.
    sum: T,
}

impl Params {
    fn input(&self) -> Terms<u32> {
        Terms { a: self.format().width(), b: self.format().width() }
    }

    fn output(&self) -> Answer<u32> {
        Answer { sum: self.format().width() }
    }
}

impl Ports for Params {
    fn interface(&self) -> Interface {
        let timing = Timing::Fixed { latency: self.stages };
        Interface::single(self.input().fields(), self.output().fields(), timing)
    }
}

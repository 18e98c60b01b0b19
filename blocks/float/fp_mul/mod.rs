#![doc = include_str!("README.md")]

pub mod model;
mod params;
mod rtl;
mod stimulus;

pub use params::{Format, Params, Subnormals};

use crate::block::Block;
use crate::channel::{Interface, Ports, Timing};
use hdl::Bundle;

/// The product of two floats.
pub const BLOCK: Block = Block {
    name: "fp_mul",
    summary: "the product of two FP16 or BF16 numbers, with or without subnormal numbers",
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

/// A pair of numbers.
#[derive(Clone, Copy, Bundle)]
struct Factors<T> {
    /// A factor.
    a: T,
    /// The other factor.
    b: T,
}

/// Their product.
#[derive(Clone, Copy, Bundle)]
struct Answer<T> {
    /// a x b.
    product: T,
}

impl Params {
    fn input(&self) -> Factors<u32> {
        Factors { a: self.format().width(), b: self.format().width() }
    }

    fn output(&self) -> Answer<u32> {
        Answer { product: self.format().width() }
    }
}

impl Ports for Params {
    fn interface(&self) -> Interface {
        let timing = Timing::Fixed { latency: self.stages };
        Interface::single(self.input().fields(), self.output().fields(), timing)
    }
}

#![doc = include_str!("README.md")]

pub mod model;
mod params;
mod rtl;
mod stimulus;

pub use params::Params;

use crate::block::Block;
use crate::channel::{Interface, Ports, Timing};
use crate::crossbar::SOURCE;
use hdl::{Bundle, Shape};

/// The encoder of a flash converter.
pub const BLOCK: Block = Block {
    name: "xbar_adc_flash",
    summary: "the comparators of a flash converter to a binary code, bubbles corrected by counting ones",
    source: SOURCE,
    section: "the flash converter of the columns",
    documentation: include_str!("README.md"),
    variants: &[
        "",
        "adc_bits=2 stages=0",
        "adc_bits=3 stages=0",
        "adc_bits=4 stages=0",
        "adc_bits=5 stages=0",
        "adc_bits=5 stages=2",
        "adc_bits=6 stages=1",
        "adc_bits=6 stages=3",
        "adc_bits=7 stages=2",
        "adc_bits=7 stages=3",
        "adc_bits=8 stages=0",
        "adc_bits=8 stages=3",
    ],
    small: "adc_bits=3",
    mutated: &["adc_bits=3", "adc_bits=5 stages=3"],
    ..Block::of::<Params>()
};

impl Ports for Params {
    fn interface(&self) -> Interface {
        let timing = Timing::Fixed { latency: self.stages };
        Interface::single(self.input().fields(), self.output().fields(), timing)
    }
}

/// What the comparators say.
#[derive(Clone, Copy, Bundle)]
struct Comparators<T> {
    /// 1 for each comparator whose input is above its threshold, the one with the lowest threshold in bit 0.
    thermometer: T,
}

/// A conversion.
#[derive(Clone, Bundle)]
struct Conversion<T> {
    code: T,
    /// A comparator is 0 below one that is 1.
    bubble: T,
}

impl Params {
    fn input(&self) -> Comparators<u32> {
        Comparators { thermometer: self.levels() }
    }

    fn output(&self) -> Conversion<Shape> {
        let code = Shape::bits(self.adc_bits).meaning_of("the number of comparators that are 1");
        Conversion { code, bubble: Shape::bits(1) }
    }
}

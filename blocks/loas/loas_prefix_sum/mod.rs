#![doc = include_str!("README.md")]

mod model;
mod params;
mod rtl;
mod stimulus;

pub use params::{Leaves, Params, Select, Structure};

use crate::block::Block;
use crate::channel::{Interface, Ports, Timing};
use crate::loas::SOURCE;
use hdl::{Bundle, Shape};

/// Running counts of the ones of a mask.
pub const BLOCK: Block = Block {
    name: "loas_prefix_sum",
    summary: "prefix sums of a bitmask in one cycle, for all bits or at one position",
    source: SOURCE,
    documentation: include_str!("README.md"),
    variants: &[
        "",
        "lanes=8 structure=serial inclusive=true",
        "lanes=9 structure=blocked",
        "lanes=12 structure=kogge_stone",
        "lanes=13 structure=sklansky inclusive=true",
        "lanes=14 structure=brent_kung",
        "lanes=15 structure=han_carlson inclusive=true",
        "lanes=16 structure=ladner_fischer1",
        "lanes=17 structure=ladner_fischer2 inclusive=true",
        "lanes=18 structure=ladner_fischer3 adders=full",
        "lanes=20 structure=leaves adders=full inclusive=true",
        "lanes=19 structure=leaves",
        "lanes=64 structure=serial stages=1",
        "lanes=128 structure=blocked inclusive=true",
        "lanes=128 structure=kogge_stone inclusive=true",
        "lanes=128 structure=sklansky adders=full",
        "lanes=128 structure=brent_kung inclusive=true stages=1",
        "lanes=100 structure=han_carlson",
        "lanes=256 structure=ladner_fischer3",
        "lanes=1024 structure=leaves",
        "lanes=8 select=one inclusive=true",
        "lanes=11 select=one",
        "lanes=16 select=one stages=1",
        "lanes=128 select=one",
        "lanes=1024 select=one inclusive=true stages=1",
    ],
    small: "lanes=16",
    mutated: &["lanes=9 structure=leaves", "lanes=8 select=one inclusive=true stages=1"],
    ..Block::of::<Params>()
};

impl Ports for Params {
    fn interface(&self) -> Interface {
        let timing = Timing::Fixed { latency: self.stages };
        Interface::single(self.input().fields(), self.output().fields(), timing)
    }
}

/// What is counted.
#[derive(Clone, Copy, Bundle)]
struct Masks<T> {
    /// The bits to count.
    mask: T,
    /// The bit up to which ones are counted.
    position: Option<T>,
}

/// The counts of all bits, or that of one.
#[derive(Clone, Copy, Bundle)]
enum Counts<T> {
    All { counts: T },
    One { count: T },
}

impl Params {
    fn input(&self) -> Masks<u32> {
        Masks { mask: self.lanes, position: (self.select == Select::One).then(|| self.position_bits()) }
    }

    fn output(&self) -> Counts<Shape> {
        let own = if self.inclusive { "up to it, itself included" } else { "below it" };
        match self.select {
            Select::All => {
                let meaning = format!("for each bit the number of ones {own}, bit 0 in the lowest bits");
                Counts::All { counts: Shape::bits(self.lanes * self.count_bits()).meaning_of(meaning) }
            }
            Select::One => {
                let meaning = format!("the number of ones at the position: {own}");
                Counts::One { count: Shape::bits(self.count_bits()).meaning_of(meaning) }
            }
        }
    }
}

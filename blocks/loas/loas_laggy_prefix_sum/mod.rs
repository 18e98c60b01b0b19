#![doc = include_str!("README.md")]

mod model;
mod params;
mod rtl;
mod stimulus;

pub use params::Params;

use crate::block::Block;
use crate::channel::{Interface, Pace, Ports, Timing};
use crate::loas::SOURCE;
use hdl::{Bundle, Shape};

/// Running counts of a mask, a segment a cycle.
pub const BLOCK: Block = Block {
    name: "loas_laggy_prefix_sum",
    summary: "prefix sums of a bitmask, one segment per cycle, at a fraction of the area",
    source: SOURCE,
    documentation: include_str!("README.md"),
    variants: &[
        "",
        "inclusive=true",
        "structure=serial",
        "structure=kogge_stone inclusive=true",
        "structure=sklansky",
        "structure=han_carlson",
        "adders=2",
        "adders=4 inclusive=true",
        "adders=8",
        "adders=32 structure=sklansky",
        "adders=64",
        "lanes=8 adders=2",
        "lanes=8 adders=4 inclusive=true",
        "lanes=16 adders=8",
        "lanes=20 adders=4",
        "lanes=48 adders=16 inclusive=true",
        "lanes=64 adders=16",
        "lanes=256 adders=32",
        "lanes=512 adders=64 inclusive=true",
        "lanes=1024 adders=16 structure=kogge_stone",
        "skid=true",
    ],
    small: "lanes=16 adders=4",
    mutated: &["lanes=8 adders=4"],
    ..Block::of::<Params>()
};

impl Ports for Params {
    fn interface(&self) -> Interface {
        Interface::single(self.inputs().fields(), self.outputs().fields(), Timing::ReadyValid { latency: 1 })
    }

    fn pace(&self) -> Option<Pace> {
        Some(Pace { interval: self.segments(), capacity: 1 })
    }
}

/// What is counted.
#[derive(Clone, Copy, Bundle)]
struct Mask<T> {
    /// The bits to count.
    mask: T,
}

/// The counts of a segment.
#[derive(Clone, Copy, Bundle)]
struct Segment<T> {
    counts: T,
    /// The mask's last segment.
    last: T,
}

impl Params {
    fn inputs(&self) -> Mask<u32> {
        Mask { mask: self.lanes }
    }

    fn outputs(&self) -> Segment<Shape> {
        let own = if self.inclusive { "up to it, itself included" } else { "below it" };
        let meaning = format!("for each bit of the segment the number of ones of the mask {own}");
        Segment {
            counts: Shape::bits(self.adders * self.count_bits()).meaning_of(meaning),
            last: Shape::bits(1),
        }
    }
}

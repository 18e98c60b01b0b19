#![doc = include_str!("README.md")]

mod model;
mod params;
mod rtl;
mod stimulus;

pub use params::{Leaves, Params, Select, Structure};

use crate::block::Block;
use crate::channel::{Channel, Interface, Ports, Timing};
use crate::loas::SOURCE;
use hdl::Field;

/// Running counts of the ones of a mask.
pub const BLOCK: Block = Block {
    name: "loas_prefix_sum",
    summary: "running counts of the ones of a bitmask in one cycle, or the one at a position",
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
        Interface {
            inputs: vec![Channel { name: "in", fields: self.inputs() }],
            outputs: vec![self.output()],
            timing: Timing::Fixed { latency: self.stages },
        }
    }
}

impl Params {
    fn inputs(&self) -> Vec<Field> {
        let mut fields = vec![Field::new("mask", self.lanes, "the bits to count")];
        if self.select == Select::One {
            fields.push(Field::new("position", self.position_bits(), "the bit up to which ones are counted"));
        }
        fields
    }

    fn output(&self) -> Channel {
        let own = if self.inclusive { "up to it, itself included" } else { "below it" };
        let fields = match self.select {
            Select::All => {
                let meaning = format!("for each bit the number of ones {own}, bit 0 in the lowest bits");
                vec![Field::new("counts", self.lanes * self.count_bits(), &meaning)]
            }
            Select::One => {
                let meaning = format!("the number of ones at the position: {own}");
                vec![Field::new("count", self.count_bits(), &meaning)]
            }
        };
        Channel { name: "out", fields }
    }
}

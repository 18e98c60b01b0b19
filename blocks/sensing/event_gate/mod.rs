#![doc = include_str!("README.md")]

mod model;
mod params;
mod rtl;
mod stimulus;

pub use params::Params;

use crate::block::Block;
use crate::channel::{Interface, Ports, Timing};
use crate::sensing::SOURCE;
use hdl::Bundle;

/// Samples to events.
pub const BLOCK: Block = Block {
    name: "event_gate",
    summary: "sends on only those samples of a sensor that changed, with a hysteresis and thresholds for each channel",
    source: SOURCE,
    section: "event-driven sensing; the circuit is ours",
    documentation: include_str!("README.md"),
    variants: &[
        "",
        "channels=1 value_bits=2",
        "channels=2 value_bits=4 signed=false",
        "channels=3 value_bits=3",
        "channels=5 value_bits=8 signed=false",
        "channels=64 value_bits=16",
        "channels=1024 value_bits=2 signed=false",
    ],
    small: "channels=2 value_bits=3",
    mutated: &["channels=3 value_bits=3", "channels=1 value_bits=3 signed=false"],
    ..Block::of::<Params>()
};

impl Ports for Params {
    fn interface(&self) -> Interface {
        Interface::single(self.input().fields(), self.output().fields(), Timing::Elastic)
    }
}

#![doc = include_str!("README.md")]

mod model;
mod params;
mod rtl;
mod stimulus;

pub use params::{Params, Substitute};

use crate::block::Block;
use crate::channel::{Interface, Ports, Timing};
use crate::sensing::SOURCE;
use hdl::Bundle;

/// Whether samples can be relied on.
pub const BLOCK: Block = Block {
    name: "stream_watchdog",
    summary: "flags samples of a sensor that are missing, late, stuck or out of range, and puts safe or earlier ones in their place",
    source: SOURCE,
    section: "monitors of unreliable inputs; the circuit is ours",
    documentation: include_str!("README.md"),
    variants: &[
        "",
        "channels=1 value_bits=2 timer_bits=4",
        "channels=2 value_bits=3 substitute=safe timer_bits=4",
        "channels=3 value_bits=4 signed=false timer_bits=5",
        "channels=7 value_bits=8 signed=false substitute=safe timer_bits=8",
        "channels=256 value_bits=16 timer_bits=32",
    ],
    small: "channels=2 value_bits=3 timer_bits=4",
    mutated: &[
        "channels=3 value_bits=3 timer_bits=4",
        "channels=1 value_bits=3 timer_bits=4",
        "channels=2 value_bits=3 signed=false substitute=safe timer_bits=4",
    ],
    ..Block::of::<Params>()
};

impl Ports for Params {
    fn interface(&self) -> Interface {
        Interface::single(self.inputs().fields(), self.outputs().fields(), Timing::Fixed { latency: 0 })
    }
}

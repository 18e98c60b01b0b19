#![doc = include_str!("README.md")]

pub mod model;
mod params;
mod rtl;
mod stimulus;

pub use params::{Analog, CLOCKS_BITS, Clocks, Driven, Params};

use crate::block::Block;
use crate::channel::{Interface, Ports, Timing};
use crate::crossbar::SOURCE;
use hdl::Bundle;

/// The steps of a phase.
pub const BLOCK: Block = Block {
    name: "xbar_sequencer",
    summary: "times a crossbar: precharges, settles and holds a phase, and converts its columns, beside the next phase with two holds",
    source: SOURCE,
    section: "columns that share a converter",
    documentation: include_str!("README.md"),
    variants: &[
        "",
        "holds=1",
        "columns=1 input_bits=1 encoding=unsigned",
        "columns=1 holds=1 input_bits=3 encoding=sign_magnitude",
        "columns=2 input_bits=2 encoding=sign_magnitude",
        "columns=3 holds=1 input_bits=1 encoding=unsigned",
        "columns=5 input_bits=16",
        "columns=16 input_bits=4 encoding=unsigned",
        "columns=64 holds=1",
        "columns=256 input_bits=1",
    ],
    small: "columns=2 input_bits=2",
    mutated: &["columns=3 input_bits=2", "columns=2 holds=1 input_bits=1", "columns=1 input_bits=1"],
    ..Block::of::<Params>()
};

impl Ports for Params {
    fn interface(&self) -> Interface {
        Interface::single(self.inputs().fields(), self.outputs().fields(), Timing::Fixed { latency: 0 })
    }
}

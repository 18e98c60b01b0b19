#![doc = include_str!("README.md")]

pub mod model;
mod params;
mod rtl;
mod stimulus;

pub use params::Params;

use crate::block::Block;
use crate::channel::{Interface, Ports, Timing};
use crate::crossbar::learning::SOURCE;
use hdl::Bundle;

/// Traces of spikes.
pub const BLOCK: Block = Block {
    name: "xbar_trace",
    summary: "leaky traces of spikes over the time steps of a sample: the activations that a network is trained with",
    source: SOURCE,
    section: "spiking layers that are trained on-line",
    documentation: include_str!("README.md"),
    variants: &[
        "",
        "lines=2 activation_bits=2 fraction_bits=0",
        "lines=3 activation_bits=4 fraction_bits=8",
        "lines=1024 activation_bits=16 fraction_bits=0",
        "lines=5 activation_bits=6 fraction_bits=2",
    ],
    small: "lines=3 activation_bits=4 fraction_bits=2",
    mutated: &["lines=3 activation_bits=4 fraction_bits=2", "lines=2 activation_bits=3 fraction_bits=0"],
    ..Block::of::<Params>()
};

impl Ports for Params {
    fn interface(&self) -> Interface {
        Interface::single(self.spike().fields(), self.activation().fields(), Timing::Elastic)
    }
}

#![doc = include_str!("README.md")]

mod model;
mod params;
mod rtl;
mod stimulus;

pub use params::Params;

use gen_rtl::blocks::block::Block;
use gen_rtl::blocks::channel::{Interface, Pace, Ports, Timing};
use gen_rtl::hdl::Field;

/// The leaky accumulator.
pub const BLOCK: Block = Block {
    name: "leaky_accumulator",
    summary: "a leaky accumulator that saturates",
    source: "the membrane potential of W. Gerstner, W. M. Kistler, \"Spiking Neuron Models\", 2002",
    section: "section 4.1, in fixed point",
    documentation: include_str!("README.md"),
    variants: &["", "bits=4 leak=1", "bits=8 leak=2", "bits=24 leak=7", "bits=32 leak=5"],
    small: "bits=6 leak=2",
    ..Block::of::<Params>()
};

impl Ports for Params {
    fn interface(&self) -> Interface {
        Interface::single(self.inputs(), self.outputs(), Timing::ReadyValid { latency: 1 })
    }

    fn pace(&self) -> Option<Pace> {
        Some(Pace { interval: 1, capacity: 1 })
    }
}

impl Params {
    fn inputs(&self) -> Vec<Field> {
        vec![
            Field::new("x", self.bits, "a number in two's complement"),
            Field::new("first", 1, "the sum begins anew with this number"),
        ]
    }

    fn outputs(&self) -> Vec<Field> {
        vec![Field::new("sum", self.bits, "the sum with this number, in two's complement")]
    }
}

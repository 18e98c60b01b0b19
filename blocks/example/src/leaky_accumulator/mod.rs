#![doc = include_str!("README.md")]

mod model;
mod params;
mod rtl;
mod stimulus;

pub use params::Params;

use gen_rtl::blocks::block::Block;
use gen_rtl::blocks::channel::{Interface, Pace, Ports, Timing};
use gen_rtl::hdl::Bundle;

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
        let (input, output) = (self.input().fields(), self.output().fields());
        Interface::single(input, output, Timing::ReadyValid { latency: 1 })
    }

    fn pace(&self) -> Option<Pace> {
        Some(Pace { interval: 1, capacity: 1 })
    }
}

/// What it takes.
#[derive(Clone, Copy, Bundle)]
#[bundle(crate = "gen_rtl::hdl")]
struct Number<T> {
    /// A number in two's complement.
    x: T,
    /// The sum begins anew with this number.
    first: T,
}

/// What it gives.
#[derive(Clone, Copy, Bundle)]
#[bundle(crate = "gen_rtl::hdl")]
struct Sum<T> {
    /// The sum with this number, in two's complement.
    sum: T,
}

impl Params {
    fn input(&self) -> Number<u32> {
        Number { x: self.bits, first: 1 }
    }

    fn output(&self) -> Sum<u32> {
        Sum { sum: self.bits }
    }
}

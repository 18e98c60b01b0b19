#![doc = include_str!("README.md")]

pub mod model;
pub mod neuron;
mod params;
mod rtl;
mod stimulus;

pub use params::{Compare, Params, Reset};

use crate::block::Block;
use crate::channel::{Interface, Ports, Timing};
use crate::loas::SOURCE;
use hdl::Bundle;

/// The parallel leaky integrate-and-fire neuron.
pub const BLOCK: Block = Block {
    name: "loas_plif",
    summary: "a leaky integrate-and-fire neuron that computes all time steps in one cycle",
    source: SOURCE,
    documentation: include_str!("README.md"),
    variants: &[
        "",
        "time_steps=1 sum_bits=12 threshold=100",
        "time_steps=2 sum_bits=8 threshold=20",
        "time_steps=2 sum_bits=10 leak=0 membrane_bits=10",
        "time_steps=2 sum_bits=8 reset=soft leak=1 threshold=7",
        "time_steps=4 sum_bits=5 threshold=5",
        "time_steps=4 sum_bits=5 threshold=4 reset=soft leak=0 membrane_bits=5",
        "time_steps=4 sum_bits=5 threshold=0 compare=greater_equal leak=3",
        "time_steps=5 sum_bits=4 threshold=3 leak=1 reset=soft compare=greater_equal",
        "time_steps=3 sum_bits=6 threshold=9 leak=4",
        "time_steps=3 sum_bits=4 threshold_port=true",
        "time_steps=3 sum_bits=4 threshold_port=true reset=soft leak=0 membrane_bits=4",
        "time_steps=4 sum_bits=4 threshold=2 leak=7",
        "time_steps=4 sum_bits=16 leak=5 stages=1",
        "time_steps=8 sum_bits=12 leak=6 reset=soft",
        "time_steps=16 sum_bits=32 membrane_bits=40",
        "time_steps=4 sum_bits=21 threshold_port=true stages=1",
        "time_steps=4 sum_bits=21 reset=soft compare=greater_equal stages=1",
        "time_steps=6 sum_bits=18 threshold=1000 leak=1 membrane_bits=18",
        "time_steps=4 sum_bits=24 threshold=5000000 membrane_bits=32",
    ],
    small: "",
    mutated: &["time_steps=3 sum_bits=4 threshold_port=true"],
    ..Block::of::<Params>()
};

impl Ports for Params {
    fn interface(&self) -> Interface {
        Interface::single(
            self.input().fields(),
            self.output().fields(),
            Timing::Fixed { latency: self.stages },
        )
    }
}

/// What a neuron takes.
#[derive(Clone, Copy, Bundle)]
struct Sums<T> {
    /// One weighted sum per time step, two's complement, the first step in the lowest bits.
    sums: T,
    /// Membrane potential, unsigned.
    threshold: Option<T>,
}

/// What it gives.
#[derive(Clone, Copy, Bundle)]
struct Spikes<T> {
    /// One bit per time step, the first in the most significant bit.
    spikes: T,
}

impl Params {
    fn input(&self) -> Sums<u32> {
        Sums {
            sums: self.time_steps * self.sum_bits,
            threshold: self.threshold_port.then(|| self.threshold_bits()),
        }
    }

    fn output(&self) -> Spikes<u32> {
        Spikes { spikes: self.time_steps }
    }

    /// The sums and the threshold of a beat in limbs.
    fn operands(&self, beat: &[u64]) -> (Vec<i64>, i64) {
        let sum = |step| crate::limbs::extract(beat, step * self.sum_bits, self.sum_bits);
        let signed = |value: u64| (value << (64 - self.sum_bits)) as i64 >> (64 - self.sum_bits);
        let sums = (0..self.time_steps).map(|step| signed(sum(step))).collect();
        let at = hdl::limbs_for(self.time_steps * self.sum_bits);
        (sums, beat.get(at).map_or(self.threshold().into(), |port| *port as i64))
    }
}

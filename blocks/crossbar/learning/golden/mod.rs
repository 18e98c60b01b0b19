//! The golden models of what both blocks share, in plain integers.

mod arriving;
mod update;

pub use arriving::{Arrived, Arriving, ErrorVector, Sample, Vectors};
pub use update::{Phase, Updates, counts, phases, programming_pulses};

use super::derivative::Derivative;
use super::network::Network;
use super::seed::first_state;
use crate::meadow::meadow_requantize::Rounding;
use crate::meadow::meadow_requantize::model::Multiplier;

/// The derivative of a neuron, in steps of 2^-`fraction_bits`.
pub fn derivative(network: &Network, potential: i64) -> u64 {
    let (gamma, distance) = (1 << network.gamma_bits, potential.unsigned_abs());
    match network.derivative {
        Derivative::Box => u64::from(distance < gamma),
        Derivative::Triangle => gamma.saturating_sub(distance),
    }
}

/// A delta: the sum times the derivative, over 2^shift, rounded to nearest and saturated.
pub fn delta(network: &Network, sum: i64, derivative: u64, shift: u32) -> i64 {
    let scale = Multiplier { multiplier: derivative, shift: network.fraction_bits() + shift };
    scale.scaled_to(network.delta_bits, Rounding::HalfAway, sum)
}

/// The delta of an output, whose derivative is 1.
pub fn output_delta(network: &Network, error: i64, shift: u32) -> i64 {
    delta(network, error, 1 << network.fraction_bits(), shift)
}

/// The value; 0 if its absolute value is at most `floor`.
pub fn beyond(value: i64, floor: i64) -> i64 {
    if value.abs() > floor { value } else { 0 }
}

/// The random bits b(n) = b(n-31) ^ b(n-28) that a seed begins: b(-1) is the lowest bit of its first state.
#[derive(Clone, Debug)]
pub struct RandomBits {
    /// The last 31 bits, the newest in the lowest.
    state: u64,
}

impl RandomBits {
    /// Those of a seed.
    pub fn new(seed: u32) -> RandomBits {
        RandomBits { state: first_state(seed).into() }
    }

    /// The next bit.
    pub fn bit(&mut self) -> bool {
        let bit = (self.state >> 30 ^ self.state >> 27) & 1;
        self.state = (self.state << 1 | bit) & ((1 << 31) - 1);
        bit == 1
    }

    /// The next `count` bits as a number, the first one in the highest place.
    pub fn number(&mut self, count: u32) -> i64 {
        (0..count).fold(0, |number, _| 2 * number + i64::from(self.bit()))
    }
}

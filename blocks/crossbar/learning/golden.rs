//! The golden models of what both blocks share, in plain integers.

use super::derivative::Derivative;
use super::network::Network;
use crate::common::lanes::{apart, flag};
use crate::meadow::meadow_requantize::Rounding;
use crate::meadow::meadow_requantize::model::Multiplier;
use hdl::Bits;
use std::collections::VecDeque;

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

/// 1 or -1; 0 for a value of at most `floor`.
pub fn sign(value: i64, floor: i64) -> i8 {
    if value.abs() > floor { value.signum() as i8 } else { 0 }
}

/// A sample as the blocks keep it.
#[derive(Clone, Debug, Default)]
pub struct Sample {
    /// The signs of all activations.
    pub rows: Vec<i8>,
    /// Of each hidden layer.
    pub derivatives: Vec<Vec<u64>>,
    /// It, or one before it, was not framed as it must be.
    pub error: bool,
}

/// The errors of a sample.
#[derive(Clone, Debug, Default)]
pub struct ErrorVector {
    /// Of the outputs.
    pub values: Vec<i64>,
    /// Of the deltas, to the right.
    pub shift: u32,
    /// Deltas up to it count as 0.
    pub floor: i64,
    /// The vector, or one before it, was not framed as it must be.
    pub error: bool,
}

/// Beats of vectors of one length, whose last beat must say so.
#[derive(Clone, Debug)]
pub struct Framing {
    length: usize,
    beats: Vec<Vec<Bits>>,
    /// Some beat said wrongly that it was the last one, or that it was not.
    pub error: bool,
}

impl Framing {
    /// Vectors of `length` beats.
    pub fn new(length: u32) -> Framing {
        Framing { length: length as usize, beats: vec![], error: false }
    }

    /// Takes a beat, whose last field says whether it is the last one. Gives the vector that it completes.
    pub fn take(&mut self, beat: &[Bits]) -> Option<Vec<Vec<Bits>>> {
        self.beats.push(beat.to_vec());
        let ends = self.beats.len() == self.length;
        self.error |= beat.last().is_some_and(|last| last.bit(0) != ends);
        ends.then(|| std::mem::take(&mut self.beats))
    }
}

/// The streams of samples and errors, as channels 0 and 1.
pub struct Arriving {
    network: Network,
    samples: Framing,
    errors: Framing,
    ready_samples: VecDeque<Sample>,
    ready_errors: VecDeque<ErrorVector>,
}

impl Arriving {
    /// Nothing yet.
    pub fn new(network: Network) -> Arriving {
        let (samples, errors) = (Framing::new(network.rows()), Framing::new(network.classes));
        Arriving { network, samples, errors, ready_samples: VecDeque::new(), ready_errors: VecDeque::new() }
    }

    /// Takes a beat of channel 0 or 1.
    pub fn take(&mut self, channel: usize, beat: &[Bits]) {
        match channel {
            0 => {
                if let Some(beats) = self.samples.take(beat) {
                    let sample = sample(&self.network, &beats, self.samples.error);
                    self.ready_samples.push_back(sample);
                }
            }
            _ => {
                if let Some(beats) = self.errors.take(beat) {
                    let errors = error_vector(&self.network, &beats, self.errors.error);
                    self.ready_errors.push_back(errors);
                }
            }
        }
    }

    /// The next sample with its errors, if both are complete.
    pub fn pop(&mut self) -> Option<(Sample, ErrorVector)> {
        if self.ready_errors.is_empty() {
            return None;
        }
        let sample = self.ready_samples.pop_front()?;
        self.ready_errors.pop_front().map(|errors| (sample, errors))
    }
}

fn sample(network: &Network, beats: &[Vec<Bits>], error: bool) -> Sample {
    let row = |beat: &Vec<Bits>| sign(apart(network.activation_bits, &beat[0])[0], beat[2].to_u64() as i64);
    let slope = |beat: &Vec<Bits>| derivative(network, apart(network.potential_bits, &beat[1])[0]);
    let hidden = beats[network.inputs as usize..].chunks(network.width as usize);
    Sample {
        rows: beats.iter().map(row).collect(),
        derivatives: hidden.map(|layer| layer.iter().map(slope).collect()).collect(),
        error,
    }
}

fn error_vector(network: &Network, beats: &[Vec<Bits>], error: bool) -> ErrorVector {
    let last = &beats[beats.len() - 1];
    ErrorVector {
        values: beats.iter().map(|beat| apart(network.error_bits, &beat[0])[0]).collect(),
        shift: last[1].to_u64() as u32,
        floor: last[2].to_u64() as i64,
        error,
    }
}

/// The phases of an update: the sign of its rows, that of its columns, and whether weights grow.
pub const PHASES: [(i8, i8, bool); 4] = [(1, -1, true), (1, 1, false), (-1, 1, true), (-1, -1, false)];

/// The beats of an update by signs: none of a sample with an error, whose beats may be those of two.
pub fn update(rows: &[i8], columns: &[i8], error: bool) -> [Vec<Bits>; 4] {
    let lines = |signs: &[i8], sign: i8| {
        let mut mask = Bits::zero(signs.len() as u32);
        (0..).zip(signs).for_each(|(line, own)| mask.set_bit(line, *own == sign && !error));
        mask
    };
    let mut number = 0;
    PHASES.map(|(row, column, grows)| {
        number += 1;
        let last = number == PHASES.len();
        vec![lines(rows, row), lines(columns, column), flag(grows), flag(last), flag(error)]
    })
}

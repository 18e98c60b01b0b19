//! The streams of samples and errors.

use super::super::network::{ErrorValue, Network};
use super::{beyond, derivative};
use crate::common::lanes::apart;
use hdl::Bits;
use std::collections::VecDeque;

/// A sample as the blocks keep it.
#[derive(Clone, Debug, Default)]
pub struct Sample {
    /// All activations, those of the inputs of the network first; 0 for those up to their floor.
    pub activations: Vec<i64>,
    /// Of each hidden layer.
    pub derivatives: Vec<Vec<u64>>,
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
    /// Pulses of a train.
    pub pulses: u32,
    /// Of the counts, to the right.
    pub count_shift: u32,
}

/// A sample with its errors; none of a wrong length.
#[derive(Clone, Debug)]
pub struct Arrived {
    /// The sample.
    pub sample: Option<Sample>,
    /// Its errors.
    pub errors: Option<ErrorVector>,
    /// The stored feedback ends with them, whatever their length is.
    pub feedback_ends: bool,
}

/// Vectors of one length, each up to its `last`.
#[derive(Clone, Debug)]
pub struct Vectors {
    length: usize,
    beats: Vec<Vec<Bits>>,
}

impl Vectors {
    /// Vectors of `length` beats.
    pub fn new(length: u32) -> Vectors {
        Vectors { length: length as usize, beats: vec![] }
    }

    /// Takes a beat, whose last field says whether it is the last one. Gives the vector that ends with it; none of its beats if it has
    /// a wrong length.
    pub fn take(&mut self, beat: &[Bits]) -> Option<Option<Vec<Vec<Bits>>>> {
        self.beats.push(beat.to_vec());
        let is_last = beat.last().is_some_and(|last| last.bit(0));
        is_last.then(|| {
            let beats = std::mem::take(&mut self.beats);
            (beats.len() == self.length).then_some(beats)
        })
    }
}

/// The streams of samples and errors, as channels 0 and 1.
pub struct Arriving {
    network: Network,
    error: ErrorValue<u32>,
    samples: Vectors,
    errors: Vectors,
    /// Those of a wrong length are `None`.
    ready_samples: VecDeque<Option<Sample>>,
    ready_errors: VecDeque<Option<ErrorVector>>,
    /// Of each of `ready_errors`, whether the stored feedback ends with them.
    feedback_ends: VecDeque<bool>,
}

impl Arriving {
    /// Nothing yet; errors come in beats of a shape.
    pub fn new(network: &Network, error: ErrorValue<u32>) -> Arriving {
        Arriving {
            network: network.clone(),
            error,
            samples: Vectors::new(network.rows()),
            errors: Vectors::new(network.classes),
            ready_samples: VecDeque::new(),
            ready_errors: VecDeque::new(),
            feedback_ends: VecDeque::new(),
        }
    }

    /// Takes a beat of channel 0 or 1.
    pub fn take(&mut self, channel: usize, beat: &[Bits]) {
        let (network, shape) = (&self.network, &self.error);
        match channel {
            0 => {
                let sample = self.samples.take(beat).map(|beats| beats.map(|beats| sample(network, &beats)));
                self.ready_samples.extend(sample);
            }
            _ => {
                let Some(beats) = self.errors.take(beat) else { return };
                self.ready_errors.push_back(beats.map(|beats| errors(shape, &beats)));
                // Its field comes before `last`.
                self.feedback_ends.push_back(shape.feedback_ends.is_some() && beat[beat.len() - 2].bit(0));
            }
        }
    }

    /// Whether there is a sample with its errors.
    pub fn has_next(&self) -> bool {
        !self.ready_samples.is_empty() && !self.ready_errors.is_empty()
    }

    /// The next sample with its errors, if there are both.
    pub fn pop(&mut self) -> Option<Arrived> {
        if !self.has_next() {
            return None;
        }
        let (sample, errors) = self.ready_samples.pop_front().zip(self.ready_errors.pop_front())?;
        Some(Arrived { sample, errors, feedback_ends: self.feedback_ends.pop_front()? })
    }
}

fn sample(network: &Network, beats: &[Vec<Bits>]) -> Sample {
    let activation =
        |beat: &Vec<Bits>| beyond(apart(network.activation_bits, &beat[0])[0], beat[2].to_u64() as i64);
    let slope = |beat: &Vec<Bits>| derivative(network, apart(network.potential_bits, &beat[1])[0]);
    let hidden = beats[network.inputs as usize..].chunks(network.width as usize);
    Sample {
        activations: beats.iter().map(activation).collect(),
        derivatives: hidden.map(|layer| layer.iter().map(slope).collect()).collect(),
    }
}

fn errors(shape: &ErrorValue<u32>, beats: &[Vec<Bits>]) -> ErrorVector {
    let last = &beats[beats.len() - 1];
    let mut optional = last[3..].iter();
    let mut field =
        |width: Option<u32>| width.and_then(|_| optional.next()).map_or(0, |field| field.to_u64() as u32);
    ErrorVector {
        values: beats.iter().map(|beat| apart(shape.value, &beat[0])[0]).collect(),
        shift: last[1].to_u64() as u32,
        floor: last[2].to_u64() as i64,
        pulses: field(shape.pulses),
        count_shift: field(shape.count_shift),
    }
}

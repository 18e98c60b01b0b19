//! Progressive adaptive rounding: rounds that harden most weights and train those that are left.

use crate::adam::Step;
use crate::network::{Network, Sample, squares};
use crate::schedule::share;
use crate::soft::{Soft, State};
use blocks::pacq::weights::Quantised;
use ndarray::Array2;
use std::fmt;
use std::ops::RangeInclusive;

/// How long and how fast.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Options {
    /// Rounds: 20 in the paper.
    pub rounds: u32,
    /// Steps of Adam in a round: 250 in the paper.
    pub steps: u32,
    /// The learning rate: 0.001 in the paper.
    pub learning_rate: f32,
    /// Chooses the sample of each step.
    pub seed: u64,
}

/// Weights in training.
pub struct Training<'n, N> {
    network: &'n N,
    samples: &'n [Sample],
    matrices: Vec<Soft>,
    options: Options,
    round: u32,
}

/// The error of a step is not a number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NotFinite {
    /// Its round, from 1.
    pub round: u32,
    /// The step, from 1.
    pub step: u32,
}

impl fmt::Display for NotFinite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the output error of step {} in round {} is not a finite number", self.step, self.round)
    }
}

impl std::error::Error for NotFinite {}

impl<'n, N: Network> Training<'n, N> {
    /// Training from the beginning: the original weights, and codes rounded to nearest, whose scales and zero points are taken.
    pub fn new(
        network: &'n N,
        samples: &'n [Sample],
        weights: &[Array2<f32>],
        nearest: &[Quantised],
        options: Options,
    ) -> Training<'n, N> {
        let matrices = weights.iter().zip(nearest);
        let matrices = matrices.map(|(weights, nearest)| Soft::new(weights.view(), nearest)).collect();
        Training { network, samples, matrices, options, round: 0 }
    }

    /// Training after some rounds.
    pub fn resumed(
        network: &'n N,
        samples: &'n [Sample],
        nearest: &[Quantised],
        options: Options,
        (round, states): (u32, Vec<State>),
    ) -> Training<'n, N> {
        let matrices = nearest.iter().zip(states).map(|(nearest, state)| Soft::of(nearest, state)).collect();
        Training { network, samples, matrices, options, round }
    }

    /// The rounds that are done.
    pub fn rounds_done(&self) -> u32 {
        self.round
    }

    /// The state of each matrix, between two rounds.
    pub fn states(&self) -> Vec<State> {
        self.matrices.iter().map(Soft::state).collect()
    }

    /// Hardens, and trains what is left. `see` is given the relative error of each step.
    pub fn round(&mut self, mut see: impl FnMut(f64)) -> Result<(), NotFinite> {
        let Options { rounds, steps, learning_rate, seed } = self.options;
        let share = share(self.round, rounds);
        self.matrices.iter_mut().for_each(|matrix| matrix.harden(share));
        // A round draws the same samples whether it is resumed or not. No bit of the seed is lost.
        let mut rng = fastrand::Rng::with_seed(seed.rotate_left(16).wrapping_add(self.round.into()));
        for step in 1..=steps {
            let sample = &self.samples[rng.usize(..self.samples.len())];
            let error = self.step(sample, Step::new(learning_rate, step));
            if !error.is_finite() {
                return Err(NotFinite { round: self.round + 1, step });
            }
            see(error);
        }
        self.round += 1;
        Ok(())
    }

    /// One step. The loss is the squared error relative to the network's energy, times the number of outputs: it does not depend on
    /// the unit of the activations.
    fn step(&mut self, Sample { input, target }: &Sample, step: Step) -> f64 {
        let weights: Vec<Array2<f32>> = self.matrices.iter().map(Soft::weights).collect();
        let (output, kept) = self.network.forward(&weights, input.view());
        let difference = output - target;
        let energy = self.network.energy(input.view(), target.view());
        let error = (squares(difference.view()) / energy).sqrt();
        let gradient = difference * factor(energy, target.ncols());
        let gradients = self.network.backward(&weights, input.view(), &kept, gradient);
        self.matrices.iter_mut().zip(&gradients).for_each(|(matrix, gradient)| matrix.step(gradient, step));
        error
    }

    /// Hardens what is left.
    pub fn finish(self) -> Vec<Quantised> {
        self.matrices.into_iter().map(Soft::finish).collect()
    }
}

/// What the difference of outputs is multiplied by in the gradient of the loss.
fn factor(energy: f64, outputs: usize) -> f32 {
    (2.0 * outputs as f64 / energy) as f32
}

/// The energies of samples that can be trained with: those whose factor is a normal float32. Another would make all gradients 0
/// or infinite.
pub fn energies(outputs: usize) -> RangeInclusive<f64> {
    let energy = |factor: f32| 2.0 * outputs as f64 / f64::from(factor);
    energy(f32::MAX)..=energy(f32::MIN_POSITIVE)
}

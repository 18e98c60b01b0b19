//! The golden model: the sums of all errors with random signs, times derivatives.

use super::params::Params;
use crate::crossbar::learning::golden::{Arriving, ErrorVector, Sample, delta, output_delta, sign, update};
use crate::golden::{GoldenModel, Model, Reference};
use hdl::Bits;

/// The signs of the feedback of all hidden layers: of each layer, of each neuron, one for each output.
///
/// They are consecutive bits of the sequence b(n) = b(n-31) ^ b(n-28), a 1 for -1, that the first state begins: b(-1) is its
/// lowest bit.
pub fn feedback(params: &Params) -> Vec<Vec<Vec<i64>>> {
    let mut sequence: Vec<bool> = (0..31).rev().map(|bit| params.first_state() >> bit & 1 == 1).collect();
    let mut next = || {
        let end = sequence.len();
        sequence.push(sequence[end - 31] ^ sequence[end - 28]);
        if sequence[end] { -1 } else { 1 }
    };
    let mut neuron = || (0..params.network.classes).map(|_| next()).collect();
    let mut layer = || (0..params.network.width).map(|_| neuron()).collect();
    (0..params.network.hidden_layers).map(|_| layer()).collect()
}

/// The deltas of all layers, the output layer last.
pub fn deltas(
    params: &Params,
    feedback: &[Vec<Vec<i64>>],
    derivatives: &[Vec<u64>],
    errors: &ErrorVector,
) -> Vec<Vec<i64>> {
    let network = &params.network;
    let neuron = |(signs, derivative): (&Vec<i64>, &u64)| {
        let sum = signs.iter().zip(&errors.values).map(|(sign, error)| sign * error).sum();
        delta(network, sum, *derivative, errors.shift)
    };
    let hidden = feedback
        .iter()
        .zip(derivatives)
        .map(|(signs, derivatives)| signs.iter().zip(derivatives).map(neuron).collect());
    let output = errors.values.iter().map(|error| output_delta(network, *error, errors.shift)).collect();
    hidden.chain([output]).collect()
}

/// The golden model of the block.
pub struct Golden {
    params: Params,
    feedback: Vec<Vec<Vec<i64>>>,
    arriving: Arriving,
}

/// What becomes of a sample.
pub struct Done {
    /// The sample.
    pub sample: Sample,
    /// Its errors.
    pub errors: ErrorVector,
    /// The deltas of all layers.
    pub deltas: Vec<Vec<i64>>,
}

impl Golden {
    /// After a reset.
    pub fn new(params: &Params) -> Golden {
        let (feedback, arriving) = (feedback(params), Arriving::new(params.network.clone()));
        Golden { params: params.clone(), feedback, arriving }
    }

    /// Takes a beat of a channel. Gives the sample that is complete with it.
    pub fn take(&mut self, channel: usize, beat: &[Bits]) -> Option<Done> {
        self.arriving.take(channel, beat);
        let (sample, errors) = self.arriving.pop()?;
        let deltas = deltas(&self.params, &self.feedback, &sample.derivatives, &errors);
        Some(Done { sample, errors, deltas })
    }
}

impl Model for Golden {
    fn accept(&mut self, channel: usize, beat: &[Bits], emit: &mut dyn FnMut(usize, &[Option<Bits>])) {
        let Some(Done { sample, errors, deltas }) = self.take(channel, beat) else { return };
        let columns: Vec<i8> = deltas.iter().flatten().map(|delta| sign(*delta, errors.floor)).collect();
        for phase in update(&sample.rows, &columns, sample.error || errors.error) {
            let fields: Vec<Option<Bits>> = phase.into_iter().map(Some).collect();
            emit(0, &fields);
        }
    }
}

impl Reference for Params {
    fn golden(&self) -> GoldenModel {
        GoldenModel::sequential(Golden::new(self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crossbar::learning::Network;

    #[test]
    fn with_any_seed_half_of_the_feedback_is_negative_and_neurons_differ() {
        for seed in [1, 2, 3, 8, 1 << 30, u32::MAX >> 1] {
            let network = Network { classes: 32, ..Network::default() };
            let params = Params { network, seed, ..Params::default() };
            let neurons: Vec<Vec<i64>> = feedback(&params).into_iter().flatten().collect();
            let sum: i64 = neurons.iter().flatten().sum();
            assert!(sum.abs() < 400, "{sum} of {} with seed {seed}", 2 * 64 * 32);
            let different: std::collections::BTreeSet<_> = neurons.iter().collect();
            assert_eq!(different.len(), neurons.len());
        }
    }

    #[test]
    fn an_output_keeps_its_error_and_a_neuron_beyond_its_derivative_learns_nothing() {
        let network = Network { hidden_layers: 1, width: 2, classes: 3, ..Network::default() };
        let params = Params { network, ..Params::default() };
        let signs = vec![vec![vec![1, -1, 1], vec![-1, 1, 1]]];
        let errors = ErrorVector { values: vec![100, -90, 7], ..ErrorVector::default() };
        let all = deltas(&params, &signs, &[vec![1, 0]], &errors);
        assert_eq!(all, [vec![127, 0], vec![100, -90, 7]]);
        let halved = ErrorVector { shift: 1, ..errors };
        assert_eq!(deltas(&params, &signs, &[vec![1, 1]], &halved), [vec![99, -92], vec![50, -45, 4]]);
    }
}

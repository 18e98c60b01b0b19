//! The golden model: the sums of all errors with random signs, times derivatives.

use super::params::{Feedback, Params};
use crate::common::lanes::apart;
use crate::crossbar::learning::golden::{
    Arrived, Arriving, ErrorVector, RandomBits, Sample, Updates, Vectors, delta, output_delta,
};
use crate::golden::{GoldenModel, Model, Reference};
use hdl::Bits;
use std::collections::VecDeque;

/// Of all hidden layers: of each layer, of each neuron, a value for each output.
type Values = Vec<Vec<Vec<i64>>>;

/// The feedback of `feedback=lfsr`: consecutive random bits, a 1 for -1.
pub fn feedback(params: &Params) -> Values {
    let mut random = RandomBits::new(params.seed);
    let mut neuron = || (0..params.network.classes).map(|_| if random.bit() { -1 } else { 1 }).collect();
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
    arriving: Arriving,
    loading: Vectors,
    /// Feedback that is loaded; none of a wrong length.
    loaded: VecDeque<Option<Values>>,
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

impl Done {
    /// What an update is made from.
    pub fn learnt(&self) -> (&Sample, &ErrorVector, &[Vec<i64>]) {
        (&self.sample, &self.errors, &self.deltas)
    }
}

impl Golden {
    /// After a reset.
    pub fn new(params: &Params) -> Golden {
        let network = &params.network;
        Golden {
            params: params.clone(),
            arriving: Arriving::new(network, params.error()),
            loading: Vectors::new(network.hidden_layers * network.width),
            loaded: match params.feedback {
                Feedback::Lfsr => [Some(feedback(params))].into(),
                Feedback::Stored => VecDeque::new(),
            },
        }
    }

    /// Takes a beat of a channel. Gives each sample that is complete with it to `done`; none for one of which something has a wrong
    /// length.
    pub fn take(&mut self, channel: usize, beat: &[Bits], mut done: impl FnMut(Option<Done>)) {
        match channel {
            0 | 1 => self.arriving.take(channel, beat),
            _ => {
                let loaded = self.loading.take(beat);
                self.loaded.extend(loaded.map(|beats| beats.map(|beats| values(&self.params, &beats))));
            }
        }
        while !self.loaded.is_empty() {
            let Some(Arrived { sample, errors, feedback_ends }) = self.arriving.pop() else { return };
            let all = sample.zip(errors).zip(self.loaded[0].as_ref());
            done(all.map(|((sample, errors), feedback)| {
                let deltas = deltas(&self.params, feedback, &sample.derivatives, &errors);
                Done { sample, errors, deltas }
            }));
            if feedback_ends {
                self.loaded.pop_front();
            }
        }
    }
}

/// The values of beats, one for each neuron.
fn values(params: &Params, beats: &[Vec<Bits>]) -> Values {
    let neuron = |beat: &Vec<Bits>| apart(params.feedback_bits, &beat[0]);
    beats.chunks(params.network.width as usize).map(|layer| layer.iter().map(neuron).collect()).collect()
}

/// The golden model with its updates.
struct Answering {
    golden: Golden,
    updates: Updates,
}

impl Model for Answering {
    fn accept(&mut self, channel: usize, beat: &[Bits], emit: &mut dyn FnMut(usize, &[Option<Bits>])) {
        let Answering { golden, updates } = self;
        golden.take(channel, beat, |done| {
            for beat in updates.beats(done.as_ref().map(Done::learnt)) {
                emit(0, &beat.into_iter().map(Some).collect::<Vec<_>>());
            }
        });
    }
}

impl Reference for Params {
    fn golden(&self) -> GoldenModel {
        GoldenModel::sequential(Answering { golden: Golden::new(self), updates: Updates::new(&self.network) })
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

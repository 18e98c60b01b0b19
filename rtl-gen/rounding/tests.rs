//! A small layer from beginning to end, against the formulas in NumPy.

use crate::network::{Network, Sample, dequantised, relative_error};
use crate::pattern::matrix;
use crate::scaling::scaled;
use crate::{Linear, NotFinite, Options, Training, energies};
use blocks::pacq::weights::{Quantised, Scheme};
use ndarray::Array2;

const SCHEME: Scheme = Scheme { k: 8, n: 3, weight_bits: 2, group_k: 4, group_n: 1 };
const OPTIONS: Options = Options { rounds: 2, steps: 3, learning_rate: 0.05, seed: 0 };

struct Layer {
    weights: [Array2<f32>; 1],
    nearest: [Quantised; 1],
    samples: Vec<Sample>,
}

impl Layer {
    fn new(scheme: Scheme, tokens: &[usize]) -> Layer {
        let weights = matrix(scheme.k, scheme.n, 1, 2.0);
        let nearest = Quantised::of(scheme, |row, column| weights[(row, column)].into()).unwrap();
        let weights = [weights];
        let sample = |(tokens, seed): (&usize, usize)| {
            let input = matrix(*tokens, scheme.k, seed, 2.0);
            Sample { target: Linear.forward(&weights, input.view()).0, input }
        };
        let samples = tokens.iter().zip(2..).map(sample).collect();
        Layer { weights, nearest: [nearest], samples }
    }

    fn training(&self, options: Options) -> Training<'_, Linear> {
        Training::new(&Linear, &self.samples, &self.weights, &self.nearest, options)
    }

    fn trained(&self, options: Options) -> Quantised {
        let mut training = self.training(options);
        for _ in 0..options.rounds {
            assert_eq!(training.round(|_| ()), Ok(()));
        }
        training.finish().remove(0)
    }

    fn error(&self, quantised: &Quantised) -> f64 {
        relative_error(&Linear, &[dequantised(quantised)], &self.samples)
    }
}

#[track_caller]
fn near(found: impl IntoIterator<Item = f64>, expected: &[f64]) {
    let found: Vec<f64> = found.into_iter().collect();
    assert_eq!(found.len(), expected.len());
    assert!(found.iter().zip(expected).all(|(found, expected)| (found - expected).abs() < 1e-5), "{found:?}");
}

#[test]
fn each_step_is_as_in_numpy() {
    let layer = Layer::new(SCHEME, &[6]);
    let mut training = layer.training(OPTIONS);
    let mut errors = vec![];
    for _ in 0..2 {
        assert_eq!(training.round(|error| errors.push(error)), Ok(()));
    }
    near(errors, &[0.113281, 0.093352, 0.079865, 0.237317, 0.212177, 0.190486]);
    let state = training.states().remove(0);
    let soft: Vec<usize> = (0..24).filter(|place| !state.logits[*place].is_nan()).collect();
    assert_eq!(soft, [6]);
    near([f64::from(state.logits[6])], &[-0.085593]);
    let factors = state.factors.iter().map(|factor| f64::from(*factor));
    near(factors, &[-0.11682, 0.071032, -0.035984, -0.135661, -0.003404, -0.038646]);
    let quantised = training.finish().remove(0);
    assert_eq!(quantised.codes, [0, 0, 3, 1, 1, 3, 1, 2, 0, 2, 3, 1, 0, 2, 0, 1, 3, 1, 2, 0, 2, 3, 0, 3]);
    assert_eq!(quantised.scales, [13250, 12955, 14515, 12779, 14539, 12848]);
    assert_eq!(quantised.zeros, layer.nearest[0].zeros);
    near([layer.error(&quantised), layer.error(&layer.nearest[0])], &[0.179609, 0.195088]);
}

/// Groups that end early, that are whole columns, and that several outputs share.
#[test]
fn trained_weights_are_nearer_than_nearest_ones() {
    for (weight_bits, group_k, group_n) in [(2, 16, 1), (3, 16, 4), (4, 40, 1), (2, 32, 4)] {
        let layer = Layer::new(Scheme { k: 40, n: 18, weight_bits, group_k, group_n }, &[24, 24, 7]);
        let options = Options { rounds: 5, steps: 30, learning_rate: 0.02, seed: 1 };
        let (trained, nearest) = (layer.error(&layer.trained(options)), layer.error(&layer.nearest[0]));
        assert!(trained < 0.9 * nearest, "{weight_bits} {group_k} {group_n}: {trained} {nearest}");
        let scaled = scaled(&Linear, &layer.samples, &layer.weights, &[layer.nearest[0].scheme]).unwrap();
        let scaled = relative_error(&Linear, &scaled, &layer.samples);
        // An exponent of 0 is rounding to nearest.
        assert!(scaled <= nearest * 1.000_001, "{scaled} {nearest}");
    }
}

#[test]
fn a_resumed_training_ends_in_the_same_weights() {
    let layer = Layer::new(SCHEME, &[6, 5, 4]);
    let options = Options { rounds: 4, ..OPTIONS };
    let mut first = layer.training(options);
    assert_eq!(first.round(|_| ()), Ok(()));
    assert_eq!(first.round(|_| ()), Ok(()));
    let states = (first.rounds_done(), first.states());
    let mut resumed = Training::resumed(&Linear, &layer.samples, &layer.nearest, options, states);
    while resumed.rounds_done() < options.rounds {
        assert_eq!(resumed.round(|_| ()), Ok(()));
    }
    let resumed = resumed.finish().remove(0);
    assert_eq!(resumed, layer.trained(options));
    assert_ne!(resumed, layer.trained(Options { seed: 1, ..options }));
}

#[test]
fn seeds_that_differ_anywhere_draw_other_samples() {
    let layer = Layer::new(SCHEME, &[6, 5, 4, 3]);
    let errors = |seed| {
        let mut errors = vec![];
        assert_eq!(
            layer.training(Options { seed, steps: 20, ..OPTIONS }).round(|error| errors.push(error)),
            Ok(())
        );
        errors
    };
    let first = errors(0);
    (0..64).for_each(|bit| assert_ne!(errors(1 << bit), first, "{bit}"));
}

/// At both ends of the energies the training moves.
#[test]
fn the_unit_of_activations_may_be_large_or_small() {
    for scale in [1e-18, 1e17] {
        let mut layer = Layer::new(SCHEME, &[6]);
        let Sample { input, target } = &mut layer.samples[0];
        *input *= scale;
        *target *= scale;
        let energy = Linear.energy(input.view(), target.view());
        assert!(energies(SCHEME.n).contains(&energy), "{energy}");
        let (trained, nearest) = (layer.error(&layer.trained(OPTIONS)), layer.error(&layer.nearest[0]));
        assert!(trained < nearest, "{scale}: {trained} {nearest}");
    }
}

#[test]
fn an_error_that_is_not_a_number_is_refused() {
    let mut layer = Layer::new(SCHEME, &[6]);
    layer.samples[0].input[(0, 0)] = f32::INFINITY;
    assert_eq!(layer.training(OPTIONS).round(|_| ()), Err(NotFinite { round: 1, step: 1 }));
}

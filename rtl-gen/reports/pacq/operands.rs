//! Random products.

use blocks::common::float_stimulus::{normal, truncated};
use blocks::pacq::weights::{Quantised, Scheme};
use parts::float::FloatFormat;

/// Activations and weights of a product.
pub struct Operands {
    pub m: usize,
    pub activations: Vec<u16>,
    pub weights: Quantised,
}

impl Operands {
    /// Normally distributed activations and weights, the weights quantised in groups of 128.
    pub fn random(m: usize, scheme: Scheme, seed: u64) -> Operands {
        let mut rng = fastrand::Rng::with_seed(seed);
        let mut draw = |count: usize| (0..count).map(|_| normal(&mut rng)).collect::<Vec<f64>>();
        let values = draw(scheme.k * scheme.n);
        let weights = Quantised::of(scheme, |row, column| 0.02 * values[row * scheme.n + column]);
        let weights = weights.expect("the weights are small");
        let activations = draw(m * scheme.k);
        let activations = activations.iter().map(|value| truncated(FloatFormat::FP16, *value as f32) as u16);
        Operands { m, activations: activations.collect(), weights }
    }
}

/// Groups of 128 inputs, with a scale for each output.
pub fn scheme(k: usize, n: usize, weight_bits: u32) -> Scheme {
    Scheme { k, n, weight_bits, group_k: 128.min(k), group_n: 1 }
}

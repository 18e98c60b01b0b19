//! What is reconstructed.

use blocks::pacq::weights::Quantised;
use ndarray::{Array2, ArrayView2};

/// A function of weight matrices, whose output error is minimised. Matrices have a row for each input and a column for each output,
/// activations a row for each token.
pub trait Network: Sync {
    /// What the backward pass needs of the forward pass.
    type Kept;

    /// The outputs of tokens.
    fn forward(&self, weights: &[Array2<f32>], input: ArrayView2<f32>) -> (Array2<f32>, Self::Kept);

    /// The gradient of each matrix, from that of the outputs.
    fn backward(
        &self,
        weights: &[Array2<f32>],
        input: ArrayView2<f32>,
        kept: &Self::Kept,
        gradient: Array2<f32>,
    ) -> Vec<Array2<f32>>;

    /// The part of the outputs that errors are measured against, as a sum of squares: what a network adds to its input, if it adds.
    fn energy(&self, input: ArrayView2<f32>, output: ArrayView2<f32>) -> f64;

    /// The matrices that read the same activations, and these.
    fn readers<'k>(&self, input: ArrayView2<'k, f32>, kept: &'k Self::Kept) -> Vec<Readers<'k>>;
}

/// Matrices that read the same activations.
pub struct Readers<'k> {
    /// Their indices.
    pub matrices: Vec<usize>,
    /// What they read.
    pub input: ArrayView2<'k, f32>,
    /// Whether the operation before them can scale their inputs, exactly and at no cost.
    pub is_scalable: bool,
}

/// Tokens that a network takes at once, and the outputs to be reached.
pub struct Sample {
    /// The activations.
    pub input: Array2<f32>,
    /// The outputs with the original weights.
    pub target: Array2<f32>,
}

/// The error of a network's outputs: the root of the sum of squares, relative to that of [`Network::energy`].
pub fn relative_error<N: Network>(network: &N, weights: &[Array2<f32>], samples: &[Sample]) -> f64 {
    let (mut error, mut energy) = (0.0, 0.0);
    for Sample { input, target } in samples {
        let (output, _) = network.forward(weights, input.view());
        error += squares((&output - target).view());
        energy += network.energy(input.view(), target.view());
    }
    (error / energy).sqrt()
}

/// A sum of squares.
pub fn squares(values: ArrayView2<f32>) -> f64 {
    values.iter().map(|value| f64::from(*value).powi(2)).sum()
}

/// The weights that codes stand for.
pub fn dequantised(quantised: &Quantised) -> Array2<f32> {
    let scheme = quantised.scheme;
    // A code times an FP16 scale has 15 bits.
    Array2::from_shape_fn((scheme.k, scheme.n), |(row, column)| quantised.weight(row, column) as f32)
}

//! A linear layer.

use crate::network::{Network, Readers, squares};
use crate::product::product;
use ndarray::{Array2, ArrayView2};

/// A linear layer: one matrix.
pub struct Linear;

impl Network for Linear {
    type Kept = ();

    fn forward(&self, weights: &[Array2<f32>], input: ArrayView2<f32>) -> (Array2<f32>, ()) {
        (product(input, weights[0].view()), ())
    }

    fn backward(
        &self,
        _weights: &[Array2<f32>],
        input: ArrayView2<f32>,
        _kept: &(),
        gradient: Array2<f32>,
    ) -> Vec<Array2<f32>> {
        vec![product(input.t(), gradient.view())]
    }

    fn energy(&self, _input: ArrayView2<f32>, output: ArrayView2<f32>) -> f64 {
        squares(output)
    }

    fn readers<'k>(&self, input: ArrayView2<'k, f32>, _kept: &'k ()) -> Vec<Readers<'k>> {
        vec![Readers { matrices: vec![0], input, is_scalable: true }]
    }
}

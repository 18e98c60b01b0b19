//! A small block against the formulas in NumPy and against quotients of differences.

use super::{Decoder, Shape};
use crate::network::{Network, squares};
use crate::pattern::{matrix, values};
use ndarray::{Array2, s};

const SHAPE: Shape =
    Shape { width: 8, heads: 4, key_heads: 2, d_head: 4, hidden: 12, epsilon: 1e-5, rotary_base: 10_000.0 };
const TOKENS: usize = 5;

fn small() -> (Decoder, Vec<Array2<f32>>, Array2<f32>) {
    let gains = [8, 9].map(|seed| values(SHAPE.width, seed, 0.5).map(|value| 1.0 + value).collect());
    let weights = SHAPE.sizes().into_iter().zip(1..);
    let weights = weights.map(|((k, n), seed)| matrix(k, n, seed, 1.0)).collect();
    (Decoder::new(SHAPE, gains), weights, matrix(TOKENS, SHAPE.width, 10, 2.0))
}

#[test]
fn the_outputs_are_those_of_numpy() {
    let (block, weights, input) = small();
    let (output, _) = block.forward(&weights, input.view());
    let expected = [0.44433, 1.187632, -1.006882, 1.080619, -0.540146, -0.753934, -0.20925, -0.817222];
    for (found, expected) in output.row(TOKENS - 1).iter().zip(expected) {
        assert!((found - expected).abs() < 5e-6, "{found} {expected}");
    }
}

/// The loss is half the sum of squares of the outputs, whose gradient is the outputs.
#[test]
fn gradients_are_quotients_of_differences() {
    const STEP: f32 = 4e-3;
    let (block, weights, input) = small();
    let (output, kept) = block.forward(&weights, input.view());
    let gradients = block.backward(&weights, input.view(), &kept, output);
    let loss = |weights: &[Array2<f32>]| squares(block.forward(weights, input.view()).0.view()) / 2.0;
    for (place, gradient) in gradients.iter().enumerate() {
        let (k, n) = SHAPE.sizes()[place];
        for seed in 20..24 {
            let direction = matrix(k, n, seed, 2.0);
            let moved = |by: f32| {
                let mut weights = weights.clone();
                weights[place].scaled_add(by, &direction);
                loss(&weights)
            };
            let quotient = (moved(STEP) - moved(-STEP)) / f64::from(2.0 * STEP);
            let expected = f64::from((gradient * &direction).sum());
            let scale = f64::from((gradient * gradient).sum() * (&direction * &direction).sum()).sqrt();
            assert!((quotient - expected).abs() < 2e-3 * scale, "{place} {seed}: {quotient} {expected}");
        }
    }
}

#[test]
fn no_token_sees_a_later_one() {
    let (block, weights, mut input) = small();
    let before = block.forward(&weights, input.view()).0;
    input.row_mut(TOKENS - 1).fill(3.0);
    let after = block.forward(&weights, input.view()).0;
    let others = |output: &Array2<f32>| output.slice(s![..TOKENS - 1, ..]).to_owned();
    assert_eq!(others(&before), others(&after));
    assert_ne!(before, after);
}

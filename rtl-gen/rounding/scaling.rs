//! Activation-aware scaling, as in AWQ (arXiv 2306.00978): inputs whose activations are large get more of the codes. It is what
//! results are compared with.

use crate::network::{Network, Readers, Sample, dequantised, squares};
use crate::product::product;
use blocks::pacq::weights::{QuantiseError, Quantised, Scheme};
use ndarray::{Array1, Array2, ArrayView1, Axis, concatenate};
use rayon::prelude::*;

/// The exponents that are tried: multiples of 1/20, as in AWQ.
const EXPONENTS: u32 = 20;

/// The least scale of an input.
const LEAST: f32 = 1e-4;

/// The greatest number of tokens that a scale is chosen by.
const TOKENS: usize = 512;

/// The weights that scaled codes stand for, with the scales folded into the operations before: for each input the power of its mean
/// magnitude that makes the output error of the matrices that read it least.
pub fn scaled<N: Network>(
    network: &N,
    samples: &[Sample],
    weights: &[Array2<f32>],
    schemes: &[Scheme],
) -> Result<Vec<Array2<f32>>, QuantiseError> {
    let kept: Vec<(&Sample, N::Kept)> =
        few(samples).iter().map(|sample| (sample, network.forward(weights, sample.input.view()).1)).collect();
    let readers: Vec<Vec<Readers>> =
        kept.iter().map(|(sample, kept)| network.readers(sample.input.view(), kept)).collect();
    let mut result = weights.to_vec();
    for (place, first) in readers[0].iter().enumerate() {
        let inputs: Vec<_> = readers.iter().map(|of_sample| of_sample[place].input).collect();
        let input = concatenate(Axis(0), &inputs).expect("samples have tokens of one width");
        let exponents = if first.is_scalable { 0..EXPONENTS } else { 0..1 };
        let tried: Result<Vec<_>, QuantiseError> = exponents
            .into_par_iter()
            .map(|exponent| of_exponent(&input, &first.matrices, weights, schemes, exponent))
            .collect();
        let best = tried?.into_iter().min_by(|a, b| a.0.total_cmp(&b.0)).expect("one is tried at least").1;
        for (matrix, weights) in first.matrices.iter().zip(best) {
            result[*matrix] = weights;
        }
    }
    Ok(result)
}

/// Samples of enough tokens.
fn few(samples: &[Sample]) -> &[Sample] {
    let tokens = samples.iter().scan(0, |tokens, sample| {
        let before = *tokens;
        *tokens += sample.input.nrows();
        Some(before)
    });
    &samples[..tokens.take_while(|before| *before < TOKENS).count()]
}

/// The output error with one exponent, and the weights.
fn of_exponent(
    input: &Array2<f32>,
    matrices: &[usize],
    weights: &[Array2<f32>],
    schemes: &[Scheme],
    exponent: u32,
) -> Result<(f64, Vec<Array2<f32>>), QuantiseError> {
    let scales = scales(input, exponent);
    let mut error = 0.0;
    let mut result = vec![];
    for matrix in matrices {
        let weights = &weights[*matrix];
        let scaled = quantised_scaled(weights, schemes[*matrix], scales.view())?;
        error += squares(product(input.view(), (weights - &scaled).view()).view());
        result.push(scaled);
    }
    Ok((error, result))
}

fn scales(input: &Array2<f32>, exponent: u32) -> Array1<f32> {
    let power = exponent as f32 / EXPONENTS as f32;
    let magnitudes = input.mapv(f32::abs).mean_axis(Axis(0)).expect("there is a token");
    let scales = magnitudes.mapv(|magnitude| magnitude.powf(power).max(LEAST));
    let (least, most) =
        scales.iter().fold((f32::MAX, 0.0_f32), |(least, most), scale| (least.min(*scale), most.max(*scale)));
    scales / (least * most).sqrt()
}

fn quantised_scaled(
    weights: &Array2<f32>,
    scheme: Scheme,
    scales: ArrayView1<f32>,
) -> Result<Array2<f32>, QuantiseError> {
    let quantised = Quantised::of(scheme, |row, column| f64::from(weights[(row, column)] * scales[row]))?;
    Ok(dequantised(&quantised) / scales.insert_axis(Axis(1)))
}

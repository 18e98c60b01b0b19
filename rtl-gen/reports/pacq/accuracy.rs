//! Errors of datapaths: their golden models against exact sums.

use super::operands::{Operands, scheme};
use blocks::pacq::fp16_tile::{self, model as fp16};
use blocks::pacq::pacq_gemm::{Params, Product, Sizes};
use blocks::pacq::pacq_group_scale::Format;
use blocks::pacq::pacq_mul::Product as Multiplication;
use blocks::pacq::pacq_tile;
use blocks::pacq::pacq_tile::decoded::{Column, Row};
use blocks::pacq::sum::Accumulate;
use blocks::pacq::tile::golden::{Scale, groups};
use blocks::pacq::weights::fp16_to_f64;
use rayon::prelude::*;
use serde::Serialize;

/// The error of a datapath.
#[derive(Clone, Debug, Serialize)]
pub struct Accuracy {
    /// The name of the datapath.
    pub datapath: String,
    /// Root mean square error, relative to that of the results.
    pub error: f64,
    /// The figure derived from the paper's description.
    pub published: Option<f64>,
}

/// Number of products in a sum.
const K: usize = 4096;
const ROWS: usize = 16;
const COLUMNS: usize = 64;

/// The datapaths, sorted by error, the worst first.
pub fn all(seed: u64) -> Vec<Accuracy> {
    use Accumulate::{Exact, Fp16, Fp32};
    let operands = Operands::random(ROWS, scheme(K, COLUMNS, 4), seed);
    let pacq = [
        ("biased FP16 products, FP16 sums, bias removed per group", Multiplication::Biased, Fp16, Some(0.46)),
        (
            "biased FP16 products, FP32 sums, bias removed per group",
            Multiplication::Biased,
            Fp32,
            Some(0.081),
        ),
        ("rounded FP16 products, FP16 sums", Multiplication::Rounded, Fp16, None),
        ("rounded FP16 products, FP32 sums", Multiplication::Rounded, Fp32, None),
        ("exact products, FP32 sums", Multiplication::Exact, Fp32, Some(0.000_04)),
        ("exact products, exact sums", Multiplication::Exact, Exact, None),
    ];
    let plain = [
        ("dequantised FP16 weights, FP16 products, FP16 sums", Format::Fp16, 0.005),
        ("dequantised FP16 weights, FP16 products, FP32 sums", Format::Fp32, 0.000_16),
    ];
    let plain = plain.map(|(datapath, accumulate, published)| {
        let params = fp16_tile::Params { accumulate, ..fp16_tile::Params::default() };
        let error = error(&operands, &|row, column| plain_results(&operands, &params, row, column));
        Accuracy { datapath: datapath.into(), error, published: Some(published) }
    });
    let pacq = pacq.map(|(datapath, product, accumulate, published)| {
        let params = Params { tile: pacq_tile::Params { product, accumulate, ..Default::default() } };
        let matrices = Product::new(&params, ROWS, &operands.activations, &operands.weights);
        let float = |bits: u32| f64::from(f32::from_bits(bits));
        let rows: Vec<Row> = (0..ROWS).map(|row| matrices.row(row)).collect();
        let columns: Vec<Column> = (0..matrices.columns()).map(|column| matrices.column(column)).collect();
        let results = |row: usize, column: usize| matrices.results(&rows[row], &columns[column]);
        let error = error(&operands, &|row, column| results(row, column).into_iter().map(float).collect());
        Accuracy { datapath: datapath.into(), error, published }
    });
    let mut all: Vec<Accuracy> = plain.into_iter().chain(pacq).collect();
    all.sort_by(|a, b| b.error.total_cmp(&a.error));
    all
}

/// The lanes of a row and a column of words on the plain engine.
fn plain_results(operands: &Operands, params: &fp16_tile::Params, row: usize, column: usize) -> Vec<f64> {
    let value = |bits: u32| match params.accumulate {
        Format::Fp16 => fp16_to_f64(bits as u16),
        Format::Fp32 => f64::from(f32::from_bits(bits)),
    };
    plain_bits(operands, params, row, column).into_iter().map(value).collect()
}

/// The same, in the format of sums.
pub fn plain_bits(operands: &Operands, params: &fp16_tile::Params, row: usize, column: usize) -> Vec<u32> {
    let weights = &operands.weights;
    let (scheme, lanes) = (weights.scheme, weights.scheme.lanes());
    let words: Vec<u16> = (0..scheme.k).map(|place| weights.word(place, column)).collect();
    let ends = Sizes { m: 1, n: 1, k: scheme.k as u32, group: scheme.group_k as u32 }.group_ends();
    let scale = |group: usize| {
        let first = group * scheme.group_columns() + column * lanes;
        Scale {
            scales: weights.scales[first..first + lanes].to_vec(),
            zeros: weights.zeros[first..first + lanes].iter().map(|zero| (*zero).into()).collect(),
        }
    };
    let scales: Vec<Scale> = (0..ends.len()).map(scale).collect();
    let activations = &operands.activations[row * scheme.k..(row + 1) * scheme.k];
    fp16::product(params, &groups(activations, &words, &ends, |group| &scales[group]))
}

/// For the lanes of each row and column of words.
fn error(operands: &Operands, results: &(dyn Fn(usize, usize) -> Vec<f64> + Sync)) -> f64 {
    let weights = &operands.weights;
    let lanes = weights.scheme.lanes();
    let squares = (0..COLUMNS / lanes).into_par_iter().map(|column| {
        let (mut of_errors, mut of_results) = (0.0, 0.0);
        for row in 0..ROWS {
            for (lane, found) in results(row, column).into_iter().enumerate() {
                let term = |place: usize| {
                    fp16_to_f64(operands.activations[row * K + place])
                        * weights.weight(place, column * lanes + lane)
                };
                // Terms have 26 bits, so a double-precision sum is as good as exact here.
                let exact: f64 = (0..K).map(term).sum();
                of_errors += (found - exact).powi(2);
                of_results += exact.powi(2);
            }
        }
        (of_errors, of_results)
    });
    let (of_errors, of_results) = squares.reduce(|| (0.0, 0.0), |a, b| (a.0 + b.0, a.1 + b.1));
    (of_errors / of_results).sqrt()
}

//! How small weights become in each format, with everything counted: on weights of known distributions, and on a user's own.

use super::published;
use crate::ReportError;
use blocks::meadow::packing::{Choice, Dictionaries, IdOrder, Options, Rows, Shape, entropy, pack};
use serde::Serialize;
use testbenches::Progress;

/// Matrices of int8 weights.
pub struct Sample {
    /// What they are.
    pub name: String,
    /// Each with a row for each output.
    pub matrices: Vec<Matrix>,
}

/// A matrix.
pub struct Matrix {
    /// Outputs.
    pub rows: usize,
    /// Inputs.
    pub columns: usize,
    /// Row by row.
    pub weights: Vec<u8>,
}

/// The sizes of a sample.
#[derive(Clone, Debug, Serialize)]
pub struct Sizes {
    /// What was packed.
    pub name: String,
    /// Number of weights.
    pub weights: usize,
    /// Different pairs of weights, the most of any matrix.
    pub unique_pairs: usize,
    /// Bytes of weights, divided by bytes of containers, in the order of [`FORMATS`].
    pub ratios: Vec<f64>,
    /// The same by the order-0 entropy of each matrix; none if the weights of each are equal.
    pub entropy: Option<f64>,
}

/// A format, by name.
pub type Format = (&'static str, Choice, u32, Dictionaries);

const PAIRS: Dictionaries =
    Dictionaries { chunk: 2, packet_bits: 256, order: IdOrder::Value, is_fixed: false };

/// The paper's three variants, and ours. Classes are of outputs.
pub const FORMATS: [Format; 6] = [
    ("fixed width", Choice::Meadow, 1, Dictionaries { is_fixed: true, ..PAIRS }),
    ("packets", Choice::Meadow, 1, PAIRS),
    ("by frequency", Choice::Meadow, 1, Dictionaries { order: IdOrder::Frequency, ..PAIRS }),
    ("Huffman", Choice::Huffman, 1, PAIRS),
    ("4 classes", Choice::Huffman, 4, PAIRS),
    ("best", Choice::Best, 4, PAIRS),
];

/// Lanes of Huffman codes.
const LANES: u32 = 16;

/// Inputs and outputs of the matrix whose ratios are published: the first one of OPT-125M's feed-forward network.
const SHAPE: [usize; 2] = [768, 3072];

/// Steps of the search for a scale.
const STEPS: u32 = 14;

/// Weights of the published shape, and with about as many unique pairs.
pub fn synthetic(seed: u64) -> Vec<Sample> {
    let mut random = Random(fastrand::Rng::with_seed(seed));
    let one = |name: &str, weights: Vec<f64>| {
        let [columns, rows] = SHAPE;
        let matrix = Matrix { rows, columns, weights: rounded(&weights, scale(&weights)) };
        Sample { name: name.to_string(), matrices: vec![matrix] }
    };
    let count = SHAPE[0] * SHAPE[1];
    let normal: Vec<f64> = (0..count).map(|_| random.normal()).collect();
    let laplace: Vec<f64> = (0..count).map(|_| random.laplace()).collect();
    let mut by_output = |spread: f64| -> Vec<f64> {
        let mut weights = vec![];
        for _ in 0..SHAPE[1] {
            let of_output = (spread * random.normal()).exp();
            weights.extend((0..SHAPE[0]).map(|_| of_output * random.normal()));
        }
        weights
    };
    let (half, more) = (by_output(0.5), by_output(0.7));
    vec![
        one("normal", normal),
        one("Laplace", laplace),
        one("normal, scales of outputs log-normal with 0.5", half),
        one("normal, scales of outputs log-normal with 0.7", more),
    ]
}

/// Weights times a scale, as bytes.
fn rounded(weights: &[f64], scale: f64) -> Vec<u8> {
    weights.iter().map(|weight| (scale * weight).round().clamp(-127.0, 127.0) as i8 as u8).collect()
}

/// The scale with which weights have about as many unique pairs as the published matrix.
fn scale(weights: &[f64]) -> f64 {
    let (mut low, mut high) = (0.2_f64, 20.0_f64);
    for _ in 0..STEPS {
        let middle = (low * high).sqrt();
        match unique_pairs(&rounded(weights, middle)) > published::UNIQUE_PAIRS {
            true => high = middle,
            false => low = middle,
        }
    }
    low
}

/// Numbers of a distribution.
struct Random(fastrand::Rng);

impl Random {
    /// Of mean 0 and deviation 1, by the method of Box and Muller.
    fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.0.f64()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.0.f64()).cos()
    }

    /// Of mean 0 and scale 1.
    fn laplace(&mut self) -> f64 {
        let uniform = 1.0 - self.0.f64();
        if self.0.bool() { uniform.ln() } else { -uniform.ln() }
    }
}

/// Packs a sample in each format.
pub fn sizes(sample: &Sample, progress: &dyn Progress) -> Result<Sizes, ReportError> {
    progress.start(&format!("formats of {}", sample.name), FORMATS.len() as u64);
    let wrong = |what: String| ReportError::Wrong(format!("{}: {what}", sample.name));
    let weights: usize = sample.matrices.iter().map(|matrix| matrix.weights.len()).sum();
    let ratio = |(_, choice, classes, dictionaries): Format| {
        let options = Options { choice, lanes: LANES, classes, dictionaries };
        let bytes = |matrix: &Matrix| -> Result<usize, ReportError> {
            if progress.is_cancelled() {
                return Err(ReportError::Cancelled);
            }
            let shape = Shape::of(matrix.rows, matrix.columns, Rows::Outputs);
            let shape = shape.map_err(|error| wrong(error.to_string()))?;
            let packed = pack(&matrix.weights, shape, &options).map_err(|error| wrong(error.to_string()))?;
            // A format is not used where it is larger than plain bytes; here it counts as it is.
            Ok(packed.refused.unwrap_or(packed.bytes.len()))
        };
        let bytes: usize = sample.matrices.iter().map(bytes).sum::<Result<usize, ReportError>>()?;
        progress.advance(1);
        Ok(weights as f64 / bytes as f64)
    };
    let ratios = FORMATS.map(ratio).into_iter().collect::<Result<Vec<f64>, ReportError>>()?;
    let bits: f64 = sample.matrices.iter().map(|matrix| entropy(&matrix.weights)).sum();
    let unique = sample.matrices.iter().map(|matrix| unique_pairs(&matrix.weights));
    let unique_pairs = unique.max().unwrap_or_default();
    Ok(Sizes {
        name: sample.name.clone(),
        weights,
        unique_pairs,
        ratios,
        entropy: (bits > 0.0).then(|| 8.0 * weights as f64 / bits),
    })
}

fn unique_pairs(weights: &[u8]) -> usize {
    let mut is_there = vec![false; 1 << 16];
    for pair in weights.chunks(2) {
        is_there[pair.iter().fold(0, |number, byte| number << 8 | usize::from(*byte))] = true;
    }
    is_there.iter().filter(|there| **there).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_weights_have_no_entropy() {
        let matrix = Matrix { rows: 64, columns: 64, weights: vec![3; 4096] };
        let found = sizes(&Sample { name: "equal".into(), matrices: vec![matrix] }, &());
        let Sizes { unique_pairs, entropy, ratios, .. } = found.unwrap_or_else(|error| panic!("{error}"));
        assert_eq!((unique_pairs, entropy), (1, None));
        assert!(ratios.iter().all(|ratio| *ratio > 4.0), "{ratios:?}");
    }

    /// The figures of the paper's formats and of Huffman codes on such weights, which another program computed.
    #[test]
    fn synthetic_weights_become_as_small_as_another_program_says() {
        let expected = [
            ([1.45, 1.37, 1.66, 1.86], 1.88),
            ([1.45, 1.37, 1.80, 2.25], 2.27),
            ([1.45, 1.38, 2.30, 2.57], 2.62),
            ([1.45, 1.40, 2.77, 3.15], 3.22),
        ];
        for (sample, (ratios, entropy)) in synthetic(1).iter().zip(expected) {
            let found = sizes(sample, &()).unwrap_or_else(|error| panic!("{}: {error}", sample.name));
            println!("{found:?}");
            assert!(found.unique_pairs.abs_diff(published::UNIQUE_PAIRS) < 10, "{found:?}");
            for (ratio, expected) in found.ratios.iter().zip(ratios) {
                assert!((ratio / expected - 1.0).abs() < 0.04, "{expected}: {found:?}");
            }
            let of_entropy = found.entropy.expect("the weights differ");
            assert!((of_entropy / entropy - 1.0).abs() < 0.04, "{entropy}: {found:?}");
        }
    }
}

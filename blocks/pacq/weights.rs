//! Quantised weight matrices: codes of 2 or 4 bits in words, with a scale and a zero point for each group.

use crate::common::exact::Exact;
use parts::float::{FloatClass, FloatFormat};
use std::fmt;

const FP16: FloatFormat = FloatFormat::FP16;

/// How a matrix of `k` rows and `n` columns is quantised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scheme {
    /// Rows: activations of a product.
    pub k: usize,
    /// Columns: results of a product.
    pub n: usize,
    /// Bits of a code.
    pub weight_bits: u32,
    /// Rows of a group.
    pub group_k: usize,
    /// Columns of a group.
    pub group_n: usize,
}

impl Scheme {
    /// Groups above each other.
    pub fn groups(&self) -> usize {
        self.k.div_ceil(self.group_k)
    }

    /// Groups side by side.
    pub fn group_columns(&self) -> usize {
        self.n.div_ceil(self.group_n)
    }

    /// Weights in a word.
    pub fn lanes(&self) -> usize {
        16 / self.weight_bits as usize
    }

    /// Words side by side.
    pub fn words(&self) -> usize {
        self.n.div_ceil(self.lanes())
    }

    /// Greatest code.
    pub fn greatest(&self) -> u16 {
        (1 << self.weight_bits) - 1
    }

    /// The group of a row and a column, among all in rows.
    pub fn group_of(&self, row: usize, column: usize) -> usize {
        row / self.group_k * self.group_columns() + column / self.group_n
    }
}

/// A quantised matrix: a weight is (code - zero) x scale.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quantised {
    /// The scheme.
    pub scheme: Scheme,
    /// Row by row.
    pub codes: Vec<u8>,
    /// FP16, of groups in rows.
    pub scales: Vec<u16>,
    /// As codes, in the same order.
    pub zeros: Vec<u8>,
}

/// Why a matrix cannot be quantised.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum QuantiseError {
    /// A weight is infinite or not a number.
    Weight {
        /// Its input.
        row: usize,
        /// Its output.
        column: usize,
        /// What it is.
        value: f64,
    },
    /// The weights of a group span more than FP16 scales can.
    Span {
        /// The group's first input.
        row: usize,
        /// The group's first output.
        column: usize,
        /// The distance from the least to the greatest.
        span: f64,
    },
}

impl fmt::Display for QuantiseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            QuantiseError::Weight { row, column, value } => {
                write!(f, "the weight of input {row} and output {column} is {value}: it must be finite")
            }
            QuantiseError::Span { row, column, span } => write!(
                f,
                "the weights of the group that begins at input {row} and output {column} span {span}, which is too \
                 large for an FP16 scale"
            ),
        }
    }
}

impl std::error::Error for QuantiseError {}

/// The largest error of a quantised matrix, and where it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WorstError {
    /// In units of the scale of the weight's group.
    pub steps: f64,
    /// The weight's input.
    pub row: usize,
    /// The weight's output.
    pub column: usize,
}

/// The least span of a group.
const LEAST_SPAN: f64 = 1e-5;

impl Quantised {
    /// Quantises a matrix given by `weight(row, column)`: s = (max - min) / (2^bits - 1), rounded to FP16, z =
    /// -round(min / s), q = round(w / s) + z, to nearest even and within the codes (TesseraQ, arXiv 2410.19103). The
    /// range of a group includes 0, as in GPTQ (arXiv 2210.17323): otherwise no code would be its zero point if all
    /// weights had one sign.
    pub fn of(scheme: Scheme, weight: impl Fn(usize, usize) -> f64) -> Result<Quantised, QuantiseError> {
        let mut quantised =
            Quantised { scheme, codes: vec![0; scheme.k * scheme.n], scales: vec![], zeros: vec![] };
        for row in (0..scheme.k).step_by(scheme.group_k) {
            for column in (0..scheme.n).step_by(scheme.group_n) {
                quantised.group(row, column, &weight)?;
            }
        }
        Ok(quantised)
    }

    fn group(
        &mut self,
        first_row: usize,
        first_column: usize,
        weight: &impl Fn(usize, usize) -> f64,
    ) -> Result<(), QuantiseError> {
        let scheme = self.scheme;
        let rows = first_row..(first_row + scheme.group_k).min(scheme.k);
        let columns = first_column..(first_column + scheme.group_n).min(scheme.n);
        let places: Vec<(usize, usize)> =
            rows.flat_map(|row| columns.clone().map(move |column| (row, column))).collect();
        let (mut least, mut most) = (0.0_f64, 0.0_f64);
        for &(row, column) in &places {
            let value = weight(row, column);
            if !value.is_finite() {
                return Err(QuantiseError::Weight { row, column, value });
            }
            (least, most) = (least.min(value), most.max(value));
        }
        let greatest = f64::from(scheme.greatest());
        let span = (most - least).max(LEAST_SPAN);
        let scale = Exact::from(span / greatest).round(FP16);
        if FP16.classify(scale) == FloatClass::Infinite {
            return Err(QuantiseError::Span { row: first_row, column: first_column, span });
        }
        let step = fp16_to_f64(scale as u16);
        let zero = (-(least / step).round_ties_even()).clamp(0.0, greatest);
        for (row, column) in places {
            let code = ((weight(row, column) / step).round_ties_even() + zero).clamp(0.0, greatest);
            self.codes[row * scheme.n + column] = code as u8;
        }
        self.scales.push(scale as u16);
        self.zeros.push(zero as u8);
        Ok(())
    }

    /// A weight, exactly.
    pub fn weight(&self, row: usize, column: usize) -> f64 {
        let group = self.scheme.group_of(row, column);
        let steps = f64::from(self.codes[row * self.scheme.n + column]) - f64::from(self.zeros[group]);
        steps * fp16_to_f64(self.scales[group])
    }

    /// The weight with the largest error against a matrix given by `weight(row, column)`.
    pub fn worst_error(&self, weight: impl Fn(usize, usize) -> f64) -> WorstError {
        let mut worst = WorstError { steps: 0.0, row: 0, column: 0 };
        for row in 0..self.scheme.k {
            for column in 0..self.scheme.n {
                let step = fp16_to_f64(self.scales[self.scheme.group_of(row, column)]).abs();
                let steps = (self.weight(row, column) - weight(row, column)).abs() / step;
                if steps > worst.steps {
                    worst = WorstError { steps, row, column };
                }
            }
        }
        worst
    }

    /// The words of a row.
    pub fn words(&self, row: usize) -> Vec<u16> {
        (0..self.scheme.words()).map(|column| self.word(row, column)).collect()
    }

    /// A word of a row: lane 0 in the lowest bits. Lanes beyond the last column have code 0.
    pub fn word(&self, row: usize, column: usize) -> u16 {
        let Scheme { n, weight_bits, .. } = self.scheme;
        let first = column * self.scheme.lanes();
        let lanes = &self.codes[row * n + first..row * n + (first + self.scheme.lanes()).min(n)];
        lanes.iter().rev().fold(0, |word, code| word << weight_bits | u16::from(*code))
    }

    /// The matrix of words of rows, one after the other, with their scales and zero points.
    pub fn of_words(scheme: Scheme, words: &[u16], scales: Vec<u16>, zeros: Vec<u8>) -> Quantised {
        let code = |(row, column): (usize, usize)| {
            let word = words[row * scheme.words() + column / scheme.lanes()];
            (word >> (column % scheme.lanes() * scheme.weight_bits as usize)) as u8 & scheme.greatest() as u8
        };
        let places = (0..scheme.k).flat_map(|row| (0..scheme.n).map(move |column| (row, column)));
        Quantised { scheme, codes: places.map(code).collect(), scales, zeros }
    }
}

/// The value of a finite FP16 number.
pub fn fp16_to_f64(encoding: u16) -> f64 {
    let value = f64::from(FP16.significand(encoding.into()));
    let exponent = FP16.effective_exponent(encoding.into()) as i32 - FP16.bias() - FP16.fraction_bits as i32;
    let magnitude = value * f64::from(exponent).exp2();
    if FP16.sign(encoding.into()) { -magnitude } else { magnitude }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::common::float_stimulus::normal;

    const SCHEME: Scheme = Scheme { k: 37, n: 11, weight_bits: 4, group_k: 16, group_n: 4 };

    fn random() -> Quantised {
        let mut rng = fastrand::Rng::with_seed(1);
        let weights: Vec<f64> = (0..SCHEME.k * SCHEME.n).map(|_| normal(&mut rng)).collect();
        Quantised::of(SCHEME, |row, column| weights[row * SCHEME.n + column]).unwrap()
    }

    #[test]
    fn words_hold_all_codes() {
        let quantised = random();
        let words: Vec<u16> = (0..SCHEME.k).flat_map(|row| quantised.words(row)).collect();
        let Quantised { scales, zeros, .. } = quantised.clone();
        assert_eq!(Quantised::of_words(SCHEME, &words, scales, zeros), quantised);
    }

    #[test]
    fn a_quantised_weight_is_half_a_step_away_at_most() {
        let mut rng = fastrand::Rng::with_seed(2);
        let weights: Vec<f64> = (0..SCHEME.k * SCHEME.n).map(|_| normal(&mut rng)).collect();
        let weight = |row: usize, column: usize| weights[row * SCHEME.n + column];
        let worst = Quantised::of(SCHEME, weight).unwrap().worst_error(weight);
        // The rounding of the scale moves the ends of the range by 15 x 2^-11 steps at most.
        assert!((0.3..0.51).contains(&worst.steps), "{worst:?}");
    }

    #[test]
    fn weights_of_one_sign_are_kept() {
        for (base, spread) in [(0.5, 0.0), (-0.5, 0.0), (2.0, 0.25), (-2.0, 0.25), (1e-3, 0.0), (0.0, 0.0)] {
            for weight_bits in [2, 4] {
                let scheme = Scheme { k: 16, n: 1, weight_bits, group_k: 16, group_n: 1 };
                let weight = |row: usize, _| base + spread * (row % 3) as f64;
                let quantised = Quantised::of(scheme, weight).unwrap();
                let worst = quantised.worst_error(weight);
                assert!(worst.steps < 0.52, "{base} {spread} {weight_bits}: {worst:?}");
                if spread == 0.0 {
                    let error = (quantised.weight(0, 0) - base).abs();
                    assert!(error <= base.abs() / 1024.0, "{base} {weight_bits}: {error}");
                }
            }
        }
    }

    #[test]
    fn the_worst_error_is_that_of_the_furthest_weight() {
        let quantised = Quantised {
            scheme: Scheme { k: 2, n: 2, weight_bits: 4, group_k: 2, group_n: 1 },
            codes: vec![3, 4, 5, 6],
            // 2 and 0.5.
            scales: vec![0x4000, 0x3800],
            zeros: vec![1, 2],
        };
        let weight = |row: usize, column: usize| [[4.0, 1.0], [8.5, 1.5]][row][column];
        assert_eq!(quantised.worst_error(weight), WorstError { steps: 1.0, row: 1, column: 1 });
    }

    /// Ties go to even codes: with a scale of 1 and a zero point of 0, these weights lie halfway between codes.
    #[test]
    fn ties_go_to_even() {
        let weights = [0.0, 0.5, 1.5, 2.5, 15.0];
        let scheme = Scheme { k: 5, n: 1, weight_bits: 4, group_k: 5, group_n: 1 };
        let quantised = Quantised::of(scheme, |row, _| weights[row]).unwrap();
        assert_eq!(quantised.codes, [0, 0, 2, 2, 15]);
    }

    #[test]
    fn weights_that_are_no_numbers_are_refused() {
        let refused = Quantised::of(SCHEME, |row, _| if row == 20 { f64::NAN } else { 0.0 }).unwrap_err();
        assert!(matches!(refused, QuantiseError::Weight { row: 20, column: 0, .. }));
        let refused = Quantised::of(SCHEME, |row, _| if row == 0 { 1e7 } else { 0.0 }).unwrap_err();
        assert!(matches!(refused, QuantiseError::Span { row: 0, .. }));
        let refused = Quantised::of(SCHEME, |row, _| if row == 0 { 1e308 } else { -1e308 }).unwrap_err();
        assert!(matches!(refused, QuantiseError::Span { row: 0, .. }));
    }
}

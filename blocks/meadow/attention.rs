//! The golden model of attention: one head, token by token, in plain integers.

use crate::meadow::meadow_requantize::Rounding;
use crate::meadow::meadow_requantize::model::Multiplier;
use crate::nonlinear::softmax::model::{Row, Softmax};
use std::sync::Arc;

/// What makes an element of a query of its sum.
#[derive(Clone, Copy, Debug)]
pub struct TableEntry {
    /// Bias, in units of the sum.
    pub bias: i64,
    /// Scale.
    pub scale: Multiplier,
}

/// The scales of a head that all elements share.
#[derive(Clone, Copy, Debug)]
pub struct Scales {
    /// Of scores, in steps of ln 2 / 32.
    pub score: Multiplier,
    /// Of the result.
    pub output: Multiplier,
}

/// Which keys a token sees.
#[derive(Clone, Copy, Debug)]
pub struct Mask {
    /// Keys that count, from the first one on; the others are padding.
    pub valid_keys: usize,
    /// A token sees no key behind its own position.
    pub causal: bool,
}

impl Mask {
    /// The keys that count for the token of a position.
    pub fn count(self, position: usize) -> usize {
        if self.causal { self.valid_keys.min(position + 1) } else { self.valid_keys }
    }
}

/// What all tokens of a head share.
pub struct Head {
    /// The weights of the queries: for each element of a token, one for each element of a query.
    pub weights: Vec<Vec<i64>>,
    /// An entry for each element of a query.
    pub table: Vec<TableEntry>,
    /// The keys.
    pub keys: Vec<Vec<i64>>,
    /// The values, one for each key.
    pub values: Vec<Vec<i64>>,
    /// The scales.
    pub scales: Scales,
    /// How all results are rounded.
    pub rounding: Rounding,
    /// The softmax of a row of scores.
    pub softmax: Arc<Softmax>,
}

/// The steps of a token through a head.
#[derive(Debug)]
pub struct Steps {
    /// The query.
    pub query: Vec<i64>,
    /// A score for each key.
    pub scores: Vec<i8>,
    /// A probability for each key, 0 for those that do not count.
    pub probabilities: Vec<u64>,
    /// The result.
    pub output: Vec<i64>,
}

impl Head {
    /// Attends with a token to the first `count` keys.
    pub fn attend(&self, token: &[i64], count: usize) -> Steps {
        let query = self.query(token);
        let scores = self.scores(&query);
        let probabilities = self.probabilities(&scores, count);
        let output = self.output(&probabilities);
        Steps { query, scores, probabilities, output }
    }

    /// x W + b, requantised.
    pub fn query(&self, token: &[i64]) -> Vec<i64> {
        let sums = columns(&self.weights, token).into_iter().zip(&self.table);
        sums.map(|(sum, entry)| entry.scale.scaled(self.rounding, sum + entry.bias).into()).collect()
    }

    /// q K^T, requantised.
    pub fn scores(&self, query: &[i64]) -> Vec<i8> {
        let score = |key: &Vec<i64>| {
            let sum = key.iter().zip(query).map(|(key, query)| key * query).sum();
            self.scales.score.scaled(self.rounding, sum)
        };
        self.keys.iter().map(score).collect()
    }

    /// The softmax of the first `count` scores.
    pub fn probabilities(&self, scores: &[i8], count: usize) -> Vec<u64> {
        let counted = |(place, score): (usize, &i8)| (place < count).then_some(*score);
        let scores: Vec<Option<i8>> = scores.iter().enumerate().map(counted).collect();
        let row = scores.iter().fold(Row::default(), |row, score| self.softmax.add(row, &[*score]));
        scores.iter().map(|score| self.softmax.probability(row, *score)).collect()
    }

    /// p V, requantised.
    pub fn output(&self, probabilities: &[u64]) -> Vec<i64> {
        let probabilities: Vec<i64> = probabilities.iter().map(|probability| *probability as i64).collect();
        let sums = columns(&self.values, &probabilities).into_iter();
        sums.map(|sum| self.scales.output.scaled(self.rounding, sum).into()).collect()
    }
}

/// A vector times the columns of a matrix.
fn columns(matrix: &[Vec<i64>], vector: &[i64]) -> Vec<i64> {
    let mut sums = vec![0; matrix.first().map_or(0, Vec::len)];
    for (row, factor) in matrix.iter().zip(vector) {
        sums.iter_mut().zip(row).for_each(|(sum, element)| *sum += factor * element);
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::common::float_stimulus::normal;
    use crate::meadow::meadow_attention_head::Params;
    use fastrand::Rng;

    const SIXTEEN: u32 = 16;

    /// The real number that one step of what a scale gives stands for, in steps of what it takes.
    fn step(Multiplier { multiplier, shift }: Multiplier) -> f64 {
        (shift as f64).exp2() / multiplier as f64
    }

    fn matrix(rng: &mut Rng, rows: usize, columns: usize) -> Vec<Vec<i64>> {
        let element = |rng: &mut Rng| (normal(rng) * 40.0).clamp(-128.0, 127.0) as i64;
        (0..rows).map(|_| (0..columns).map(|_| element(rng)).collect()).collect()
    }

    /// A head of 64 elements a token, of which queries have `d_head`.
    fn head(d_head: usize, keys: usize) -> Head {
        let rng = &mut Rng::with_seed(d_head as u64);
        let scale = |shift| Multiplier { multiplier: 50_000, shift };
        // The channels have scales of their own, so small that queries hardly saturate.
        let entry = |(channel, bias): (u64, i64)| TableEntry {
            bias,
            scale: Multiplier { multiplier: 50_000 - 300 * channel, shift: 24 },
        };
        Head {
            weights: matrix(rng, 64, d_head),
            table: (0..).zip(matrix(rng, 1, d_head).remove(0)).map(entry).collect(),
            keys: matrix(rng, keys, d_head),
            values: matrix(rng, keys, d_head),
            scales: Scales { score: scale(25), output: scale(32) },
            rounding: Rounding::HalfEven,
            softmax: softmax(keys as u32),
        }
    }

    fn softmax(keys: u32) -> Arc<Softmax> {
        Arc::new(Softmax::new(&Params { keys, probability_bits: SIXTEEN, ..Params::default() }.softmax()))
    }

    /// The result in real arithmetic, in steps of the head's result.
    fn exact(head: &Head, token: &[i64], count: usize) -> Vec<f64> {
        let sums = columns(&head.weights, token).into_iter().zip(&head.table);
        let query: Vec<f64> =
            sums.map(|(sum, entry)| (sum + entry.bias) as f64 / step(entry.scale)).collect();
        let power = |key: &Vec<i64>| {
            let sum: f64 = key.iter().zip(&query).map(|(key, query)| *key as f64 * query).sum();
            (sum / step(head.scales.score) / 32.0).exp2()
        };
        let powers: Vec<f64> = head.keys[..count].iter().map(power).collect();
        let sum: f64 = powers.iter().sum();
        let one = f64::from(1 << SIXTEEN) / step(head.scales.output);
        let column = |place: usize| {
            let of_key = |(power, value): (&f64, &Vec<i64>)| power / sum * value[place] as f64 * one;
            powers.iter().zip(&head.values).map(of_key).sum()
        };
        (0..head.table.len()).map(column).collect()
    }

    #[test]
    fn results_are_near_real_arithmetic() {
        for d_head in [32, 64] {
            let head = head(d_head, 64);
            let rng = &mut Rng::with_seed(1);
            let mut worst = 0.0f64;
            for token in matrix(rng, 40, 64) {
                for count in [1, 7, 64] {
                    let found = head.attend(&token, count).output;
                    let exact = exact(&head, &token, count);
                    let errors = found.iter().zip(&exact).map(|(found, exact)| (*found as f64 - exact).abs());
                    worst = errors.fold(worst, f64::max);
                }
            }
            println!("d_head {d_head}: worst error {worst:.2} steps");
            assert!((0.5..1.0).contains(&worst));
        }
    }

    #[test]
    fn only_keys_that_count_matter() {
        let mut head = head(32, 16);
        let token: Vec<i64> = (-32..32).collect();
        let before = head.attend(&token, 5).output;
        head.keys[5..].iter_mut().flatten().for_each(|key| *key = 127);
        assert_eq!(head.attend(&token, 5).output, before);
        assert_ne!(head.attend(&token, 6).output, before);
        assert_eq!(head.attend(&token, 0).output, vec![0; 32]);
        let mask = Mask { valid_keys: 4, causal: true };
        assert_eq!([0, 2, 3, 9].map(|position| mask.count(position)), [1, 3, 4, 4]);
        assert_eq!(Mask { causal: false, ..mask }.count(0), 4);
    }
}

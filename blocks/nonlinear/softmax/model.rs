//! The golden model: a row of scores to probabilities, in integers.

use super::params::{Params, STEP_BITS};
use super::tables::{log_corrections, power_corrections, powers};

/// What the model works with.
pub struct Softmax {
    params: Params,
    powers: Vec<u64>,
    power_corrections: Vec<u64>,
    log_corrections: Vec<u64>,
}

/// A row so far: its reference, in whole powers of two, and the sum of the powers below it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Row {
    reference: i64,
    sum: u64,
}

impl Softmax {
    /// The model for the given parameters.
    pub fn new(params: &Params) -> Softmax {
        Softmax {
            params: params.clone(),
            powers: powers(params),
            power_corrections: power_corrections(params),
            log_corrections: log_corrections(params),
        }
    }

    /// The row with one more beat of scores. The reference is the least whole power of two that no score exceeds; where it
    /// rises, the sum is shifted.
    pub fn add(&self, row: Option<Row>, scores: &[i8]) -> Row {
        let greatest = scores.iter().copied().max().expect("a beat has a score");
        let needed = (i64::from(greatest) + 31).div_euclid(32);
        let reference = row.map_or(needed, |row| row.reference.max(needed));
        let kept = row.map_or(0, |row| row.sum >> (reference - row.reference));
        let power = |score: &i8| {
            let below = 32 * reference - i64::from(*score);
            rounded_shift(self.powers[(below & 31) as usize], (below >> STEP_BITS) as u32)
        };
        Row { reference, sum: kept + scores.iter().map(power).sum::<u64>() }
    }

    /// The probability of a score of a whole row.
    pub fn probability(&self, row: Row, score: i8) -> u64 {
        let Params { output_bits, .. } = self.params;
        let (f, bits) = (self.params.log_bits(), self.params.result_bits());
        let below = 32 * row.reference - i64::from(score);
        let log = ((below << (f - STEP_BITS)) + self.log_of_sum(row)).max(0);
        let (whole, fraction) = ((log >> f) as u32, (log & ((1 << f) - 1)) as u64);
        let interval = (fraction >> (f - self.params.index_bits())) as usize;
        let value = (1 << bits) - (fraction << (bits - f - 1)) - self.power_corrections[interval];
        rounded_shift(value, whole + bits - output_bits).min((1 << output_bits) - 1)
    }

    /// The logarithm to base 2 of the sum, as a multiple of the reference's power, with `log_bits` fraction bits.
    fn log_of_sum(&self, row: Row) -> i64 {
        let f = self.params.log_bits();
        let whole = row.sum.ilog2();
        let mantissa = u64::try_from((u128::from(row.sum) << f) >> whole).expect("it is below 2^(f + 1)")
            & ((1 << f) - 1);
        let correction = self.log_corrections[(mantissa >> (f - self.params.index_bits())) as usize];
        ((i64::from(whole) - i64::from(self.params.power_bits())) << f) + (mantissa + correction) as i64
    }
}

/// Shifted right, half a place rounded up.
fn rounded_shift(value: u64, places: u32) -> u64 {
    match places {
        0 => value,
        64.. => 0,
        places => ((value >> (places - 1)) + 1) >> 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The worst error against real arithmetic over rows of many shapes and lengths.
    fn worst(output_bits: u32) -> f64 {
        let mut rng = fastrand::Rng::with_seed(1);
        let mut worst: f64 = 0.0;
        for length in [8, 16, 64, 128, 512] {
            let params = Params { lanes: 8, length, output_bits };
            let model = Softmax::new(&params);
            for round in 0..400 {
                let deviation =
                    [0.3, 1.0, 2.0, 4.0, 4.0, 8.0][rng.usize(..6)] * 32.0 / std::f64::consts::LN_2;
                let mut scores: Vec<i8> = (0..length).map(|_| (normal(&mut rng) * deviation) as i8).collect();
                if round % 5 == 0 {
                    scores[rng.usize(..length as usize)] = rng.i8(0..);
                }
                let row = scores.chunks(8).fold(None, |row, beat| Some(model.add(row, beat))).unwrap();
                let real: Vec<f64> = scores.iter().map(|score| (f64::from(*score) / 32.0).exp2()).collect();
                let sum: f64 = real.iter().sum();
                for (score, real) in scores.iter().zip(&real) {
                    let found = model.probability(row, *score) as f64 / f64::from(1 << output_bits);
                    worst = worst.max((found - real / sum).abs());
                }
            }
        }
        worst
    }

    fn normal(rng: &mut fastrand::Rng) -> f64 {
        crate::common::float_stimulus::normal(rng)
    }

    #[test]
    fn eight_bits_are_within_a_two_hundredth() {
        let worst = worst(8);
        println!("worst error of 8 bits: {worst:.5}");
        assert!(worst < 0.005 && worst > 0.001, "{worst}");
    }

    #[test]
    fn sixteen_bits_are_within_a_thousandth() {
        let worst = worst(16);
        println!("worst error of 16 bits: {worst:.6}");
        assert!(worst < 0.001, "{worst}");
    }
}

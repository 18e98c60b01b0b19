//! The golden model: a row of scores to probabilities, in integers.

use super::params::{GREATEST_WHOLE, Params, STEP_BITS};
use super::tables::{Logarithm, power_corrections, powers};

/// What the model works with.
pub struct Softmax {
    params: Params,
    powers: Vec<u64>,
    power_corrections: Vec<u64>,
    logarithm: Logarithm,
}

/// A row so far: its reference, the whole part of its greatest score, and the sum of the powers as multiples of that of the
/// reference.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Row {
    reference: u64,
    sum: u64,
}

impl Softmax {
    /// The model for the given parameters.
    pub fn new(params: &Params) -> Softmax {
        Softmax {
            params: params.clone(),
            powers: powers(params),
            power_corrections: power_corrections(params),
            logarithm: Logarithm::new(params),
        }
    }

    /// The row with one more beat of scores. Where the reference rises, the sum is shifted.
    pub fn add(&self, row: Option<Row>, scores: &[i8]) -> Row {
        let scores: Vec<u64> = scores.iter().copied().map(above_least).collect();
        let greatest = scores.iter().max().expect("a beat has a score") >> STEP_BITS;
        let reference = row.map_or(greatest, |row| row.reference.max(greatest));
        let kept = row.map_or(0, |row| row.sum >> (reference - row.reference));
        let power = |score: &u64| {
            let (whole, steps) = (score >> STEP_BITS, score & ((1 << STEP_BITS) - 1));
            self.powers[steps as usize] << (u64::from(GREATEST_WHOLE) - (reference - whole))
        };
        Row { reference, sum: kept + scores.iter().map(power).sum::<u64>() }
    }

    /// The probability of a score of a whole row.
    pub fn probability(&self, row: Row, score: i8) -> u64 {
        let (f, bits) = (self.params.log_bits(), self.params.result_bits());
        let log = (row.reference << f) + self.logarithm.of(row.sum);
        // No score is above the logarithm of its row.
        let distance = log - (above_least(score) << (f - STEP_BITS));
        let (whole, fraction) = (distance >> f, distance & ((1 << f) - 1));
        let interval = (fraction >> (f - self.params.index_bits())) as usize;
        let value = (1 << bits) - (fraction << (bits - f - 1)) - self.power_corrections[interval];
        rounded_shift(value, whole + u64::from(bits - self.params.output_bits))
    }
}

/// How far a score is above the least one, in steps.
fn above_least(score: i8) -> u64 {
    (i64::from(score) - i64::from(i8::MIN)) as u64
}

/// Shifted right, half a place rounded up.
fn rounded_shift(value: u64, places: u64) -> u64 {
    match places {
        0 => value,
        64.. => 0,
        places => ((value >> (places - 1)) + 1) >> 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The worst error against real arithmetic of the scores of a row.
    fn error(model: &Softmax, scores: &[i8]) -> f64 {
        let row = scores.chunks(8).fold(None, |row, beat| Some(model.add(row, beat))).unwrap();
        let real = |score: &i8| (f64::from(*score) / 32.0).exp2();
        let sum: f64 = scores.iter().map(real).sum();
        let error = |score: &i8| {
            let found = model.probability(row, *score) as f64 / f64::from(1 << model.params.output_bits);
            (found - real(score) / sum).abs()
        };
        scores.iter().map(error).fold(0.0, f64::max)
    }

    /// The worst error over rows of many shapes and lengths.
    fn worst_of_normal_rows(output_bits: u32) -> f64 {
        let mut rng = fastrand::Rng::with_seed(1);
        let mut worst: f64 = 0.0;
        for length in [8, 16, 64, 128, 512] {
            let model = Softmax::new(&Params { lanes: 8, length, output_bits });
            for round in 0..400 {
                let deviation =
                    [0.3, 1.0, 2.0, 4.0, 4.0, 8.0][rng.usize(..6)] * 32.0 / std::f64::consts::LN_2;
                let mut scores: Vec<i8> = (0..length).map(|_| (normal(&mut rng) * deviation) as i8).collect();
                if round % 5 == 0 {
                    scores[rng.usize(..length as usize)] = rng.i8(0..);
                }
                worst = worst.max(error(&model, &scores));
            }
        }
        worst
    }

    /// The worst error over rows of one score above others that are alike: their powers are all rounded the same way.
    fn worst_of_one_above_others(output_bits: u32) -> f64 {
        let mut worst: f64 = 0.0;
        for length in [8, 64, 128, 512] {
            let model = Softmax::new(&Params { lanes: 8, length, output_bits });
            for one in 96..=i8::MAX {
                for others in (i8::MIN..one).step_by(3) {
                    let mut scores = vec![others; length as usize];
                    scores[0] = one;
                    worst = worst.max(error(&model, &scores));
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
        let worst = [worst_of_normal_rows(8), worst_of_one_above_others(8)];
        println!("worst errors of 8 bits: {worst:.5?}");
        assert!(worst.iter().all(|worst| (0.001..0.005).contains(worst)), "{worst:?}");
    }

    #[test]
    fn sixteen_bits_are_within_a_thousandth() {
        let worst = [worst_of_normal_rows(16), worst_of_one_above_others(16)];
        println!("worst errors of 16 bits: {worst:.6?}");
        assert!(worst.iter().all(|worst| *worst < 0.001), "{worst:?}");
    }
}

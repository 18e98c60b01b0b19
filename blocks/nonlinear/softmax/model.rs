//! The golden model: a row of scores to probabilities, in integers.

use super::params::{GREATEST_WHOLE, Params, STEP_BITS};
use super::tables::{Logarithm, power_corrections, powers};

/// The tables and widths of the model.
pub struct Softmax {
    params: Params,
    powers: Vec<u64>,
    power_corrections: Vec<u64>,
    logarithm: Logarithm,
}

/// A row so far: its reference, which is the integer part of its greatest score, and the sum of powers relative to that
/// of the reference. Both are 0 before the first unmasked score.
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

    /// Adds a beat of scores to the row; masked ones are `None`. If the reference rises, the sum is shifted.
    pub fn add(&self, row: Row, scores: &[Option<i8>]) -> Row {
        let scores: Vec<u64> = scores.iter().copied().flatten().map(above_least).collect();
        let Some(greatest) = scores.iter().max() else { return row };
        let reference = row.reference.max(greatest >> STEP_BITS);
        let kept = row.sum >> (reference - row.reference);
        let power = |score: &u64| {
            let (whole, steps) = (score >> STEP_BITS, score & ((1 << STEP_BITS) - 1));
            self.powers[steps as usize] << (u64::from(GREATEST_WHOLE) - (reference - whole))
        };
        Row { reference, sum: kept + scores.iter().map(power).sum::<u64>() }
    }

    /// The probability of a score of a complete row; 0 for a masked one.
    pub fn probability(&self, row: Row, score: Option<i8>) -> u64 {
        let Some(score) = score else { return 0 };
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

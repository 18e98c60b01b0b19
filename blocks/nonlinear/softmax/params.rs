//! The parameters of `softmax`.

use crate::parameters::{ParameterError, Parameters};
use hdl::{Bundle, bit_length};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smart_default::SmartDefault;

/// The parameters, by the names that users write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, SmartDefault)]
pub struct Params {
    /// Scores in a beat.
    #[default = 16]
    #[schemars(extend("enum" = [1, 2, 4, 8, 16, 32], "x-name" = "x"))]
    pub lanes: u32,
    /// Longest row, in scores, masked ones included: a multiple of lanes.
    #[default = 64]
    #[schemars(range(min = 2, max = 4096), extend("x-name" = ""))]
    pub length: u32,
    /// Width of a probability.
    #[default = 8]
    #[schemars(extend("enum" = [8, 16], "x-tag" = "o"))]
    pub output_bits: u32,
    /// What says which scores count: a bit for each (`keep`), or their number at the start of the row (`count`).
    #[default(Mask::Keep)]
    #[schemars(extend("x-tag" = ""))]
    pub mask: Mask,
}

/// How the input masks scores.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mask {
    /// A bit for each score.
    Keep,
    /// A number for each row: so many scores from its first one on count.
    Count,
}

/// Bits of a score.
pub const SCORE_BITS: u32 = 8;

/// Fraction bits of a score as a power of two: 32 steps double it.
pub const STEP_BITS: u32 = 5;

/// Width of the whole part of a score above the least one, and of a row's reference.
pub const WHOLE_BITS: u32 = SCORE_BITS - STEP_BITS;

/// The greatest whole part.
pub const GREATEST_WHOLE: u32 = (1 << WHOLE_BITS) - 1;

impl Parameters for Params {
    fn validate(&self) -> Result<(), ParameterError> {
        match self.length.is_multiple_of(self.lanes) {
            true => Ok(()),
            false => Err(ParameterError::Conflict(format!(
                "length must be a multiple of lanes: length is {}, lanes is {}",
                self.length, self.lanes
            ))),
        }
    }
}

impl Params {
    /// Beats of the longest row.
    pub fn beats(&self) -> u32 {
        self.length / self.lanes
    }

    /// Fraction bits of a step's power of two.
    pub fn power_bits(&self) -> u32 {
        if self.output_bits == 8 { 9 } else { 13 }
    }

    /// Fraction bits of the sum: no power loses one by its shift.
    pub fn sum_fraction_bits(&self) -> u32 {
        self.power_bits() + GREATEST_WHOLE
    }

    /// Fraction bits of the logarithm of the sum.
    pub fn log_bits(&self) -> u32 {
        if self.output_bits == 8 { 9 } else { 12 }
    }

    /// Fraction bits of a probability before its shift.
    pub fn result_bits(&self) -> u32 {
        if self.output_bits == 8 { 10 } else { 17 }
    }

    /// Bits of the index into either table of corrections.
    pub fn index_bits(&self) -> u32 {
        if self.output_bits == 8 { 6 } else { 8 }
    }

    /// Width of the sum of a row: every power is below 2.
    pub fn sum_bits(&self) -> u32 {
        bit_length((u128::from(2 * self.length) << self.sum_fraction_bits()) - 1)
    }

    /// Width of the logarithm of a row, unsigned: the reference and the logarithm of the sum, which may be rounded up to
    /// the next whole number.
    pub fn log_width(&self) -> u32 {
        let greatest = GREATEST_WHOLE + self.sum_bits() - self.sum_fraction_bits();
        bit_length(greatest.into()) + self.log_bits()
    }

    /// A beat in.
    pub fn input(&self) -> Scores<u32> {
        let (keep, count) = match self.mask {
            Mask::Keep => (Some(self.lanes), None),
            Mask::Count => (None, Some(bit_length(self.length.into()))),
        };
        Scores { scores: self.lanes * SCORE_BITS, keep, count, last: 1 }
    }

    /// A beat out.
    pub fn output(&self) -> Probabilities<u32> {
        Probabilities { probabilities: self.lanes * self.output_bits, keep: self.lanes, last: 1, error: 1 }
    }
}

/// A beat of a row of scores.
#[derive(Clone, Copy, Bundle)]
pub struct Scores<T> {
    /// Two's complement, the first in the lowest bits; 32 more doubles the probability.
    pub scores: T,
    /// 1 for each score that counts, 0 for a masked one.
    pub keep: Option<T>,
    /// In the first beat of a row: so many of its scores count, the others are masked. Ignored in other beats.
    pub count: Option<T>,
    /// Last beat of the row.
    pub last: T,
}

/// A beat of a row of probabilities.
#[derive(Clone, Copy, Bundle)]
pub struct Probabilities<T> {
    /// Unsigned fractions, the first in the lowest bits; 0 for masked scores.
    pub probabilities: T,
    /// As in the input.
    pub keep: T,
    /// Last beat of the row.
    pub last: T,
    /// Since reset, this row or an earlier one was too long and was truncated.
    pub error: T,
}

//! The parameters of `layer_norm`, and the widths that follow from them.

use crate::parameters::{ParameterError, Parameters};
use hdl::{Bundle, bit_length};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smart_default::SmartDefault;

/// The parameters, by the names that users write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, SmartDefault)]
pub struct Params {
    /// Elements in a beat.
    #[default = 1]
    #[schemars(extend("enum" = [1, 2, 4, 8, 16, 32], "x-name" = "x"))]
    pub lanes: u32,
    /// Longest row, in elements: a multiple of lanes.
    #[default = 1024]
    #[schemars(range(min = 2, max = 4096), extend("x-name" = ""))]
    pub length: u32,
    /// Width of an element.
    #[default = 16]
    #[schemars(extend("enum" = [8, 16, 20], "x-name" = "i"))]
    pub input_bits: u32,
    /// Width of a result.
    #[default = 8]
    #[schemars(extend("enum" = [8, 16], "x-name" = "o"))]
    pub output_bits: u32,
    /// Width of a gain and of a bias.
    #[default = 16]
    #[schemars(extend("enum" = [8, 16], "x-tag" = "g"))]
    pub gain_bits: u32,
    /// Fraction bits of gains and biases, fewer than gain_bits: results are shifted right by so many.
    #[default = 8]
    #[schemars(range(min = 0, max = 15), extend("x-tag" = "s"))]
    pub shift: u32,
    /// The norm: LayerNorm (`layer`), RMSNorm (`rms`), or either, as an input says for each row (`both`).
    #[default(Norm::Layer)]
    #[schemars(extend("x-tag" = ""))]
    pub norm: Norm,
}

/// What rows are normalised to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Norm {
    /// A mean of 0 and a variance of 1.
    Layer,
    /// A mean square of 1.
    Rms,
    /// Either.
    Both,
}

/// The most bits of a row's epsilon.
const EPSILON_BITS: u32 = 40;

impl Parameters for Params {
    fn validate(&self) -> Result<(), ParameterError> {
        let conflict = |message| Err(ParameterError::Conflict(message));
        if !self.length.is_multiple_of(self.lanes) {
            return conflict(format!(
                "length must be a multiple of lanes: length is {}, lanes is {}",
                self.length, self.lanes
            ));
        }
        if self.shift >= self.gain_bits {
            return conflict(format!(
                "shift must be less than gain_bits: shift is {}, gain_bits is {}",
                self.shift, self.gain_bits
            ));
        }
        Ok(())
    }
}

impl Params {
    /// Beats of the longest row.
    pub fn beats(&self) -> u32 {
        self.length / self.lanes
    }

    /// Width of the length of a row.
    pub fn length_bits(&self) -> u32 {
        bit_length(self.length.into())
    }

    /// Width of the sum of a row, in two's complement.
    pub fn sum_bits(&self) -> u32 {
        self.input_bits + bit_length((self.length - 1).into())
    }

    /// The greatest square of an element.
    fn greatest_square(&self) -> u128 {
        1 << (2 * self.input_bits - 2)
    }

    /// Width of the square of an element.
    pub fn square_bits(&self) -> u32 {
        bit_length(self.greatest_square())
    }

    /// Width of the sum of the squares of a row.
    pub fn squares_bits(&self) -> u32 {
        bit_length(u128::from(self.length) * self.greatest_square())
    }

    /// The greatest radicand without epsilon.
    fn greatest_radicand(&self) -> u128 {
        u128::from(self.length).pow(2) * self.greatest_square()
    }

    /// Width of epsilon.
    pub fn epsilon_bits(&self) -> u32 {
        bit_length(self.greatest_radicand()).min(EPSILON_BITS)
    }

    /// Width of the radicand: odd, so that the exponent of its leading 1 is even if an even number of zeros is above it.
    pub fn radicand_bits(&self) -> u32 {
        bit_length(self.greatest_radicand() + (1 << self.epsilon_bits()) - 1) | 1
    }

    /// Fraction bits of a numerator that is shifted with its radicand, so that the root of that is from 1 to 2.
    pub fn half_bits(&self) -> u32 {
        self.radicand_bits() / 2
    }

    /// Width of a numerator: the length times an element, less the sum.
    pub fn numerator_bits(&self) -> u32 {
        bit_length(u128::from(self.length) * ((1 << self.input_bits) - 1)) + 1
    }

    /// Width of the whole part of a shifted numerator, with its sign: its amount is below twice the root of the length.
    pub fn shifted_whole_bits(&self) -> u32 {
        bit_length((4 * self.length).isqrt().into()) + 1
    }

    /// Fraction bits of a shifted numerator that are kept.
    pub fn shifted_fraction_bits(&self) -> u32 {
        self.half_bits().min(self.fraction_bits() + 2)
    }

    /// Bits of the index into the table of inverse roots, of which one is the parity of the exponent.
    pub fn index_bits(&self) -> u32 {
        7
    }

    /// Fraction bits of an inverse root from the table.
    pub fn table_bits(&self) -> u32 {
        18
    }

    /// Bits of a mantissa between two entries of the table.
    pub fn between_bits(&self) -> u32 {
        self.table_bits() - 5
    }

    /// Whether an inverse root is refined by a step of Newton's method.
    pub fn is_refined(&self) -> bool {
        self.output_bits > 8
    }

    /// Fraction bits of an inverse root, which is less than 1.
    pub fn root_bits(&self) -> u32 {
        if self.is_refined() { 26 } else { self.table_bits() }
    }

    /// Fraction bits of the mantissa that are used; it has a 1 above them.
    pub fn mantissa_bits(&self) -> u32 {
        if self.is_refined() { 28 } else { self.index_bits() - 1 + self.between_bits() }
    }

    /// Fraction bits of the square of an inverse root from the table.
    pub fn square_of_root_bits(&self) -> u32 {
        30
    }

    /// Width of the error of a mantissa times the square of its inverse root, in two's complement: it is below 2^-14.
    pub fn error_bits(&self) -> u32 {
        self.mantissa_bits() - 13
    }

    /// Fraction bits of a normalised element: the gain's error by their rounding is below a thousandth of an output step.
    pub fn fraction_bits(&self) -> u32 {
        self.gain_bits + 8 - self.shift
    }

    /// Width of a normalised element: its amount is at most the root of the length.
    pub fn normal_bits(&self) -> u32 {
        bit_length(self.length.isqrt().into()) + 1 + self.fraction_bits()
    }

    /// Width of a scaled element before it is rounded and saturated.
    pub fn scaled_bits(&self) -> u32 {
        self.gain_bits + self.normal_bits() + 1
    }

    /// Whether the greatest gain, times the greatest normalised element, plus the greatest bias, is beyond the range of `bits` bits.
    pub fn can_exceed(&self, bits: u32) -> bool {
        let elements = match self.norm {
            Norm::Layer => self.length - 1,
            Norm::Rms | Norm::Both => self.length,
        };
        let greatest = f64::from(1 << (self.gain_bits - 1 - self.shift)) * (f64::from(elements).sqrt() + 1.0);
        greatest >= f64::from(1 << (bits - 1))
    }

    /// Bits below a result.
    pub fn rounded_bits(&self) -> u32 {
        self.fraction_bits() + self.shift
    }

    /// A beat in.
    pub fn input(&self) -> Elements<u32> {
        Elements {
            elements: self.lanes * self.input_bits,
            epsilon: self.epsilon_bits(),
            rms: (self.norm == Norm::Both).then_some(1),
            last: 1,
        }
    }

    /// A beat of gains and biases.
    pub fn gains(&self) -> Gains<u32> {
        Gains { gains: self.lanes * self.gain_bits, biases: self.lanes * self.gain_bits, last: 1 }
    }

    /// A beat out.
    pub fn output(&self) -> Results<u32> {
        Results { results: self.lanes * self.output_bits, last: 1, error: 1 }
    }
}

/// A beat of a row of elements.
#[derive(Clone, Copy, Bundle)]
pub struct Elements<T> {
    /// Two's complement, the first in the lowest bits.
    pub elements: T,
    /// In the first beat of a row: epsilon times the square of the row's length, in squared steps of an element, unsigned.
    pub epsilon: T,
    /// In the first beat of a row: 1 for RMSNorm, 0 for LayerNorm.
    pub rms: Option<T>,
    /// Last beat of the row.
    pub last: T,
}

/// A beat of the gains and biases of a row.
#[derive(Clone, Copy, Bundle)]
pub struct Gains<T> {
    /// Two's complement, with `shift` fraction bits, the first in the lowest bits.
    pub gains: T,
    /// In the same format.
    pub biases: T,
    /// Last beat of the row.
    pub last: T,
}

/// A beat of a row of results.
#[derive(Clone, Copy, Bundle)]
pub struct Results<T> {
    /// Two's complement, the first in the lowest bits.
    pub results: T,
    /// Last beat of the row.
    pub last: T,
    /// Since reset, a row was too long, or the gains of a row ended elsewhere than the row.
    pub error: T,
}

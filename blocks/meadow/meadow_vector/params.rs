//! The parameters of `meadow_vector`.

use crate::meadow::meadow_attention_head::params::{COUNT_BITS, SCALE, ScaleFields};
use crate::meadow::meadow_requantize::Rounding;
use crate::nonlinear::layer_norm;
use crate::parameters::{ParameterError, Parameters};
use hdl::{Bundle, Encoded, bit_length, index_width};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smart_default::SmartDefault;

/// The parameters, by the names that users write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, SmartDefault)]
pub struct Params {
    /// 16-bit elements in a word.
    #[default = 4]
    #[schemars(extend("enum" = [2, 4, 8, 16, 32], "x-name" = "x"))]
    pub lanes: u32,
    /// Longest row, in elements: a multiple of twice lanes.
    #[default = 768]
    #[schemars(range(min = 4, max = 4096), extend("x-name" = ""))]
    pub length: u32,
    /// Rounding of ties: away from zero (`half_away`) or to the even number (`half_even`).
    #[default(Rounding::HalfAway)]
    #[schemars(extend("x-tag" = ""))]
    pub rounding: Rounding,
    /// Fraction bits of gains and biases.
    #[default = 2]
    #[schemars(range(min = 0, max = 15), extend("x-tag" = "s"))]
    pub gain_shift: u32,
}

/// What is made of an element of `a` and one of `b`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encoded)]
pub enum Op {
    /// The element of `a`.
    Copy,
    /// The sum.
    Sum,
    /// The product.
    Product,
    /// Neighbouring elements of `a` are turned by an angle, whose cosine and sine are in `b`.
    Rotary,
}

/// Which norm the rows go through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encoded)]
pub enum Norm {
    /// None.
    None,
    /// LayerNorm.
    Layer,
    /// RMSNorm.
    Rms,
}

/// What leaves through `first`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encoded)]
pub enum First {
    /// Nothing.
    None,
    /// Scaled elements, 16 bits each.
    Wide,
    /// Scaled elements, saturated to 8 bits.
    Narrow,
    /// Normalised elements, 16 bits each.
    Normal,
}

/// Width of an element.
pub const ELEMENT_BITS: u32 = 16;

/// Width of an element that is narrowed.
pub const NARROW_BITS: u32 = 8;

/// Width of the places by which narrow normalised elements are shifted.
pub const NARROW_SHIFT_BITS: u32 = 4;

impl Parameters for Params {
    fn validate(&self) -> Result<(), ParameterError> {
        if !self.length.is_multiple_of(2 * self.lanes) {
            return Err(ParameterError::Conflict(format!(
                "length must be a multiple of twice lanes: length is {}, lanes is {}",
                self.length, self.lanes
            )));
        }
        Ok(())
    }
}

impl Params {
    /// Words of the longest row: an even number.
    pub fn beats(&self) -> u32 {
        self.length / self.lanes
    }

    /// Width of a number of words.
    pub fn beats_bits(&self) -> u32 {
        bit_length(self.beats().into())
    }

    /// Width of the place of a word in a row.
    pub fn place_bits(&self) -> u32 {
        index_width(self.beats().into())
    }

    /// Width of a word.
    pub fn word_bits(&self) -> u32 {
        self.lanes * ELEMENT_BITS
    }

    /// The norm.
    pub fn norm(&self) -> layer_norm::Params {
        layer_norm::Params {
            lanes: self.lanes,
            length: self.length,
            input_bits: ELEMENT_BITS,
            output_bits: ELEMENT_BITS,
            gain_bits: ELEMENT_BITS,
            shift: self.gain_shift,
            norm: layer_norm::Norm::Both,
        }
    }

    /// A job.
    pub fn job(&self) -> Job<u32> {
        Job {
            rows: COUNT_BITS,
            beats: self.beats_bits(),
            b_beats: self.beats_bits(),
            op: Op::WIDTH,
            scale: SCALE,
            norm: Norm::WIDTH,
            epsilon: self.norm().epsilon_bits(),
            first: First::WIDTH,
            second: 1,
            narrow_shift: NARROW_SHIFT_BITS,
        }
    }

    /// A word of an operand.
    pub fn operand(&self) -> Word<u32> {
        Word { data: self.word_bits() }
    }

    /// A word of a result.
    pub fn result(&self) -> ResultWord<u32> {
        ResultWord { data: self.word_bits(), last: 1 }
    }
}

/// What is to be done with rows.
#[derive(Clone, Copy, Bundle)]
pub struct Job<T> {
    /// Number of rows, 1 or more.
    pub rows: T,
    /// Words of a row of `a`.
    pub beats: T,
    /// Words of a row of `b`, which a rotary job repeats along the row of `a`; ignored by a copy.
    pub b_beats: T,
    /// What is made of an element of each: 0 copy, 1 sum, 2 product, 3 rotary.
    pub op: T,
    /// Scale of what is made.
    #[bundle(flatten)]
    pub scale: ScaleFields<T>,
    /// The norm of the scaled rows: 0 none, 1 LayerNorm, 2 RMSNorm.
    pub norm: T,
    /// Epsilon of the norm times the square of the number of elements, in squared steps of a scaled element, unsigned.
    pub epsilon: T,
    /// What leaves through `first`: 0 nothing, 1 scaled elements of 16 bits, 2 of 8 bits, 3 normalised elements of 16 bits.
    pub first: T,
    /// 1: normalised elements of 8 bits leave through `second`.
    pub second: T,
    /// They are shifted right by so many places before.
    pub narrow_shift: T,
}

/// A word of an operand.
#[derive(Clone, Copy, Bundle)]
pub struct Word<T> {
    /// 16-bit numbers, two's complement, the first in the lowest bits.
    pub data: T,
}

/// A word of a result.
#[derive(Clone, Copy, Bundle)]
pub struct ResultWord<T> {
    /// 16-bit or 8-bit numbers, two's complement, the first in the lowest bits.
    pub data: T,
    /// Last word of the row.
    pub last: T,
}

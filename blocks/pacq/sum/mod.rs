//! Sums of products of FP16 activations and integer weights, in each form that an accumulator can keep them in.
//!
//! Every product of an FP16 activation and an integer is a multiple of 2^-24, the step of the subnormal numbers, and so
//! is every rounding of it to FP16 or FP32: fixed point with that step holds each such sum exactly.

mod rtl;

pub use rtl::{ActivationSum, FixedSum, Term};

use crate::common::exact::{Dyadic, Exact};
use crate::common::lanes::flag;
use hdl::{Bits, Encoded};
use parts::float::FloatFormat;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The exponent of fixed point: the last bit of a fixed-point sum is worth 2^-24.
pub const FIXED_EXPONENT: i32 = -24;

/// Width of an FP16 magnitude in fixed point.
pub const ACTIVATION_BITS: u32 = 40;

/// How a sum is kept while products are added up, with the codes that registers have for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Encoded)]
#[serde(rename_all = "snake_case")]
pub enum Accumulate {
    /// As an FP16 number, rounded at each addition.
    Fp16 = 2,
    /// As an FP32 number, rounded at each addition.
    Fp32 = 1,
    /// In fixed point, exactly.
    Exact = 0,
}

/// The form of a sum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A float.
    Float(FloatFormat),
    /// Two's complement in steps of 2^-24, and above it two flags: an infinite term was positive, one was negative; both
    /// are set where the sum is NaN.
    Fixed {
        /// Width of the number, the flags not counted.
        bits: u32,
    },
}

impl Form {
    /// Bits of a sum.
    pub fn width(self) -> u32 {
        match self {
            Form::Float(format) => format.width(),
            Form::Fixed { bits } => bits + 2,
        }
    }
}

/// The value of a sum: what models calculate with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    /// In steps of 2^-24.
    pub steps: i128,
    /// A term was plus infinity, or NaN.
    pub positive_infinite: bool,
    /// A term was minus infinity, or NaN.
    pub negative_infinite: bool,
}

impl Sum {
    /// The value of a float that is a multiple of 2^-24. Panics if it is not.
    pub fn of_float(format: FloatFormat, encoding: u32) -> Sum {
        Sum::of(Exact::decode(format, encoding))
    }

    /// A value that is a multiple of 2^-24. Panics if it is not.
    pub fn of(value: Exact) -> Sum {
        Sum::checked(value).expect("it is a multiple of 2^-24")
    }

    /// A value that is a multiple of 2^-24 below 2^76; `None` for others.
    fn checked(value: Exact) -> Option<Sum> {
        const MOST_STEPS: u128 = 1 << 100;
        let infinite =
            |positive_infinite, negative_infinite| Sum { steps: 0, positive_infinite, negative_infinite };
        Some(match value {
            Exact::Nan => infinite(true, true),
            Exact::Infinite { negative } => infinite(!negative, negative),
            Exact::Finite(Dyadic { magnitude: 0, .. }) => Sum::default(),
            Exact::Finite(Dyadic { negative, magnitude, exponent }) => {
                let places = exponent - FIXED_EXPONENT;
                let (left, right) = (places.max(0) as u32, (-places).max(0) as u32);
                if magnitude.trailing_zeros() < right || magnitude.leading_zeros() < left {
                    return None;
                }
                let steps = magnitude << left >> right;
                if steps >= MOST_STEPS {
                    return None;
                }
                let steps = steps as i128;
                Sum { steps: if negative { -steps } else { steps }, ..Sum::default() }
            }
        })
    }

    /// Its value.
    pub fn exact(self) -> Exact {
        match (self.positive_infinite, self.negative_infinite) {
            (true, true) => Exact::Nan,
            (false, false) => Exact::Finite(Dyadic {
                negative: self.steps < 0,
                magnitude: self.steps.unsigned_abs(),
                exponent: FIXED_EXPONENT,
            }),
            (_, negative) => Exact::Infinite { negative },
        }
    }

    /// The sum with another one, which has no rounding.
    pub fn plus(self, other: Sum) -> Sum {
        Sum {
            steps: self.steps + other.steps,
            positive_infinite: self.positive_infinite | other.positive_infinite,
            negative_infinite: self.negative_infinite | other.negative_infinite,
        }
    }

    /// Whether the form can hold the number; a float has infinities for those that are too large.
    pub fn fits(self, form: Form) -> bool {
        match form {
            Form::Float(_) => true,
            Form::Fixed { bits } => (-1i128 << (bits - 1)..1 << (bits - 1)).contains(&self.steps),
        }
    }

    /// The sum in a form. In fixed point the bits of an infinite sum are meaningless.
    pub fn packed(self, form: Form) -> Bits {
        match form {
            Form::Float(format) => Bits::truncated(self.exact().round(format).into(), format.width()),
            Form::Fixed { bits } => {
                let steps = Bits::truncated(self.steps as u128, bits);
                Bits::concat(&[flag(self.negative_infinite), flag(self.positive_infinite), steps])
            }
        }
    }

    /// The value of a sum in a form; `None` if a float is not a multiple of 2^-24, or is out of the range of any sum.
    pub fn unpacked(form: Form, sum: &Bits) -> Option<Sum> {
        match form {
            Form::Float(format) => Sum::checked(Exact::decode(format, sum.to_u64() as u32)),
            Form::Fixed { bits } => {
                let number = sum.slice(bits - 1, 0);
                let steps = (number.to_u128() << (128 - bits)) as i128 >> (128 - bits);
                Some(Sum { steps, positive_infinite: sum.bit(bits), negative_infinite: sum.bit(bits + 1) })
            }
        }
    }
}

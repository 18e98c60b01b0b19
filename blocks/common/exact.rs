//! Exact arithmetic on the values of floats, and the one rounding back to a float.

use parts::float::{FloatClass, FloatFormat};
use std::ops::{Add, Mul};

/// A dyadic rational, (-1)^negative x magnitude x 2^exponent. Zero keeps its sign, as IEEE 754 multiplication requires.
/// One value has many such forms.
#[derive(Clone, Copy, Debug)]
pub struct Dyadic {
    /// The sign.
    pub negative: bool,
    /// The integer that is scaled.
    pub magnitude: u128,
    /// The power of two that scales it.
    pub exponent: i32,
}

impl Dyadic {
    /// The nearest number of `format`, ties to even: subnormal if necessary, and infinite if the nearest number with an
    /// unbounded exponent is above the largest finite one. The sign is kept, also of zero.
    #[inline]
    pub fn round(self, format: FloatFormat) -> u32 {
        let Some(log2) = self.magnitude.checked_ilog2() else {
            return format.zero(self.negative);
        };
        let top = self.exponent + log2 as i32;
        if top > format.max_exponent() {
            return format.infinity(self.negative);
        }
        let binade = top.max(format.min_exponent());
        let dropped_bits = binade - format.fraction_bits as i32 - self.exponent;
        let significand = match u32::try_from(dropped_bits) {
            Ok(dropped_bits) => round_off(self.magnitude, dropped_bits),
            Err(_) => self.magnitude << -dropped_bits,
        };
        // Adding the hidden bit increments the exponent field, so subnormals get field 0. A carry out of the rounding
        // increments it too; above the last binade that gives Inf.
        let field = (binade - format.min_exponent()) as u32;
        format.zero(self.negative) | ((field << format.fraction_bits) + significand as u32)
    }
}

/// `value` / 2^`dropped_bits`, to the nearest integer, ties to even.
#[inline]
pub fn round_off(value: u128, dropped_bits: u32) -> u128 {
    let Some(guard_position) = dropped_bits.checked_sub(1) else {
        return value;
    };
    let Some(with_guard) = value.checked_shr(guard_position) else {
        return 0;
    };
    let (kept, guard) = (with_guard >> 1, with_guard & 1 == 1);
    let sticky = value.trailing_zeros() < guard_position;
    kept + u128::from(guard && (sticky || kept & 1 == 1))
}

/// The value of a float: a dyadic rational, infinity, or NaN.
#[derive(Clone, Copy, Debug)]
pub enum Exact {
    /// A number.
    Finite(Dyadic),
    /// Infinity.
    Infinite {
        /// The sign.
        negative: bool,
    },
    /// Not a number.
    Nan,
}

impl Exact {
    /// The value of `encoding` in `format`.
    #[inline]
    pub fn decode(format: FloatFormat, encoding: u32) -> Exact {
        let negative = format.sign(encoding);
        match format.classify(encoding) {
            FloatClass::Nan => Exact::Nan,
            FloatClass::Infinite => Exact::Infinite { negative },
            FloatClass::Zero | FloatClass::Subnormal | FloatClass::Normal => Exact::Finite(Dyadic {
                negative,
                magnitude: format.significand(encoding).into(),
                exponent: format.effective_exponent(encoding) as i32
                    - format.bias()
                    - format.fraction_bits as i32,
            }),
        }
    }

    /// The encoding of the nearest number of `format`, ties to even (see [`Dyadic::round`]), of the infinity
    /// of that sign, or of the canonical NaN.
    #[inline]
    pub fn round(self, format: FloatFormat) -> u32 {
        match self {
            Exact::Finite(value) => value.round(format),
            Exact::Infinite { negative } => format.infinity(negative),
            Exact::Nan => format.canonical_nan(),
        }
    }
}

impl From<i32> for Exact {
    /// An integer; 0 is +0.
    fn from(value: i32) -> Exact {
        Exact::Finite(Dyadic { negative: value < 0, magnitude: value.unsigned_abs().into(), exponent: 0 })
    }
}

impl From<f64> for Exact {
    /// The value of a double-precision number.
    fn from(value: f64) -> Exact {
        let bits = value.to_bits();
        let (negative, field, fraction) =
            (bits >> 63 == 1, (bits >> 52 & 0x7ff) as i32, bits & ((1 << 52) - 1));
        match (field, fraction) {
            (0x7ff, 0) => Exact::Infinite { negative },
            (0x7ff, _) => Exact::Nan,
            (0, _) => Exact::Finite(Dyadic { negative, magnitude: fraction.into(), exponent: -1074 }),
            _ => {
                let magnitude = u128::from(fraction | 1 << 52);
                Exact::Finite(Dyadic { negative, magnitude, exponent: field - 1075 })
            }
        }
    }
}

impl Mul for Dyadic {
    type Output = Dyadic;

    /// The product of the magnitudes must fit 128 bits, as that of floats and integers of 32 bits does.
    #[inline]
    fn mul(self, other: Dyadic) -> Dyadic {
        Dyadic {
            negative: self.negative != other.negative,
            magnitude: self.magnitude * other.magnitude,
            exponent: self.exponent + other.exponent,
        }
    }
}

impl Add for Dyadic {
    type Output = Dyadic;

    /// The sum of two numbers of less than 32 bits. A zero sum is +0, except that of two -0. If the smaller number is
    /// out of reach of 128 bits, a single bit far below the last of the larger one replaces it: the sum then rounds
    /// like the exact one to every format of less than 32 bits.
    #[inline]
    fn add(self, other: Dyadic) -> Dyadic {
        const REACH: i32 = 90;
        let (high, low) = if self.exponent >= other.exponent { (self, other) } else { (other, self) };
        let distance = high.exponent - low.exponent;
        let (low, shift) = match (high.magnitude, distance) {
            (0, _) => (low, 0),
            (_, ..=REACH) => (low, distance),
            _ => {
                let exponent = high.exponent - REACH;
                (Dyadic { magnitude: low.magnitude.min(1), exponent, ..low }, REACH)
            }
        };
        let signed = |value: Dyadic, magnitude: u128| {
            if value.negative { -(magnitude as i128) } else { magnitude as i128 }
        };
        let sum = signed(high, high.magnitude << shift) + signed(low, low.magnitude);
        let negative = if sum == 0 { self.negative && other.negative } else { sum < 0 };
        Dyadic { negative, magnitude: sum.unsigned_abs(), exponent: low.exponent }
    }
}

impl Add for Exact {
    type Output = Exact;

    /// The sum as in IEEE 754, before rounding: Inf - Inf is NaN.
    #[inline]
    fn add(self, other: Exact) -> Exact {
        match (self, other) {
            (Exact::Finite(a), Exact::Finite(b)) => Exact::Finite(a + b),
            (Exact::Infinite { negative: a }, Exact::Infinite { negative: b }) if a != b => Exact::Nan,
            (Exact::Nan, _) | (_, Exact::Nan) => Exact::Nan,
            (Exact::Infinite { negative }, _) | (_, Exact::Infinite { negative }) => {
                Exact::Infinite { negative }
            }
        }
    }
}

impl Mul for Exact {
    type Output = Exact;

    /// The product as in IEEE 754, before rounding: Inf x 0 is NaN.
    #[inline]
    fn mul(self, other: Exact) -> Exact {
        match (self, other) {
            (Exact::Finite(a), Exact::Finite(b)) => Exact::Finite(a * b),
            (Exact::Nan, _) | (_, Exact::Nan) => Exact::Nan,
            (Exact::Infinite { negative }, factor) | (factor, Exact::Infinite { negative }) => match factor {
                Exact::Nan | Exact::Finite(Dyadic { magnitude: 0, .. }) => Exact::Nan,
                Exact::Finite(Dyadic { negative: other, .. }) | Exact::Infinite { negative: other } => {
                    Exact::Infinite { negative: negative != other }
                }
            },
        }
    }
}

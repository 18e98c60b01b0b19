//! Floating-point fields in hardware: taking operands apart, rounding results and putting them together.

use crate::float::FloatFormat;
use hdl::{Bundle, Module, Signal};

/// A float taken apart. Its value, where it is finite, is
/// (-1)^sign x significand x 2^(exponent - bias - fraction_bits).
#[derive(Clone, Copy, Bundle)]
pub struct Unpacked<T> {
    /// 1 bit.
    pub sign: T,
    /// Biased, at least 1: zeros and subnormals have that of the smallest normal number.
    pub exponent: T,
    /// With the hidden bit on top, which is 0 in zeros and subnormals.
    pub significand: T,
    /// The value is not a number.
    pub nan: T,
    /// The value is infinite.
    pub infinite: T,
}

/// Takes `encoding` apart.
pub fn unpack<'m>(m: &'m Module, format: FloatFormat, encoding: Signal<'m>) -> Unpacked<Signal<'m>> {
    let fraction = encoding.low(format.fraction_bits);
    let field = encoding.slice(format.width() - 2, format.fraction_bits);
    let hidden = field.any().named("hidden_bit");
    let is_special = field.all().named("special");
    let has_fraction = fraction.any().named("has_fraction");
    Unpacked {
        sign: encoding.msb().named("sign"),
        exponent: m.concat(&[field.high(field.width() - 1), field.bit(0) | !hidden]).named("exponent"),
        significand: m.concat(&[hidden, fraction]).named("significand"),
        nan: (is_special & has_fraction).named("nan"),
        infinite: (is_special & !has_fraction).named("infinite"),
    }
}

/// A magnitude to be rounded: an exponent field, one bit wider than the format's so that it cannot overflow,
/// the fraction that is kept, and what follows it.
pub struct Unrounded<'m> {
    /// `exponent_bits + 1` wide; 0 for zeros and subnormals.
    pub exponent: Signal<'m>,
    /// `fraction_bits` wide.
    pub fraction: Signal<'m>,
    /// The first bit after the fraction.
    pub guard: Signal<'m>,
    /// Any 1 behind the guard.
    pub sticky: Signal<'m>,
}

/// Rounds to nearest, ties to even: exponent and fraction as one number, so that the carry out of the
/// fraction moves on into the exponent. Still with the wide exponent.
pub fn round_nearest_even<'m>(m: &'m Module, value: &Unrounded<'m>) -> Signal<'m> {
    let kept = m.concat(&[value.exponent, value.fraction]);
    let up = (value.guard & (value.sticky | value.fraction.bit(0))).named("round_up");
    (kept + up.zext(kept.width())).named("rounded")
}

/// The magnitude bits of an encoding from a rounded one with the wide exponent: whatever has reached the
/// exponent of all ones becomes infinity.
pub fn saturate<'m>(m: &'m Module, format: FloatFormat, rounded: Signal<'m>) -> Signal<'m> {
    saturate_or(m, format, rounded, m.lit(0, 1))
}

/// The same, and infinity where `infinite` is 1.
pub fn saturate_or<'m>(
    m: &'m Module,
    format: FloatFormat,
    rounded: Signal<'m>,
    infinite: Signal<'m>,
) -> Signal<'m> {
    let exponent = rounded.high(format.exponent_bits + 1);
    let overflow = (exponent.msb() | exponent.low(format.exponent_bits).all() | infinite).named("overflow");
    let infinity = m.lit(format.infinity(false) as u128, format.width() - 1);
    overflow.mux(infinity, rounded.low(format.width() - 1)).named("magnitude")
}

/// The encoding of sign and magnitude, or the canonical NaN. The magnitude of a NaN must be that of infinity or 0: all its
/// ones are then in the canonical NaN, and no multiplexer is needed.
pub fn pack<'m>(
    m: &'m Module,
    format: FloatFormat,
    sign: Signal<'m>,
    magnitude: Signal<'m>,
    nan: Signal<'m>,
) -> Signal<'m> {
    let canonical_nan = m.lit(format.canonical_nan() as u128, magnitude.width());
    m.concat(&[sign & !nan, magnitude | canonical_nan.gated(nan)])
}

//! The product of two floats from that of their significands, to nearest even.

use crate::arithmetic::leading_zeros::count_leading_zeros;
use crate::arithmetic::shift::right_with_sticky;
use crate::float::FloatFormat;
use crate::float::fields::{Unpacked, Unrounded, pack, round_nearest_even, saturate_or};
use hdl::{Bundle, Module, Signal, bit_length};

/// A product of two significands, not normalised, with its exponent.
#[derive(Clone, Copy, Bundle)]
pub struct FloatProduct<T> {
    /// Twice as wide as a significand.
    significand: T,
    /// Two's complement: the exponent field less one, where the significand is at least 1 and below 4.
    headroom: T,
    /// What becomes of subnormal numbers.
    small: Small<T>,
    sign: T,
    nan: T,
    infinite: T,
}

/// What becomes of subnormal numbers.
#[derive(Clone, Copy, Bundle)]
enum Small<T> {
    /// They are numbers like others.
    Kept {
        /// Leading zeros of the factor that is subnormal. Where both are, the product is too small for them to matter.
        zeros: T,
        /// The greatest distance of the product from the place of the smallest normal number.
        depth: u64,
    },
    /// They count as zero, and results are made zero.
    Flushed {
        /// A factor is zero.
        zero: T,
    },
}

impl<'m> FloatProduct<Signal<'m>> {
    /// From the product of the significands. `offset` is what both exponents together have too much: the
    /// bias, and whatever the exponent of `a` was raised by.
    pub fn new(
        m: &'m Module,
        format: FloatFormat,
        a: Unpacked<Signal<'m>>,
        offset: u64,
        b: Unpacked<Signal<'m>>,
        significand: Signal<'m>,
    ) -> FloatProduct<Signal<'m>> {
        let smaller = a.significand.msb().mux(b.significand, a.significand).named("smaller");
        let zeros = count_leading_zeros(m, smaller).count.named("float_zeros");
        let small = Small::Kept { zeros, depth: offset - 1 };
        let zero = |float: Unpacked<Signal<'m>>| !float.significand.any();
        FloatProduct::with(format, a, offset, b, significand, small, [zero(a), zero(b)])
    }

    /// The same where subnormal factors count as zero, and a product that is below the smallest normal number after
    /// rounding becomes zero.
    pub fn flushed(
        format: FloatFormat,
        a: Unpacked<Signal<'m>>,
        b: Unpacked<Signal<'m>>,
        significand: Signal<'m>,
    ) -> FloatProduct<Signal<'m>> {
        let zeros = [!a.significand.msb(), !b.significand.msb()];
        let small = Small::Flushed { zero: (zeros[0] | zeros[1]).named("float_zero") };
        FloatProduct::with(format, a, format.bias() as u64, b, significand, small, zeros)
    }

    fn with(
        format: FloatFormat,
        a: Unpacked<Signal<'m>>,
        offset: u64,
        b: Unpacked<Signal<'m>>,
        significand: Signal<'m>,
        small: Small<Signal<'m>>,
        [a_zero, b_zero]: [Signal<'m>; 2],
    ) -> FloatProduct<Signal<'m>> {
        let width = format.exponent_bits + 2;
        let headroom = a.exponent.zext(width) + b.exponent.zext(width) - (offset + 1);
        let is_invalid = (a.infinite & b_zero) | (b.infinite & a_zero);
        FloatProduct {
            significand,
            headroom: headroom.named("float_headroom"),
            small,
            sign: (a.sign ^ b.sign).named("float_sign"),
            nan: (a.nan | b.nan | is_invalid).named("float_nan"),
            infinite: (a.infinite | b.infinite).named("float_infinite"),
        }
    }

    /// The encoding of the product, to nearest even.
    pub fn round(&self, m: &'m Module, format: FloatFormat) -> Signal<'m> {
        m.scope("float", || {
            let magnitude = match self.small {
                Small::Kept { zeros, depth } => self.kept(m, format, zeros, depth),
                Small::Flushed { zero } => self.flush(m, format, zero),
            };
            pack(m, format, self.sign, magnitude, self.nan)
        })
    }

    /// One right shifter serves both directions: the significand enters it as far to the left as a subnormal factor
    /// can need.
    fn kept(&self, m: &'m Module, format: FloatFormat, zeros: Signal<'m>, depth: u64) -> Signal<'m> {
        let f = format.fraction_bits;
        let zeros = zeros.zext(self.headroom.width());
        let spare = (self.headroom - zeros).named("spare");
        let is_subnormal = spare.msb().named("stays_subnormal");
        let left = is_subnormal.mux(self.headroom, zeros);
        let amount_bits = bit_length((u64::from(f) + depth).into());
        let right = (m.lit(f.into(), left.width()) - left).low(amount_bits).named("right_shift");
        let entered = m.concat(&[self.significand, m.lit(0, 1)]);
        let (shifted, lost) = right_with_sticky(m, entered, right);
        let exponent = spare.gated(!is_subnormal).low(format.exponent_bits + 1) + 1;
        let placed = shifted.low(f + 3).named("placed");
        let value = normalised(format, placed, exponent, lost);
        let value = Unrounded { exponent: value.exponent.gated(placed.high(2).any()), ..value };
        saturate_or(m, format, round_nearest_even(m, &value), self.infinite | self.nan)
    }

    fn flush(&self, m: &'m Module, format: FloatFormat, zero: Signal<'m>) -> Signal<'m> {
        let placed = self.significand.high(format.fraction_bits + 3);
        let lost = self.significand.low(format.fraction_bits - 1).any();
        let rounded = round_nearest_even(m, &normalised(format, placed, self.headroom + 1, lost));
        // Here the exponent has one more bit, its sign.
        let exponent = rounded.high(format.exponent_bits + 2);
        let is_zero = (zero | exponent.msb() | !exponent.any()).named("is_zero");
        let magnitude = rounded.low(rounded.width() - 1).gated(!is_zero);
        saturate_or(m, format, magnitude, self.infinite | self.nan)
    }
}

/// A significand whose leading 1 may be in either of its two upper places, above the fraction and the guard.
fn normalised<'m>(
    format: FloatFormat,
    placed: Signal<'m>,
    exponent: Signal<'m>,
    lost: Signal<'m>,
) -> Unrounded<'m> {
    let f = format.fraction_bits;
    let is_above = placed.msb().named("above");
    Unrounded {
        exponent: exponent + is_above.zext(exponent.width()),
        fraction: is_above.mux(placed.slice(f + 1, 2), placed.slice(f, 1)),
        guard: is_above.mux(placed.bit(1), placed.bit(0)),
        sticky: lost | (is_above & placed.bit(0)),
    }
}

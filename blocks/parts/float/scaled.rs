#![doc = include_str!("scaled.md")]

use crate::Part;
use crate::arithmetic::leading_zeros::count_leading_zeros;
use crate::arithmetic::shift::right_with_sticky;
use crate::float::FloatFormat;
use crate::float::fields::{Unrounded, pack, round_nearest_even, saturate_or, unpack};
use hdl::{Bundle, Design, Module, ModuleRef, Signal, bit_length};

/// See the page.
pub const PART: Part = Part {
    name: "scaled",
    summary: "conversion of a scaled magnitude to a float: normalise, round to nearest even, pack",
    page: include_str!("scaled.md"),
    example,
};

/// A number before it is a float.
#[derive(Clone, Copy, Bundle)]
pub struct Scaled<T> {
    /// 1 bit.
    pub sign: T,
    /// Not normalised; what was lost below it, if anything, is in its last bit.
    pub magnitude: T,
    /// Two's complement: the exponent field of a number whose leading 1 is the magnitude's most significant bit.
    pub exponent: T,
    /// The number is NaN.
    pub nan: T,
    /// The number is infinite.
    pub infinite: T,
}

impl<'m> Scaled<Signal<'m>> {
    /// The nearest float, ties to even. `least` is the least value that the exponent can have: hardware for subnormal
    /// results is made only where it lets them be.
    pub fn round(&self, m: &'m Module, format: FloatFormat, least: i64) -> Signal<'m> {
        let f = format.fraction_bits;
        // There must be a guard and a sticky bit below the fraction, however narrow the magnitude is.
        let width = self.magnitude.width().max(f + 3);
        let magnitude = match width - self.magnitude.width() {
            0 => self.magnitude,
            missing => m.concat(&[self.magnitude, m.lit(0, missing)]),
        };
        let wide = self.exponent.width().max(format.exponent_bits + 1).max(bit_length(width.into())) + 1;
        let exponent = self.exponent.sext(wide);
        let zeros = count_leading_zeros(m, magnitude).count.named("leading_zeros");
        let moved = (exponent - zeros.zext(wide)).named("normal_exponent");
        let can_be_subnormal = least < i64::from(width);
        let placed = if can_be_subnormal {
            self.limited(m, magnitude, exponent, zeros, moved, least)
        } else {
            (magnitude << zeros).named("normalised")
        };
        // Without a leading 1 in its place, the number is subnormal or 0.
        let field = moved.gated(placed.msb()).low(format.exponent_bits + 1);
        let too_large = (!moved.msb() & moved.slice(wide - 2, format.exponent_bits).any()).named("too_large");
        let value = Unrounded {
            exponent: field,
            fraction: placed.slice(width - 2, width - 1 - f),
            guard: placed.bit(width - 2 - f),
            sticky: placed.low(width - 2 - f).any(),
        };
        let is_infinite = self.infinite | self.nan | (too_large & placed.msb());
        let magnitude = saturate_or(m, format, round_nearest_even(m, &value), is_infinite);
        pack(m, format, self.sign, magnitude, self.nan)
    }

    /// The magnitude, shifted left no further than an exponent of 1 allows.
    fn limited(
        &self,
        m: &'m Module,
        magnitude: Signal<'m>,
        exponent: Signal<'m>,
        zeros: Signal<'m>,
        moved: Signal<'m>,
        least: i64,
    ) -> Signal<'m> {
        let is_subnormal = (moved.msb() | !moved.any()).named("is_subnormal");
        let above = (exponent - 1).named("above_least");
        let left = is_subnormal.mux(above.gated(!above.msb()).low(zeros.width()), zeros);
        let shifted = (magnitude << left.named("left_shift")).named("placed");
        if least >= 1 {
            return shifted;
        }
        let right = (m.lit(1, exponent.width()) - exponent).named("right_shift");
        let (lower, lost) = right_with_sticky(m, magnitude, right.low(bit_length((1 - least) as u128)));
        let lower = m.concat(&[lower.high(lower.width() - 1), lower.bit(0) | lost]);
        above.msb().mux(lower, shifted).named("shifted")
    }
}

/// A float in another format: exactly in a wider one, to nearest even in a narrower one.
pub fn converted<'m>(m: &'m Module, from: FloatFormat, to: FloatFormat, encoding: Signal<'m>) -> Signal<'m> {
    if from == to {
        return encoding;
    }
    let float = unpack(m, from, encoding);
    let width = from.exponent_bits.max(to.exponent_bits) + 2;
    let more = i64::from(to.bias() - from.bias());
    let exponent = float.exponent.zext(width);
    let exponent = if more < 0 { exponent - more.unsigned_abs() } else { exponent + more as u64 };
    let scaled = Scaled {
        sign: float.sign,
        magnitude: float.significand,
        exponent: exponent.named("field"),
        nan: float.nan,
        infinite: float.infinite,
    };
    scaled.round(m, to, 1 + more)
}

fn example(design: &Design) -> ModuleRef {
    design.module("scaled", &["fp32", "fp16"], |m| {
        let single = m.input("single", 32, "an FP32 number");
        let half = converted(m, FloatFormat::FP32, FloatFormat::FP16, single);
        m.output("half", half, "the same in FP16, to nearest even");
    })
}

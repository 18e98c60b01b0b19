//! The sum of two floats, to nearest even.

use crate::arithmetic::shift::right_with_sticky;
use crate::float::FloatFormat;
use crate::float::fields::unpack;
use crate::float::scaled::Scaled;
use hdl::{Module, Signal};

/// Bits below the smaller significand that decide the rounding: guard, round, sticky.
const BELOW: u32 = 3;

/// The sum of two floats before rounding: at least 2 in `exponent`. A zero sum is +0, except that of two -0.
pub fn unrounded_sum<'m>(
    m: &'m Module,
    format: FloatFormat,
    a: Signal<'m>,
    b: Signal<'m>,
) -> Scaled<Signal<'m>> {
    let magnitude = |float: Signal<'m>| float.low(format.width() - 1);
    let is_swapped = magnitude(b).gt(magnitude(a)).named("is_swapped");
    let larger = m.scope("larger", || unpack(m, format, is_swapped.mux(b, a)));
    let smaller = m.scope("smaller", || unpack(m, format, is_swapped.mux(a, b)));
    let below = m.lit(0, BELOW);
    let distance = (larger.exponent - smaller.exponent).named("distance");
    let (aligned, lost) = right_with_sticky(m, m.concat(&[smaller.significand, below]), distance);
    let aligned = m.concat(&[aligned.high(aligned.width() - 1), aligned.bit(0) | lost]).named("aligned");
    let subtracts = (larger.sign ^ smaller.sign).named("subtracts");
    let width = aligned.width() + 1;
    let base = m.concat(&[larger.significand, below]).zext(width);
    let change = aligned.zext(width) ^ subtracts.repeat(width);
    let sum = (base + change + subtracts.zext(width)).named("sum");
    Scaled {
        sign: (larger.sign & !(subtracts & !sum.any())).named("sum_sign"),
        magnitude: sum,
        exponent: (larger.exponent.zext(format.exponent_bits + 2) + 1).named("sum_exponent"),
        nan: (larger.nan | smaller.nan | (larger.infinite & smaller.infinite & subtracts)).named("sum_nan"),
        infinite: (larger.infinite | smaller.infinite).named("sum_infinite"),
    }
}

/// The sum of two floats.
pub fn float_sum<'m>(m: &'m Module, format: FloatFormat, a: Signal<'m>, b: Signal<'m>) -> Signal<'m> {
    unrounded_sum(m, format, a, b).round(m, format, LEAST_EXPONENT)
}

/// The least exponent of an unrounded sum.
pub const LEAST_EXPONENT: i64 = 2;

//! The multiplier array: a significand by a small digit in each lane, which together also multiply two
//! significands.

use super::operands::{Operands, SecondFloat, each_lane};
use crate::pacq::pacq_mul::params::Params;
use hdl::{Bundle, Module, Signal};
use parts::arithmetic::digits::{place, sum};
use parts::float::product::FloatProduct;

/// The operands with what the array makes of them.
#[derive(Clone, Bundle)]
pub struct Products<T> {
    /// As decoded.
    pub operands: Operands<T>,
    /// For each lane, |B| times the significand of A: `significand_bits` wide.
    pub lanes: Vec<T>,
    /// In dual mode.
    pub float: Option<FloatProduct<T>>,
}

/// Multiplies the activation by every lane's weight, without the sign.
pub fn by_weights<'m>(
    m: &'m Module,
    params: &Params,
    operands: Operands<Signal<'m>>,
) -> Products<Signal<'m>> {
    let a = operands.a;
    let absolutes: Vec<Signal> = operands.weights.iter().map(|weight| weight.absolute).collect();
    let (lanes, float) = match &operands.float {
        None => (each_lane(m, absolutes, |absolute| by_absolute(params, a.significand, absolute)), None),
        Some(second) => {
            let array = dual(m, a.significand, &absolutes, second);
            let bias = params.format().bias() as u64;
            let float = FloatProduct::new(m, params.format(), a, bias, second.b, array.product);
            (each_lane(m, array.lanes, |lane| lane.low(params.significand_bits())), Some(float))
        }
    };
    Products { operands, lanes: each_lane(m, lanes, |product| product.named("significand")), float }
}

/// The top bit of |B| is set only for 2^(w-1), where all other bits are 0. So the top row of the multiplier needs no
/// addition: an OR is enough.
fn by_absolute<'m>(params: &Params, significand: Signal<'m>, absolute: Signal<'m>) -> Signal<'m> {
    let (w, width) = (params.weight_bits, params.significand_bits());
    let whole = significand.gated(absolute.msb()).zext(width) << (w - 1);
    whole.named("top_row") | (significand * absolute.low(w - 1)).named("lower_rows")
}

/// The lanes of an array that serves two purposes, and their sum.
pub struct DualArray<'m> {
    /// Digit times significand, each as wide as both together.
    pub lanes: Vec<Signal<'m>>,
    /// The product of both significands, where the mode is that of floats.
    pub product: Signal<'m>,
}

/// Multiplies `significand` by every lane's digit, or by the digits of the second float's significand.
pub fn dual<'m>(
    m: &'m Module,
    significand: Signal<'m>,
    digits: &[Signal<'m>],
    second: &SecondFloat<Signal<'m>>,
) -> DualArray<'m> {
    let w = digits[0].width();
    let other = second.b.significand;
    let padded = other.zext(other.width().max(digits.len() as u32 * w));
    let second_digits = (0..digits.len() as u32).map(|lane| padded.slice((lane + 1) * w - 1, lane * w));
    let lanes = each_lane(m, digits.iter().zip(second_digits), |(digit, second_digit)| {
        (significand * second.mode.mux(second_digit, *digit)).named("partial")
    });
    let width = significand.width() + other.width();
    let used = other.width().div_ceil(w);
    let placed = (0..used).map(|lane| place(lanes[lane as usize], lane * w, width)).collect();
    DualArray { product: sum(placed).named("float_significand"), lanes }
}

//! `biased`: A x (B + bias) = A x (2^fraction_bits + y) to nearest even, the paper's function for every A.

use super::operands::{SecondFloat, codes, each_lane, join, second_float};
use super::{Cut, Stages, float_result, multiply};
use crate::pacq::pacq_mul::interface::{Inputs, Outputs};
use crate::pacq::pacq_mul::params::Params;
use hdl::{Bundle, Module, Signal};
use parts::arithmetic::digits::by_codes;
use parts::arithmetic::leading_zeros::count_leading_zeros;
use parts::float::FloatFormat;
use parts::float::fields::{Unpacked, Unrounded, pack, round_nearest_even, saturate, unpack};
use parts::float::product::FloatProduct;

/// The operands, later with their products.
#[derive(Clone, Bundle)]
struct Work<T> {
    /// The activation, normalised: its significand begins with 1 unless it is 0. Its exponent is wide and
    /// already that of the product, `fraction_bits` higher.
    a: Unpacked<T>,
    /// Each lane's code, then its product.
    lanes: Vec<T>,
    second: Option<SecondFloat<T>>,
    float: Option<FloatProduct<T>>,
}

/// One normaliser for all lanes; then a small multiplier, an adder and a rounder for each.
pub fn lanes<'m>(
    m: &'m Module,
    params: &Params,
    inputs: &Inputs<Signal<'m>>,
    stages: &mut Stages<'m>,
) -> Outputs<Signal<'m>> {
    let format = params.format();
    let a = normalised(m, format, m.scope("a", || unpack(m, format, inputs.activation)));
    let second = second_float(m, params, inputs);
    let mut work = Work { a, lanes: codes(params, inputs), second, float: None };
    stages.cut(Cut::Decode, &mut work);

    multiply(m, params, &mut work);
    stages.cut(Cut::Multiply, &mut work);

    let lanes = each_lane(m, &work.lanes, |product| {
        let magnitude = saturate(m, format, round(m, format, &work.a, *product));
        // With a NaN's exponent, the magnitude saturates to infinity.
        pack(m, format, work.a.sign, magnitude, work.a.nan).named("product")
    });
    let product = join(m, &lanes).named("products");
    Outputs::Floats { product, fp_product: float_result(m, format, work.float) }
}

/// The leading 1 of a subnormal is shifted up, so that the leading 1 of every product is in one of two places.
fn normalised<'m>(m: &'m Module, format: FloatFormat, a: Unpacked<Signal<'m>>) -> Unpacked<Signal<'m>> {
    let zeros = count_leading_zeros(m, a.significand).count.named("leading_zeros");
    let width = format.exponent_bits + 1;
    let raised = a.exponent.zext(width) + format.fraction_bits as u64;
    Unpacked {
        significand: (a.significand << zeros).named("normalised"),
        exponent: (raised - zeros.zext(width)).named("product_exponent"),
        ..a
    }
}

/// Replaces each code y by mA x (2^fraction_bits + y) = (mA << fraction_bits) + mA x y.
fn multiply<'m>(m: &'m Module, params: &Params, work: &mut Work<Signal<'m>>) {
    let (format, significand) = (params.format(), work.a.significand);
    let small: Vec<Signal> = match &work.second {
        None => by_codes(m, significand, &work.lanes),
        Some(second) => {
            let array = multiply::dual(m, significand, &work.lanes, second);
            let offset = (format.bias() as u32 + format.fraction_bits) as u64;
            work.float = Some(FloatProduct::new(m, format, work.a, offset, second.b, array.product));
            array.lanes
        }
    };
    let width = 2 * format.significand_bits();
    let shifted = significand.zext(width) << format.fraction_bits;
    let add =
        |(lane, small): (usize, Signal<'m>)| (shifted + small.zext(width)).named(&format!("lane{lane}_sum"));
    work.lanes = small.into_iter().enumerate().map(add).collect();
}

/// Rounds a product whose leading 1 is in its normal place, or one place above: then the exponent is one higher.
fn round<'m>(
    m: &'m Module,
    format: FloatFormat,
    a: &Unpacked<Signal<'m>>,
    product: Signal<'m>,
) -> Signal<'m> {
    let f = format.fraction_bits;
    let is_above = product.msb().named("above");
    let is_nonzero = is_above | product.bit(2 * f);
    let exponent = a.exponent + is_above.zext(a.exponent.width());
    let value = Unrounded {
        exponent: exponent.gated(is_nonzero),
        fraction: is_above.mux(product.slice(2 * f, f + 1), product.slice(2 * f - 1, f)),
        guard: is_above.mux(product.bit(f), product.bit(f - 1)),
        sticky: product.low(f - 1).any() | (is_above & product.bit(f - 1)),
    };
    round_nearest_even(m, &value)
}

//! `literal`: the FP16 datapath as the paper draws it, with the errors of the drawing.

use super::operands::{codes, each_lane, join};
use super::{Cut, Stages};
use crate::pacq::pacq_mul::interface::{Inputs, Outputs};
use crate::pacq::pacq_mul::params::Params;
use hdl::{Bundle, Module, Signal};
use parts::float::FloatFormat;
use parts::float::fields::{Unrounded, round_nearest_even, saturate};

const FORMAT: FloatFormat = FloatFormat::FP16;

/// Bits of mA x y that the drawing keeps, one fewer than the product of 4-bit codes has.
const KEPT_BITS: u32 = 14;

/// Width of the drawing's adder, whose carry is lost.
const ADDER_BITS: u32 = 6;

/// The activation's fields, and each lane's code, later its product.
#[derive(Clone, Bundle)]
struct Work<T> {
    sign: T,
    exponent: T,
    significand: T,
    lanes: Vec<T>,
}

/// The activation's sign and exponent are shared; zero, subnormal, Inf and NaN are not treated specially.
pub fn lanes<'m>(
    m: &'m Module,
    params: &Params,
    inputs: &Inputs<Signal<'m>>,
    stages: &mut Stages<'m>,
) -> Outputs<Signal<'m>> {
    let fraction = inputs.activation.low(FORMAT.fraction_bits);
    let sign = inputs.activation.msb().named("sign");
    let field = inputs.activation.slice(FORMAT.width() - 2, FORMAT.fraction_bits);
    let mut work = Work {
        sign,
        exponent: field.named("exponent_field"),
        significand: m.concat(&[m.lit(1, 1), fraction]).named("significand"),
        lanes: codes(params, inputs),
    };
    stages.cut(Cut::Decode, &mut work);

    work.lanes = each_lane(m, work.lanes, |code| drawn_product(m, work.significand, code));
    stages.cut(Cut::Multiply, &mut work);

    let exponent = work.exponent.zext(FORMAT.exponent_bits + 1) + FORMAT.fraction_bits as u64;
    let lanes = each_lane(m, work.lanes, |product| {
        m.concat(&[work.sign, round(m, exponent, product)]).named("product")
    });
    Outputs::Floats { product: join(m, &lanes).named("products"), fp_product: None }
}

/// mA x (1024 + y) in 21 bits, as drawn: the upper bits of mA x y are added to the lower 6 of mA, and the carry into
/// the upper 5 is lost.
fn drawn_product<'m>(m: &'m Module, significand: Signal<'m>, code: Signal<'m>) -> Signal<'m> {
    let partial = significand * code;
    let kept = partial.low(KEPT_BITS.min(partial.width()));
    let overlap = kept.high(kept.width() - FORMAT.fraction_bits);
    let middle = significand.low(ADDER_BITS) + overlap.zext(ADDER_BITS);
    let upper = significand.high(significand.width() - ADDER_BITS);
    m.concat(&[upper, middle.named("middle"), kept.low(FORMAT.fraction_bits)]).named("drawn_product")
}

/// Rounds the top 11 bits by the 10 below them.
fn round<'m>(m: &'m Module, exponent: Signal<'m>, product: Signal<'m>) -> Signal<'m> {
    let f = FORMAT.fraction_bits;
    let value = Unrounded {
        exponent,
        fraction: product.slice(2 * f - 1, f),
        guard: product.bit(f - 1),
        sticky: product.low(f - 1).any(),
    };
    saturate(m, FORMAT, round_nearest_even(m, &value))
}

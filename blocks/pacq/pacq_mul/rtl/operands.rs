//! The operands, decoded: the activation, a digit a lane, and the second float of dual mode.

use crate::pacq::pacq_mul::interface::Inputs;
use crate::pacq::pacq_mul::params::Params;
use hdl::{Bundle, Module, Signal};
use parts::float::fields::{Unpacked, unpack};

/// What the multiplier array works on.
#[derive(Clone, Bundle)]
pub struct Operands<T> {
    /// The activation.
    pub a: Unpacked<T>,
    /// Each lane's weight.
    pub weights: Vec<Weight<T>>,
    /// Only in dual mode.
    pub float: Option<SecondFloat<T>>,
}

/// The second operand of a product of floats.
#[derive(Clone, Copy, Bundle)]
pub struct SecondFloat<T> {
    /// 1 for a product of floats, 0 for products with weights.
    pub mode: T,
    /// Its value.
    pub b: Unpacked<T>,
}

/// A weight B as sign and magnitude.
#[derive(Clone, Copy, Bundle)]
pub struct Weight<T> {
    /// B < 0.
    pub negative: T,
    /// |B|, `weight_bits` wide, at most 2^(weight_bits - 1).
    pub absolute: T,
    /// B = 0.
    pub zero: T,
}

/// Decodes all operands, the weights as signed.
pub fn decode<'m>(m: &'m Module, params: &Params, inputs: &Inputs<Signal<'m>>) -> Operands<Signal<'m>> {
    Operands {
        a: m.scope("a", || unpack(m, params.format(), inputs.activation)),
        weights: each_lane(m, codes(params, inputs), |code| decode_weight(m, code)),
        float: second_float(m, params, inputs),
    }
}

/// Each lane's code y = B + 2^(weight_bits - 1).
pub fn codes<'m>(params: &Params, inputs: &Inputs<Signal<'m>>) -> Vec<Signal<'m>> {
    let w = params.weight_bits;
    let code = |lane| inputs.weights.slice((lane + 1) * w - 1, lane * w).named(&format!("lane{lane}_code"));
    (0..params.lanes()).map(code).collect()
}

/// The second float of dual mode.
pub fn second_float<'m>(
    m: &'m Module,
    params: &Params,
    inputs: &Inputs<Signal<'m>>,
) -> Option<SecondFloat<Signal<'m>>> {
    let (mode, encoding) = inputs.fp_mode.zip(inputs.multiplier)?;
    Some(SecondFloat { mode, b: m.scope("b", || unpack(m, params.format(), encoding)) })
}

/// Applies `make` to each lane's item, under the lane's name.
pub fn each_lane<T, U>(m: &Module, lanes: impl IntoIterator<Item = T>, make: impl Fn(T) -> U) -> Vec<U> {
    let named = |(lane, item)| m.scope(&format!("lane{lane}"), || make(item));
    lanes.into_iter().enumerate().map(named).collect()
}

/// All lanes side by side, lane 0 in the lowest bits.
pub fn join<'m>(m: &'m Module, lanes: &[Signal<'m>]) -> Signal<'m> {
    m.concat(&lanes.iter().rev().copied().collect::<Vec<_>>())
}

/// The code is B + 2^(w-1): its top bit is 1 for B >= 0, and the bits below it are B modulo 2^(w-1).
fn decode_weight<'m>(m: &'m Module, code: Signal<'m>) -> Weight<Signal<'m>> {
    let (negative, rest) = ((!code.msb()).named("negative"), code.low(code.width() - 1));
    let rest_zero = (!rest.any()).named("rest_zero");
    let negated = m.lit(0, rest.width()) - rest;
    let absolute = m.concat(&[negative & rest_zero, negative.mux(negated, rest)]);
    Weight { negative, absolute: absolute.named("absolute"), zero: (!negative & rest_zero).named("zero") }
}

//! `rounded`: A x B to nearest even in the format of A.

use super::multiples::{Multiples, choose};
use super::operands::{Operands, Weight, decode, each_lane, join};
use super::{Stages, float_result};
use crate::pacq::pacq_mul::interface::{Inputs, Outputs};
use crate::pacq::pacq_mul::params::Params;
use hdl::{Module, Signal};
use parts::float::FloatFormat;
use parts::float::fields::{Unrounded, pack, round_nearest_even, saturate};

/// A multiplier and a rounder for each lane.
pub fn per_lane<'m>(
    m: &'m Module,
    params: &Params,
    inputs: &Inputs<Signal<'m>>,
    stages: &mut Stages<'m>,
) -> Outputs<Signal<'m>> {
    let products = stages.products(m, params, decode(m, params, inputs));
    let (format, exponent) = (params.format(), products.operands.a.exponent);
    let round = |product: &Signal<'m>| saturate(m, format, round_product(m, format, exponent, *product));
    let magnitudes = each_lane(m, &products.lanes, round);
    let product = join_lanes(m, format, &products.operands, &magnitudes);
    Outputs::Floats { product, fp_product: float_result(m, format, products.float) }
}

/// The odd multiples of A computed and rounded once; the others are exact doublings, the lanes select.
pub fn shared_multiples<'m>(
    m: &'m Module,
    params: &Params,
    inputs: &Inputs<Signal<'m>>,
    stages: &mut Stages<'m>,
) -> Outputs<Signal<'m>> {
    let Multiples { operands, odd } = stages.odd_multiples(params, decode(m, params, inputs));
    let (format, exponent) = (params.format(), operands.a.exponent);
    let round = |odd: Signal<'m>| round_product(m, format, exponent, odd);
    let rounded = odd.table(m, params, round, |half| double(m, format, half));
    let table: Vec<Signal> = rounded
        .into_iter()
        .enumerate()
        .map(|(index, value)| m.scope(&format!("times{}", index + 1), || saturate(m, format, value)))
        .collect();
    let choose = |weight: &Weight<Signal<'m>>| choose(m, &table, weight.absolute).named("magnitude");
    let magnitudes = each_lane(m, &operands.weights, choose);
    Outputs::Floats { product: join_lanes(m, format, &operands, &magnitudes), fp_product: None }
}

/// Rounds a significand times an integer. `product` has the bits of a significand and some more above them; the
/// exponent grows by one for each of these that is used. No product is smaller than A, so a subnormal one stays
/// exact. Returns the magnitude with the wide exponent.
fn round_product<'m>(
    m: &'m Module,
    format: FloatFormat,
    exponent: Signal<'m>,
    product: Signal<'m>,
) -> Signal<'m> {
    let more = product.width() - format.significand_bits();
    let exponent = exponent.zext(format.exponent_bits + 1);
    let exponent_or_zero = exponent.gated(product.bit(format.fraction_bits));
    if more == 0 {
        return m.concat(&[exponent_or_zero, product.low(format.fraction_bits)]).named("rounded");
    }
    let unmoved = m.concat(&[exponent_or_zero, product.low(format.fraction_bits), m.lit(0, 2)]);
    let cases: Vec<_> = (1..=more)
        .rev()
        .map(|moved| {
            let fraction = product.slice(format.fraction_bits + moved - 1, moved);
            let sticky = if moved > 1 { product.low(moved - 1).any() } else { m.lit(0, 1) };
            let parts = [exponent + moved as u64, fraction, product.bit(moved - 1), sticky];
            (product.bit(format.fraction_bits + moved), m.concat(&parts))
        })
        .collect();
    let chosen = m.priority(&cases, unmoved).named("aligned");
    let value = Unrounded {
        exponent: chosen.high(format.exponent_bits + 1),
        fraction: chosen.slice(format.fraction_bits + 1, 2),
        guard: chosen.bit(1),
        sticky: chosen.bit(0),
    };
    round_nearest_even(m, &value)
}

/// Twice a rounded magnitude, exactly: increments the exponent or, in a subnormal, shifts the fraction.
fn double<'m>(m: &'m Module, format: FloatFormat, magnitude: Signal<'m>) -> Signal<'m> {
    let exponent = magnitude.high(format.exponent_bits + 1);
    let larger = m.concat(&[exponent + 1, magnitude.low(format.fraction_bits)]);
    exponent.any().mux(larger, magnitude << 1).named("doubled")
}

fn join_lanes<'m>(
    m: &'m Module,
    format: FloatFormat,
    operands: &Operands<Signal<'m>>,
    magnitudes: &[Signal<'m>],
) -> Signal<'m> {
    let a = &operands.a;
    let lanes = each_lane(m, operands.weights.iter().zip(magnitudes), |(weight, magnitude)| {
        // The magnitude is that of infinity if A is infinite or NaN, unless B is 0: then it is 0.
        let nan = (a.nan | (a.infinite & weight.zero)).named("nan");
        pack(m, format, a.sign ^ weight.negative, *magnitude, nan).named("product")
    });
    join(m, &lanes).named("products")
}

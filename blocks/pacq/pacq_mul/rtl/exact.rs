//! `exact`: significands of A x B without a rounding, under one shared exponent.

use super::multiples::{Multiples, choose};
use super::operands::{Operands, Weight, decode, each_lane, join};
use super::{Stages, float_result};
use crate::pacq::pacq_mul::interface::{Inputs, Outputs};
use crate::pacq::pacq_mul::params::Params;
use hdl::{Module, Signal};
use parts::float::product::FloatProduct;

/// A multiplier for each lane.
pub fn per_lane<'m>(
    m: &'m Module,
    params: &Params,
    inputs: &Inputs<Signal<'m>>,
    stages: &mut Stages<'m>,
) -> Outputs<Signal<'m>> {
    let products = stages.products(m, params, finite_operands(m, params, inputs));
    lane_fields(m, params, &products.operands, &products.lanes, products.float)
}

/// Every multiple of the significand once; the lanes select.
pub fn shared_multiples<'m>(
    m: &'m Module,
    params: &Params,
    inputs: &Inputs<Signal<'m>>,
    stages: &mut Stages<'m>,
) -> Outputs<Signal<'m>> {
    let Multiples { operands, odd } = stages.odd_multiples(params, finite_operands(m, params, inputs));
    let width = params.significand_bits();
    let table = odd.table(m, params, |odd| odd.zext(width), |half| half << 1);
    let choose = |weight: &Weight<Signal<'m>>| choose(m, &table, weight.absolute).named("significand");
    let significands = each_lane(m, &operands.weights, choose);
    lane_fields(m, params, &operands, &significands, None)
}

/// The operands; the significand of an infinity or a NaN is 0, so that the products are 0 too.
fn finite_operands<'m>(m: &'m Module, params: &Params, inputs: &Inputs<Signal<'m>>) -> Operands<Signal<'m>> {
    let mut operands = decode(m, params, inputs);
    let is_special = operands.a.nan | operands.a.infinite;
    let is_gated = match &operands.float {
        None => is_special,
        Some(second) => is_special & !second.mode,
    };
    operands.a.significand = operands.a.significand.gated(!is_gated).named("finite_significand");
    operands
}

fn lane_fields<'m>(
    m: &'m Module,
    params: &Params,
    operands: &Operands<Signal<'m>>,
    significands: &[Signal<'m>],
    float: Option<FloatProduct<Signal<'m>>>,
) -> Outputs<Signal<'m>> {
    let (a, weights) = (&operands.a, &operands.weights);
    let nan = each_lane(m, weights, |weight| (a.nan | (a.infinite & weight.zero)).named("nan"));
    let infinite = each_lane(m, weights, |weight| (a.infinite & !weight.zero).named("infinite"));
    let signed = weights.iter().zip(&nan);
    let sign = each_lane(m, signed, |(weight, nan)| ((a.sign ^ weight.negative) & !*nan).named("sign"));
    Outputs::Exact {
        exponent: a.exponent,
        sign: join(m, &sign).named("signs"),
        significand: join(m, significands).named("significands"),
        nan: join(m, &nan).named("nans"),
        infinite: join(m, &infinite).named("infinites"),
        fp_product: float_result(m, params.format(), float),
    }
}

//! Functional coverage: the kinds of operands and results that a run has met.

use super::model;
use super::params::{Params, Product};
use hdl::Bits;
use parts::float::{FloatClass, FloatFormat};

const CLASSES: [FloatClass; 5] =
    [FloatClass::Zero, FloatClass::Subnormal, FloatClass::Normal, FloatClass::Infinite, FloatClass::Nan];

const OPERAND_POINTS: [&str; 9] = [
    "activation zero",
    "activation subnormal",
    "activation normal",
    "activation infinite",
    "activation NaN",
    "weight 0",
    "weight least (-2^(w-1))",
    "weight greatest (2^(w-1) - 1)",
    "infinite x weight 0",
];

const RESULT_POINTS: [&str; 4] =
    ["result overflows", "subnormal becomes normal", "result inexact", "result subnormal"];

const FLOAT_POINTS: [&str; 7] = [
    "float pair zero",
    "float pair subnormal",
    "float pair normal",
    "float pair infinite",
    "float pair NaN",
    "float pair underflows to zero",
    "float pair invalid (zero x infinite)",
];

/// The names, in the order of the indexes that [`observe`] reports.
pub fn coverage_points(params: &Params) -> Vec<&'static str> {
    let mut points = OPERAND_POINTS.to_vec();
    if reports_results(params) {
        points.extend(RESULT_POINTS);
    }
    if params.dual_mode {
        points.extend(FLOAT_POINTS);
    }
    points
}

/// Only a product of A x B in A's own format can round, overflow or be subnormal.
fn reports_results(params: &Params) -> bool {
    params.product == Product::Rounded
}

/// Reports the points that an input beat reaches.
pub fn observe(params: &Params, beat: &[Bits], hit: &mut dyn FnMut(usize)) {
    let activation = beat[0].to_u64() as u16;
    let results_at = OPERAND_POINTS.len();
    let floats_at = results_at + if reports_results(params) { RESULT_POINTS.len() } else { 0 };
    if let [_, _, mode, multiplier] = beat
        && !mode.is_zero()
    {
        observe_pair(params.format(), activation, multiplier.to_u64() as u16, &mut |point| {
            hit(floats_at + point)
        });
        return;
    }
    let w = params.weight_bits;
    hit(class_index(params.format(), activation));
    for lane in 0..params.lanes() {
        let code = beat[1].slice((lane + 1) * w - 1, lane * w).to_u64() as u16;
        observe_weight(params, activation, code, hit);
        if reports_results(params) {
            observe_result(params, activation, code, &mut |point| hit(results_at + point));
        }
    }
}

fn class_index(format: FloatFormat, encoding: u16) -> usize {
    let class = format.classify(encoding.into());
    CLASSES.iter().position(|other| *other == class).expect("every class is listed")
}

fn observe_weight(params: &Params, activation: u16, code: u16, hit: &mut dyn FnMut(usize)) {
    let middle = 1 << (params.weight_bits - 1);
    match code {
        _ if code == middle => hit(5),
        0 => hit(6),
        _ if code == 2 * middle - 1 => hit(7),
        _ => {}
    }
    if code == middle && params.format().classify(activation.into()) == FloatClass::Infinite {
        hit(8);
    }
}

fn observe_result(params: &Params, activation: u16, code: u16, hit: &mut dyn FnMut(usize)) {
    let format = params.format();
    let result = model::rounded(format, params.weight_bits, activation, code);
    let exact = model::exact(format, params.weight_bits, activation, code);
    let (before, after) = (format.classify(activation.into()), format.classify(result.into()));
    if after == FloatClass::Infinite && before == FloatClass::Normal {
        hit(0);
    }
    if before == FloatClass::Subnormal && after == FloatClass::Normal {
        hit(1);
    }
    if exact.significand != 0
        && exact.significand.ilog2() - exact.significand.trailing_zeros() > format.fraction_bits
    {
        hit(2);
    }
    if after == FloatClass::Subnormal {
        hit(3);
    }
}

fn observe_pair(format: FloatFormat, a: u16, b: u16, hit: &mut dyn FnMut(usize)) {
    let result = model::float_product(format, a, b);
    hit(class_index(format, result));
    let classes = [a, b].map(|float| format.classify(float.into()));
    let has_zero = classes.contains(&FloatClass::Zero);
    if format.classify(result.into()) == FloatClass::Zero && !has_zero {
        hit(5);
    }
    if has_zero && classes.contains(&FloatClass::Infinite) {
        hit(6);
    }
}

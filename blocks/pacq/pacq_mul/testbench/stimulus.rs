//! What is enumerated, and what random words look like.

use super::super::interface::interface;
use super::super::params::Params;
use crate::common::float::FloatFormat;
use crate::pure::insert;
use crate::stimulus::{Space, case_rng};

/// Every activation with every code in every lane; in dual mode also every pair of floats.
///
/// Neighbouring lanes hold different codes, and each lane meets every code. That is all there is to see: a
/// lane's outputs depend on the activation and on its own code only, which a test shows on the netlist.
pub fn spaces(params: &Params) -> Vec<Space> {
    let lanes = {
        let params = params.clone();
        let cases = 1 << (16 + params.weight_bits);
        Space::of_limbs("activation x weight", cases, widths(&params), move |index, beat| {
            word(&params, index as u16, |lane| (index >> 16) + 5 * u64::from(lane), beat);
        })
    };
    let pairs = {
        let params = params.clone();
        Space::of_limbs("float x float", 1 << 32, widths(&params), move |index, beat| {
            float_pair(index as u16, (index >> 16) as u16, beat);
        })
    };
    match params.dual_mode {
        false => vec![lanes],
        true => vec![lanes, pairs],
    }
}

/// Words with activations around the corners of the format, and any weights; in dual mode half are pairs.
pub fn random(params: &Params, seed: u64) -> Space {
    let params = params.clone();
    Space::of_limbs("random", u64::MAX, widths(&params), move |index, beat| {
        let mut rng = case_rng(seed, index);
        let activation = corner_weighted(params.format(), &mut rng);
        if params.dual_mode && rng.bool() {
            return float_pair(activation, corner_weighted(params.format(), &mut rng), beat);
        }
        word(&params, activation, |_| rng.u64(..), beat);
    })
}

/// Words as in a quantised language model: activations normally distributed, weights too, with the largest code at about
/// three standard deviations; in dual mode no pairs of floats.
pub fn typical(params: &Params, seed: u64) -> Space {
    let params = params.clone();
    Space::of_limbs("typical", u64::MAX, widths(&params), move |index, beat| {
        let mut rng = case_rng(seed, index);
        let activation = truncated(params.format(), normal(&mut rng) as f32);
        let half = f64::from(1u32 << (params.weight_bits - 1));
        let code = |_| (normal(&mut rng) * half / 3.0 + half).round().clamp(0.0, 2.0 * half - 1.0) as u64;
        word(&params, activation, code, beat);
    })
}

/// Normally distributed, by the method of Box and Muller.
fn normal(rng: &mut fastrand::Rng) -> f64 {
    let radius = (-2.0 * (1.0 - rng.f64()).ln()).sqrt();
    radius * (std::f64::consts::TAU * rng.f64()).cos()
}

/// The encoding of a number within the format's range, towards zero; subnormals become 0.
fn truncated(format: FloatFormat, value: f32) -> u16 {
    let exponent = (value.to_bits() >> 23 & 0xff) as i32 - 127 + format.bias();
    let fraction = (value.to_bits() & 0x7f_ffff) >> (23 - format.fraction_bits);
    match exponent {
        ..1 => format.zero(value < 0.0) as u16,
        _ => format.encode(value < 0.0, exponent as u32, fraction) as u16,
    }
}

/// Widths of the input fields.
fn widths(params: &Params) -> Vec<u32> {
    interface(params).inputs[0].fields.iter().map(|field| field.width).collect()
}

/// An activation, and a code for each lane.
fn word(params: &Params, activation: u16, mut code: impl FnMut(u32) -> u64, beat: &mut [u64]) {
    let w = params.weight_bits;
    beat[0] = activation.into();
    for lane in 0..params.lanes() {
        insert(&mut beat[1..], lane * w, w, code(lane));
    }
}

/// The mode and the second float are the last two fields.
fn float_pair(a: u16, b: u16, beat: &mut [u64]) {
    let last = beat.len() - 1;
    (beat[0], beat[last - 1], beat[last]) = (a.into(), 1, b.into());
}

/// Half of the encodings from the corners: exponents at the ends or around the bias, fractions with few ones
/// or few zeros.
fn corner_weighted(format: FloatFormat, rng: &mut fastrand::Rng) -> u16 {
    if rng.bool() {
        return rng.u16(..);
    }
    let (ones, bias) = (format.exponent_ones(), format.bias() as u32);
    let exponent = match rng.u8(..6) {
        0 => 0,
        1 => 1,
        2 => ones - 1,
        3 => ones,
        4 => bias + rng.u32(0..5) - 2,
        _ => rng.u32(0..=ones),
    };
    let (bit, mask) = (1 << rng.u32(0..format.fraction_bits), (1 << format.fraction_bits) - 1);
    let fraction = match rng.u8(..6) {
        0 => 0,
        1 => mask,
        2 => bit,
        3 => mask ^ bit,
        4 => mask & !(bit - 1),
        _ => bit - 1,
    };
    format.encode(rng.bool(), exponent, fraction) as u16
}

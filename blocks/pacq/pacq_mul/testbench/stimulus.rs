//! What is enumerated, and what random words look like.

use super::super::params::Params;
use crate::channel::Beat;
use crate::common::float::FloatFormat;
use crate::stimulus::{Space, case_rng};
use hdl::Bits;

/// Every activation with every code in every lane; in dual mode also every pair of floats.
///
/// Neighbouring lanes hold different codes, and each lane meets every code. That is all there is to see: a
/// lane's outputs depend on the activation and on its own code only, which a test shows on the netlist.
pub fn spaces(params: &Params) -> Vec<Space> {
    let lanes = {
        let params = params.clone();
        Space::of_beats("activation x weight", 1 << (16 + params.weight_bits), move |index| {
            let codes = (0..params.lanes() as u64).map(|lane| (index >> 16) + 5 * lane);
            word(&params, index as u16, codes)
        })
    };
    let pairs = {
        let params = params.clone();
        Space::of_beats("float x float", 1 << 32, move |index| {
            float_pair(&params, index as u16, (index >> 16) as u16)
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
    Space::of_beats("random", u64::MAX, move |index| {
        let mut rng = case_rng(seed, index);
        let activation = corner_weighted(params.format(), &mut rng);
        if params.dual_mode && rng.bool() {
            return float_pair(&params, activation, corner_weighted(params.format(), &mut rng));
        }
        let codes: Vec<u64> = (0..params.lanes()).map(|_| rng.u64(..)).collect();
        word(&params, activation, codes.into_iter())
    })
}

fn word(params: &Params, activation: u16, codes: impl Iterator<Item = u64>) -> Beat {
    let (w, format) = (params.weight_bits, params.format());
    let mut weights = Bits::zero(params.lanes() * w);
    for (lane, code) in codes.enumerate() {
        weights.insert(lane as u32 * w, &Bits::truncated(code as u128, w));
    }
    let mut beat = vec![Bits::truncated(activation as u128, format.width()), weights];
    if params.dual_mode {
        beat.extend([Bits::zero(1), Bits::zero(format.width())]);
    }
    beat
}

fn float_pair(params: &Params, a: u16, b: u16) -> Beat {
    let width = params.format().width();
    let [a, b] = [a, b].map(|float| Bits::truncated(float as u128, width));
    vec![a, Bits::zero(params.lanes() * params.weight_bits), Bits::ones(1), b]
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

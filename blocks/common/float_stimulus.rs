//! Floats for testbenches.

use crate::stimulus::{Space, case_rng};
use parts::float::FloatFormat;

/// Half of the encodings from the corners: exponents at the ends or around the bias, fractions with few ones
/// or few zeros.
pub fn corner_weighted(format: FloatFormat, rng: &mut fastrand::Rng) -> u32 {
    if rng.bool() {
        return rng.u32(..) >> (32 - format.width());
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
    format.encode(rng.bool(), exponent, fraction)
}

/// Normally distributed, by the method of Box and Muller.
pub fn normal(rng: &mut fastrand::Rng) -> f64 {
    let radius = (-2.0 * (1.0 - rng.f64()).ln()).sqrt();
    radius * (std::f64::consts::TAU * rng.f64()).cos()
}

/// The encoding of a number within the format's range, towards zero; subnormals become 0.
pub fn truncated(format: FloatFormat, value: f32) -> u32 {
    let exponent = (value.to_bits() >> 23 & 0xff) as i32 - 127 + format.bias();
    let fraction = (value.to_bits() & 0x7f_ffff) >> (23 - format.fraction_bits);
    match exponent {
        ..1 => format.zero(value < 0.0),
        _ => format.encode(value < 0.0, exponent as u32, fraction),
    }
}

/// Pairs of normally distributed numbers, without an end.
pub fn normal_pairs(format: FloatFormat, seed: u64) -> Space {
    Space::of_limbs("typical", u64::MAX, vec![format.width(); 2], move |index, beat| {
        let mut rng = case_rng(seed, index);
        beat.iter_mut().for_each(|float| *float = truncated(format, normal(&mut rng) as f32).into());
    })
}

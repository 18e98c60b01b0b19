//! Operands to multiply: corners and random ones.

use parts::float::FloatFormat;
use std::iter;

/// Encodings where multipliers break, in the manner of Berkeley TestFloat's level 1: of both signs, the
/// exponents at the ends of the range and around one, each with sparse fractions. Among them are zeros,
/// infinities, NaNs of both kinds, powers of two and their neighbours.
pub fn corners(format: FloatFormat) -> Vec<u16> {
    let ones = (1u32 << format.exponent_bits) - 1;
    let bias = ones / 2;
    let near_zero = [0, 1, 2, 3];
    let near_one = [bias - format.fraction_bits, bias - 1, bias, bias + 1, bias + format.fraction_bits];
    let near_infinity = [ones - 3, ones - 2, ones - 1, ones];
    let fields = near_zero.into_iter().chain(near_one).chain(near_infinity);
    let mut corners = Vec::new();
    for field in fields {
        for fraction in sparse_fractions(format) {
            let magnitude = (field << format.fraction_bits | fraction) as u16;
            corners.extend([magnitude, 0x8000 | magnitude]);
        }
    }
    corners
}

/// No bit set, one of the two lowest or the two highest bits, and the complements of these.
fn sparse_fractions(format: FloatFormat) -> impl Iterator<Item = u32> {
    let all = (1u32 << format.fraction_bits) - 1;
    let msb = 1 << (format.fraction_bits - 1);
    [0, 1, 2, msb >> 1, msb].into_iter().flat_map(move |bits| [bits, all ^ bits])
}

/// An endless row of pseudo-random operand pairs, the same for the same seed.
pub fn random_pairs(seed: u64) -> impl Iterator<Item = (u16, u16)> {
    let mut rng = fastrand::Rng::with_seed(seed);
    iter::repeat_with(move || (rng.u16(..), rng.u16(..)))
}

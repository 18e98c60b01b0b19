//! Integers side by side in a field.

use hdl::Bits;

/// The integers in lanes of `width` bits, the first in the lowest bits; negative ones in two's complement.
pub fn joined<I: Copy + Into<i128>>(width: u32, integers: &[I]) -> Bits {
    let mut bits = Bits::zero(width * integers.len() as u32);
    for (lane, integer) in (0..).zip(integers) {
        let integer: i128 = (*integer).into();
        bits.insert(lane * width, &Bits::truncated(integer as u128, width));
    }
    bits
}

/// The same in the lowest bits of a field that may have more; the others are 0.
pub fn joined_within<I: Copy + Into<i128>>(field: u32, width: u32, integers: &[I]) -> Bits {
    let mut bits = Bits::zero(field);
    bits.insert(0, &joined(width, integers));
    bits
}

/// The two's complement integers of a field.
pub fn apart(width: u32, field: &Bits) -> Vec<i64> {
    let signed = |integer: u64| (integer << (64 - width)) as i64 >> (64 - width);
    apart_unsigned(width, field).into_iter().map(signed).collect()
}

/// The unsigned integers of a field.
pub fn apart_unsigned(width: u32, field: &Bits) -> Vec<u64> {
    let lane = |lane: u32| field.slice((lane + 1) * width - 1, lane * width).to_u64();
    (0..field.width() / width).map(lane).collect()
}

/// One bit.
pub fn flag(flag: bool) -> Bits {
    Bits::truncated(flag.into(), 1)
}

/// Any integer of a width: the least, the greatest, a small one, or any.
pub fn corner_weighted(width: u32, rng: &mut fastrand::Rng) -> i64 {
    let greatest = i64::MAX >> (64 - width);
    match rng.u8(..8) {
        0 => -greatest - 1,
        1 => greatest,
        2 => rng.i64(-2..=1),
        _ => rng.i64(-greatest - 1..=greatest),
    }
}

/// The integer of a field: two's complement, or unsigned.
pub fn integer(is_signed: bool, field: &Bits) -> i64 {
    match is_signed {
        true => apart(field.width(), field)[0],
        false => field.to_u64() as i64,
    }
}

/// The least and the greatest integer of a width.
pub fn integers(is_signed: bool, width: u32) -> (i64, i64) {
    match is_signed {
        true => (-1 << (width - 1), (1 << (width - 1)) - 1),
        false => (0, (1 << width) - 1),
    }
}

/// Any integer of a width, as [`corner_weighted`] ones.
pub fn corner_weighted_integer(is_signed: bool, width: u32, rng: &mut fastrand::Rng) -> i64 {
    corner_weighted(width, rng) + if is_signed { 0 } else { 1 << (width - 1) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fastrand::Rng;

    #[test]
    fn integers_have_their_width() {
        let mut rng = Rng::with_seed(1);
        for width in [2, 8, 63, 64] {
            let bound = 1i128 << (width - 1);
            let all: Vec<i128> = (0..200).map(|_| corner_weighted(width, &mut rng).into()).collect();
            assert_eq!((all.iter().min(), all.iter().max()), (Some(&-bound), Some(&(bound - 1))));
        }
    }
}

//! The meaning of every combinational operator, on values.

use crate::bits::{Bits, limbs_for};
use crate::netlist::{BinaryOp, ReduceOp};
use std::cmp::Ordering;

/// The value of a two-operand operator.
pub fn binary(op: BinaryOp, a: &Bits, b: &Bits) -> Bits {
    match op {
        BinaryOp::And => bitwise(a, b, |x, y| x & y),
        BinaryOp::Or => bitwise(a, b, |x, y| x | y),
        BinaryOp::Xor => bitwise(a, b, |x, y| x ^ y),
        BinaryOp::Add => add_with_carry(a, b, false),
        BinaryOp::Sub => add_with_carry(a, &not(b), true),
        BinaryOp::Mul => multiply(a, b),
        BinaryOp::MulSigned => multiply_signed(a, b),
        BinaryOp::Eq => Bits::from(a == b),
        BinaryOp::Lt => Bits::from(compare(a, b) == Ordering::Less),
        BinaryOp::LtSigned => Bits::from(match a.sign() == b.sign() {
            true => compare(a, b) == Ordering::Less,
            false => a.sign(),
        }),
        BinaryOp::Shl => shift_left(a, shift_amount(a.width(), b)),
        BinaryOp::Shr => shift_right(a, shift_amount(a.width(), b), false),
        BinaryOp::ShrSigned => shift_right(a, shift_amount(a.width(), b), a.sign()),
        BinaryOp::RotateLeft => rotate_left(a, b.remainder(a.width())),
        BinaryOp::RotateRight => rotate_left(a, a.width() - b.remainder(a.width())),
    }
}

/// Bitwise complement.
pub fn not(a: &Bits) -> Bits {
    bitwise(a, a, |x, _| !x)
}

/// All bits joined by one operator.
pub fn reduce(op: ReduceOp, a: &Bits) -> Bits {
    Bits::from(match op {
        ReduceOp::And => a.is_ones(),
        ReduceOp::Or => !a.is_zero(),
        ReduceOp::Xor => a.limbs().iter().map(|limb| limb.count_ones()).sum::<u32>() % 2 == 1,
    })
}

fn bitwise(a: &Bits, b: &Bits, op: impl Fn(u64, u64) -> u64) -> Bits {
    let limbs: Vec<u64> = a.limbs().iter().zip(b.limbs()).map(|(&x, &y)| op(x, y)).collect();
    Bits::from_limbs(a.width(), &limbs)
}

fn add_with_carry(a: &Bits, b: &Bits, mut carry: bool) -> Bits {
    let mut limbs = vec![0; limbs_for(a.width())];
    for (sum, (&x, &y)) in limbs.iter_mut().zip(a.limbs().iter().zip(b.limbs())) {
        let wide = x as u128 + y as u128 + carry as u128;
        *sum = wide as u64;
        carry = wide >> 64 != 0;
    }
    Bits::from_limbs(a.width(), &limbs)
}

fn multiply(a: &Bits, b: &Bits) -> Bits {
    let width = a.width() + b.width();
    let mut product = vec![0u64; a.limbs().len() + b.limbs().len()];
    for (i, &x) in a.limbs().iter().enumerate() {
        let mut carry = 0u128;
        for (j, &y) in b.limbs().iter().enumerate() {
            let wide = x as u128 * y as u128 + product[i + j] as u128 + carry;
            product[i + j] = wide as u64;
            carry = wide >> 64;
        }
        product[i + b.limbs().len()] = carry as u64;
    }
    Bits::from_limbs(width, &product)
}

/// The unsigned product, corrected: as an unsigned number, a negative operand is too large by 2^width.
fn multiply_signed(a: &Bits, b: &Bits) -> Bits {
    let mut product = multiply(a, b);
    let width = product.width();
    for (negative, other, weight) in [(a.sign(), b, a.width()), (b.sign(), a, b.width())] {
        if negative {
            let excess = shift_left(&other.zero_extend(width), weight);
            product = add_with_carry(&product, &not(&excess), true);
        }
    }
    product
}

fn compare(a: &Bits, b: &Bits) -> Ordering {
    a.limbs().iter().rev().cmp(b.limbs().iter().rev())
}

/// The shift amount, clamped to `width`, which already shifts out every bit.
fn shift_amount(width: u32, amount: &Bits) -> u32 {
    let beyond = amount.limbs()[1..].iter().any(|&limb| limb != 0);
    if beyond { width } else { amount.limbs()[0].min(width as u64) as u32 }
}

fn shift_left(a: &Bits, amount: u32) -> Bits {
    let mut shifted = Bits::zero(a.width());
    if amount < a.width() {
        shifted.insert(amount, &a.slice(a.width() - 1 - amount, 0));
    }
    shifted
}

fn shift_right(a: &Bits, amount: u32, fill: bool) -> Bits {
    let mut shifted = if fill { Bits::ones(a.width()) } else { Bits::zero(a.width()) };
    if amount < a.width() {
        shifted.insert(0, &a.slice(a.width() - 1, amount));
    }
    shifted
}

/// Rotates by at most the width.
fn rotate_left(a: &Bits, amount: u32) -> Bits {
    let beyond = shift_right(a, a.width() - amount, false);
    bitwise(&shift_left(a, amount), &beyond, |x, y| x | y)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every operator on every pair of small values, against Rust's own integers.
    #[test]
    fn operators_agree_with_integers() {
        for width in 1..=5u32 {
            let modulus = 1i128 << width;
            for (x, y) in (0..modulus).flat_map(|x| (0..modulus).map(move |y| (x, y))) {
                let (a, b) = (Bits::truncated(x as u128, width), Bits::truncated(y as u128, width));
                for &op in BinaryOp::ALL {
                    let result = op.result_width(width, width);
                    let expected = of_integers(op, x, y, width).rem_euclid(1 << result);
                    let expected = Bits::truncated(expected as u128, result);
                    assert_eq!(binary(op, &a, &b), expected, "{a} {} {b}", op.symbol());
                }
            }
        }
    }

    /// The result as an integer; only its low bits are compared.
    fn of_integers(op: BinaryOp, x: i128, y: i128, width: u32) -> i128 {
        let signed = |x: i128| if x >> (width - 1) == 1 { x - (1 << width) } else { x };
        match op {
            BinaryOp::And => x & y,
            BinaryOp::Or => x | y,
            BinaryOp::Xor => x ^ y,
            BinaryOp::Add => x + y,
            BinaryOp::Sub => x - y,
            BinaryOp::Mul => x * y,
            BinaryOp::MulSigned => signed(x) * signed(y),
            BinaryOp::Eq => (x == y).into(),
            BinaryOp::Lt => (x < y).into(),
            BinaryOp::LtSigned => (signed(x) < signed(y)).into(),
            BinaryOp::Shl => x << y,
            BinaryOp::Shr => x >> y,
            BinaryOp::ShrSigned => signed(x) >> y,
            BinaryOp::RotateLeft => x << (y % width as i128) | x >> (width as i128 - y % width as i128),
            BinaryOp::RotateRight => x >> (y % width as i128) | x << (width as i128 - y % width as i128),
        }
    }

    /// Operands of two limbs, against the arithmetic of `u128` and known results.
    #[test]
    fn wide_operators_carry_across_limbs() {
        let a = Bits::truncated(0xfedc_ba98_7654_3210_ffff_ffff_ffff_ffff, 128);
        let b = Bits::truncated(0x0123_4567_89ab_cdef_0000_0000_0000_0001, 128);
        assert_eq!(binary(BinaryOp::Add, &a, &b).to_u128(), a.to_u128().wrapping_add(b.to_u128()));
        assert_eq!(binary(BinaryOp::Sub, &b, &a).to_u128(), b.to_u128().wrapping_sub(a.to_u128()));
        let low = binary(BinaryOp::Mul, &a, &b).slice(127, 0).to_u128();
        assert_eq!(low, a.to_u128().wrapping_mul(b.to_u128()));
        let minus_one = Bits::ones(100);
        assert_eq!(binary(BinaryOp::MulSigned, &minus_one, &minus_one), Bits::truncated(1, 200));
        assert_eq!(binary(BinaryOp::ShrSigned, &a, &Bits::truncated(68, 8)).slice(127, 60), Bits::ones(68));
    }
}

//! Operations on more than 64 bits that do not split into independent limbs: products and shifts.

use super::Place;
use hdl::top_limb_mask;

/// A product or a shift; the operands lie before the result.
pub(super) struct Operation {
    pub op: WideOp,
    pub to: Place,
    pub a: Place,
    pub b: Place,
}

/// What an [`Operation`] computes.
#[derive(Clone, Copy)]
pub(super) enum WideOp {
    Mul,
    MulSigned,
    Shl,
    Shr,
    ShrSigned,
    RotateLeft,
    RotateRight,
}

impl Operation {
    pub fn run(&self, values: &mut [u64]) {
        let (before, after) = values.split_at_mut(self.to.slot as usize);
        let to = &mut after[..self.to.slots().len()];
        let (a, b) = (&before[self.a.range()], &before[self.b.range()]);
        match self.op {
            WideOp::Mul => multiply(to, a, b),
            WideOp::MulSigned => multiply_signed(to, (a, self.a.width), (b, self.b.width)),
            WideOp::Shl => shift_left(to, a, amount(b, self.a.width)),
            WideOp::Shr => shift_right(to, a, amount(b, self.a.width)),
            WideOp::ShrSigned => shift_right_signed(to, (a, self.a.width), amount(b, self.a.width)),
            WideOp::RotateLeft => rotate_left(to, (a, self.a.width), remainder(b, self.a.width)),
            WideOp::RotateRight => {
                rotate_left(to, (a, self.a.width), self.a.width - remainder(b, self.a.width))
            }
        }
        to[to.len() - 1] &= top_limb_mask(self.to.width);
    }
}

fn multiply(to: &mut [u64], a: &[u64], b: &[u64]) {
    to.fill(0);
    for (i, &x) in a.iter().enumerate() {
        let mut carry = 0u128;
        for (sum, &y) in to[i..].iter_mut().zip(b) {
            let wide = x as u128 * y as u128 + *sum as u128 + carry;
            *sum = wide as u64;
            carry = wide >> 64;
        }
        if let Some(next) = to.get_mut(i + b.len()) {
            *next = carry as u64;
        }
    }
}

/// The unsigned product, corrected: as an unsigned number, a negative operand is too large by 2^width.
fn multiply_signed(to: &mut [u64], (a, a_width): (&[u64], u32), (b, b_width): (&[u64], u32)) {
    multiply(to, a, b);
    if sign(a, a_width) {
        subtract_shifted(to, b, a_width);
    }
    if sign(b, b_width) {
        subtract_shifted(to, a, b_width);
    }
}

fn sign(a: &[u64], width: u32) -> bool {
    let top = width - 1;
    a[top as usize / 64] >> (top % 64) & 1 == 1
}

/// Subtracts `a << amount` from `to`.
fn subtract_shifted(to: &mut [u64], a: &[u64], amount: u32) {
    let mut borrow = false;
    for (index, limb) in to.iter_mut().enumerate() {
        let (rest, first) = limb.overflowing_sub(left_shifted_limb(a, amount, index));
        let (rest, second) = rest.overflowing_sub(borrow as u64);
        *limb = rest;
        borrow = first || second;
    }
}

/// The shift amount, clamped to `width`, which already shifts out every bit.
fn amount(b: &[u64], width: u32) -> u32 {
    let beyond = b[1..].iter().any(|&limb| limb != 0);
    if beyond { width } else { b[0].min(width as u64) as u32 }
}

fn shift_left(to: &mut [u64], a: &[u64], amount: u32) {
    for (index, limb) in to.iter_mut().enumerate() {
        *limb = left_shifted_limb(a, amount, index);
    }
}

fn shift_right(to: &mut [u64], a: &[u64], amount: u32) {
    for (index, limb) in to.iter_mut().enumerate() {
        *limb = right_shifted_limb(a, amount, index);
    }
}

/// The amount modulo the width.
fn remainder(b: &[u64], width: u32) -> u32 {
    let width = u128::from(width);
    b.iter().rev().fold(0, |rest: u128, limb| (rest << 64 | u128::from(*limb)) % width) as u32
}

/// Rotates by at most the width; bits above the width are undefined.
fn rotate_left(to: &mut [u64], (a, width): (&[u64], u32), amount: u32) {
    for (index, limb) in to.iter_mut().enumerate() {
        *limb = left_shifted_limb(a, amount, index) | right_shifted_limb(a, width - amount, index);
    }
}

/// A negative value is complemented, shifted logically, and complemented again.
fn shift_right_signed(to: &mut [u64], (a, width): (&[u64], u32), amount: u32) {
    if !sign(a, width) {
        return shift_right(to, a, amount);
    }
    let (skip, shift) = (amount as usize / 64, amount % 64);
    let top = a.len() - 1;
    let limb = |index: usize| match index {
        _ if index < top => a[index],
        _ if index == top => a[index] | !top_limb_mask(width),
        _ => u64::MAX,
    };
    for (index, to) in to.iter_mut().enumerate() {
        *to = funnel(limb(index + skip + 1), limb(index + skip), shift);
    }
}

/// Limb `index` of `a << amount`.
fn left_shifted_limb(a: &[u64], amount: u32, index: usize) -> u64 {
    let (skip, shift) = (amount as usize / 64, amount % 64);
    let limb = |index: Option<usize>| index.and_then(|index| a.get(index)).copied().unwrap_or(0);
    let (high, low) = (limb(index.checked_sub(skip)), limb(index.checked_sub(skip + 1)));
    if shift == 0 { high } else { high << shift | low >> (64 - shift) }
}

/// Limb `index` of `a >> amount`.
fn right_shifted_limb(a: &[u64], amount: u32, index: usize) -> u64 {
    let (skip, shift) = (amount as usize / 64, amount % 64);
    let limb = |index: usize| a.get(index).copied().unwrap_or(0);
    funnel(limb(index + skip + 1), limb(index + skip), shift)
}

/// The low limb of `{high, low} >> shift`, with `shift` below 64.
fn funnel(high: u64, low: u64, shift: u32) -> u64 {
    (((high as u128) << 64 | low as u128) >> shift) as u64
}

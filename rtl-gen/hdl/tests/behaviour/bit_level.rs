//! A second implementation of the operators, on lists of bits, the least significant first.

use hdl::netlist::{BinaryOp, ReduceOp};

pub type Value = Vec<bool>;

pub fn binary(op: BinaryOp, a: &Value, b: &Value) -> Value {
    match op {
        BinaryOp::And => bitwise(a, b, |x, y| x & y),
        BinaryOp::Or => bitwise(a, b, |x, y| x | y),
        BinaryOp::Xor => bitwise(a, b, |x, y| x ^ y),
        BinaryOp::Add => add(a, b),
        BinaryOp::Sub => sub(a, b),
        BinaryOp::Mul => mul(a, b, false),
        BinaryOp::MulSigned => mul(a, b, true),
        BinaryOp::Eq => vec![a == b],
        BinaryOp::Lt => vec![less(a, b, false)],
        BinaryOp::LtSigned => vec![less(a, b, true)],
        BinaryOp::Shl => shift_left(a, amount(b)),
        BinaryOp::Shr => shift_right(a, amount(b), false),
        BinaryOp::ShrSigned => shift_right(a, amount(b), sign(a)),
        BinaryOp::RotateLeft => (0..turns(a, b)).fold(a.clone(), |a, _| turned_left(&a)),
        BinaryOp::RotateRight => (turns(a, b)..a.len()).fold(a.clone(), |a, _| turned_left(&a)),
    }
}

/// Rotated left by one bit.
fn turned_left(a: &Value) -> Value {
    [&a[a.len() - 1..], &a[..a.len() - 1]].concat()
}

/// The rotation amount modulo the width.
fn turns(a: &Value, amount: &Value) -> usize {
    amount.iter().rev().fold(0, |rest, bit| (2 * rest + usize::from(*bit)) % a.len())
}

pub fn reduce(op: ReduceOp, a: &Value) -> Value {
    vec![match op {
        ReduceOp::And => !a.contains(&false),
        ReduceOp::Or => a.contains(&true),
        ReduceOp::Xor => a.iter().fold(false, |x, y| x ^ y),
    }]
}

pub fn from_u128(value: u128, width: u32) -> Value {
    (0..width).map(|i| i < 128 && value >> i & 1 == 1).collect()
}

fn add(a: &Value, b: &Value) -> Value {
    add_with_carry(a, b, false)
}

fn sub(a: &Value, b: &Value) -> Value {
    add_with_carry(a, &not(b), true)
}

fn add_with_carry(a: &Value, b: &Value, mut carry: bool) -> Value {
    let sum = a.iter().zip(b).map(|(&x, &y)| {
        let sum = x ^ y ^ carry;
        carry = x & y | carry & (x ^ y);
        sum
    });
    sum.collect()
}

pub fn not(a: &Value) -> Value {
    a.iter().map(|bit| !bit).collect()
}

fn bitwise(a: &Value, b: &Value, op: fn(bool, bool) -> bool) -> Value {
    a.iter().zip(b).map(|(&x, &y)| op(x, y)).collect()
}

pub fn widen(a: &Value, width: u32, fill: bool) -> Value {
    a.iter().copied().chain(std::iter::repeat(fill)).take(width as usize).collect()
}

pub fn sign(a: &Value) -> bool {
    a[a.len() - 1]
}

/// The sum of shifted copies of `a`. In a signed product, the sign bit of `b` has a negative weight.
fn mul(a: &Value, b: &Value, is_signed: bool) -> Value {
    let width = (a.len() + b.len()) as u32;
    let wide = widen(a, width, is_signed && sign(a));
    let mut product = vec![false; width as usize];
    for (place, _) in b.iter().enumerate().filter(|(_, bit)| **bit) {
        let shifted = shift_left(&wide, place);
        let is_negative = is_signed && place + 1 == b.len();
        product = if is_negative { sub(&product, &shifted) } else { add(&product, &shifted) };
    }
    product
}

/// The first difference from the top decides.
pub fn less(a: &Value, b: &Value, is_signed: bool) -> bool {
    if is_signed && sign(a) != sign(b) {
        return sign(a);
    }
    let difference = a.iter().zip(b).rev().find(|(x, y)| x != y);
    difference.is_some_and(|(_, y)| *y)
}

pub fn shift_left(a: &Value, amount: usize) -> Value {
    (0..a.len()).map(|i| i >= amount && a[i - amount]).collect()
}

pub fn shift_right(a: &Value, amount: usize, fill: bool) -> Value {
    (0..a.len()).map(|i| a.get(i.saturating_add(amount)).copied().unwrap_or(fill)).collect()
}

/// The shift amount; one that exceeds every width need not be exact.
fn amount(a: &Value) -> usize {
    a.iter().enumerate().filter(|(_, bit)| **bit).fold(0, |sum, (i, _)| sum.saturating_add(1 << i.min(20)))
}

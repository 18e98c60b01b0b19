//! Operators on terms of more than 64 bits, limb by limb.

use super::operator::{Bitwise, Operator, Shift, Sum};
use super::scalar::{Form, Scalar};
use crate::compiled::unit::TermId;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, Value, types};
use hdl::netlist::ReduceOp;
use hdl::{limbs_for, top_limb_mask};

impl Scalar<'_, '_> {
    /// Limbs whose last one may have undefined bits above the width.
    pub fn with_clean_top(&mut self, mut limbs: Vec<Value>, width: u32) -> Form {
        let mask = top_limb_mask(width);
        if mask != u64::MAX {
            let top = limbs.last_mut().expect("there are limbs");
            *top = self.builder.ins().band_imm_u(*top, mask as i64);
        }
        self.form_of_limbs(limbs, width)
    }

    /// All bits joined by one operator.
    pub fn reduce_wide(&mut self, op: ReduceOp, a: TermId) -> Form {
        let (limbs, width) = (self.limbs(a), self.width(a));
        let value = match op {
            ReduceOp::And => {
                let last = limbs.len() - 1;
                let mask = |index| if index == last { top_limb_mask(width) } else { u64::MAX };
                let ones: Vec<Value> =
                    (0..limbs.len()).map(|index| self.literal(types::I64, mask(index))).collect();
                self.equal(&limbs, &ones)
            }
            ReduceOp::Or => {
                let joined = self.joined(&limbs, |scalar, a, b| scalar.builder.ins().bor(a, b));
                self.builder.ins().icmp_imm_u(IntCC::NotEqual, joined, 0)
            }
            ReduceOp::Xor => {
                let joined = self.joined(&limbs, |scalar, a, b| scalar.builder.ins().bxor(a, b));
                self.parity(joined)
            }
        };
        Form::Narrow { value, is_clean: true }
    }

    /// An operator of two operands where an operand or the result is wider than 64 bits.
    pub fn wide_binary(&mut self, op: Operator, a: TermId, b: TermId, width: u32) -> Form {
        match op {
            Operator::Bitwise(op) => self.wide_bitwise(op, a, b),
            Operator::Sum(op) => self.wide_sum(op, a, b),
            Operator::Product { is_signed: false } => self.wide_product(a, b, width),
            Operator::Product { is_signed: true } => self.wide_signed_product(a, b, width),
            Operator::Equal => {
                let (a, b) = (self.limbs(a), self.limbs(b));
                Form::Narrow { value: self.equal(&a, &b), is_clean: true }
            }
            Operator::Less { is_signed } => self.wide_less(a, b, is_signed),
            Operator::Shift(shift) => self.wide_shift(shift, a, b),
            Operator::Rotation(rotation) => self.wide_rotate(rotation, a, b),
        }
    }

    fn wide_bitwise(&mut self, op: Bitwise, a: TermId, b: TermId) -> Form {
        let (a, b) = (self.limbs(a), self.limbs(b));
        let limb = |(a, b)| match op {
            Bitwise::And => self.builder.ins().band(a, b),
            Bitwise::Or => self.builder.ins().bor(a, b),
            Bitwise::Xor => self.builder.ins().bxor(a, b),
        };
        Form::Wide(a.into_iter().zip(b).map(limb).collect())
    }

    fn wide_sum(&mut self, op: Sum, a: TermId, b: TermId) -> Form {
        let width = self.width(a);
        let (a, b) = (self.limbs(a), self.limbs(b));
        let limbs = match op {
            Sum::Add => self.add_limbs(&a, &b),
            Sum::Subtract => self.subtract_limbs(&a, &b).0,
        };
        self.with_clean_top(limbs, width)
    }

    fn wide_less(&mut self, a: TermId, b: TermId, is_signed: bool) -> Form {
        let [a, b] = [a, b].map(|id| {
            let (limbs, width) = (self.limbs(id), self.width(id));
            if is_signed { self.with_sign_flipped(limbs, width) } else { limbs }
        });
        Form::Narrow { value: self.subtract_limbs(&a, &b).1, is_clean: true }
    }

    fn joined(&mut self, limbs: &[Value], op: impl Fn(&mut Self, Value, Value) -> Value) -> Value {
        limbs[1..].iter().fold(limbs[0], |joined, limb| op(self, joined, *limb))
    }

    fn equal(&mut self, a: &[Value], b: &[Value]) -> Value {
        let differences: Vec<Value> = a.iter().zip(b).map(|(a, b)| self.builder.ins().bxor(*a, *b)).collect();
        let joined = self.joined(&differences, |scalar, a, b| scalar.builder.ins().bor(a, b));
        self.builder.ins().icmp_imm_u(IntCC::Equal, joined, 0)
    }

    /// The sum, without the carry out of it.
    fn add_limbs(&mut self, a: &[Value], b: &[Value]) -> Vec<Value> {
        let mut carry: Option<Value> = None;
        let mut sums = vec![];
        for (&a, &b) in a.iter().zip(b) {
            let half = self.builder.ins().iadd(a, b);
            let first = self.builder.ins().icmp(IntCC::UnsignedLessThan, half, a);
            let (sum, next) = match carry {
                None => (half, first),
                Some(carry) => {
                    let carry = self.builder.ins().uextend(types::I64, carry);
                    let sum = self.builder.ins().iadd(half, carry);
                    let second = self.builder.ins().icmp(IntCC::UnsignedLessThan, sum, half);
                    (sum, self.builder.ins().bor(first, second))
                }
            };
            carry = Some(next);
            sums.push(sum);
        }
        sums
    }

    /// The difference, and 1 where it is negative.
    fn subtract_limbs(&mut self, a: &[Value], b: &[Value]) -> (Vec<Value>, Value) {
        let mut borrow: Option<Value> = None;
        let mut differences = vec![];
        for (&a, &b) in a.iter().zip(b) {
            let half = self.builder.ins().isub(a, b);
            let first = self.builder.ins().icmp(IntCC::UnsignedLessThan, a, b);
            let (difference, next) = match borrow {
                None => (half, first),
                Some(borrow) => {
                    let wide = self.builder.ins().uextend(types::I64, borrow);
                    let difference = self.builder.ins().isub(half, wide);
                    let second = self.builder.ins().icmp(IntCC::UnsignedLessThan, half, wide);
                    (difference, self.builder.ins().bor(first, second))
                }
            };
            borrow = Some(next);
            differences.push(difference);
        }
        (differences, borrow.expect("there are limbs"))
    }

    /// Signed order is unsigned order with the sign bits inverted.
    fn with_sign_flipped(&mut self, mut limbs: Vec<Value>, width: u32) -> Vec<Value> {
        let sign = self.literal(types::I64, 1 << ((width - 1) % 64));
        let top = limbs.last_mut().expect("there are limbs");
        *top = self.builder.ins().bxor(*top, sign);
        limbs
    }

    fn wide_shift(&mut self, shift: Shift, a: TermId, b: TermId) -> Form {
        let width = self.width(a);
        let amount = self.amount(b, 64 * limbs_for(width) as u64);
        let mut limbs = self.limbs(a);
        let fill = match shift {
            Shift::RightSigned => self.fill_with_sign(&mut limbs, width),
            Shift::Left | Shift::Right => self.literal(types::I64, 0),
        };
        let limbs = self.shifted(shift, limbs, fill, amount);
        self.with_clean_top(limbs, width)
    }

    /// Limbs shifted by whole limbs in steps of powers of two, then by the rest; `fill` comes in.
    pub fn shifted(&mut self, shift: Shift, mut limbs: Vec<Value>, fill: Value, amount: Value) -> Vec<Value> {
        let count = limbs.len();
        let is_left = shift == Shift::Left;
        // In the order in which bits move: each limb is filled from the ones behind it in the list.
        if is_left {
            limbs.reverse();
        }
        let steps = usize::BITS - (count - 1).leading_zeros();
        for step in 0..steps {
            let distance = 1 << step;
            let chosen = self.builder.ins().band_imm_u(amount, 64 << step);
            limbs = (0..count)
                .map(|index| {
                    let moved = limbs.get(index + distance).copied().unwrap_or(fill);
                    self.builder.ins().select(chosen, moved, limbs[index])
                })
                .collect();
        }
        let within = self.builder.ins().band_imm_u(amount, 63);
        limbs = (0..count)
            .map(|index| {
                let behind = limbs.get(index + 1).copied().unwrap_or(fill);
                self.funnel(limbs[index], behind, within, is_left)
            })
            .collect();
        let is_beyond = self.builder.ins().icmp_imm_u(IntCC::UnsignedGreaterThanOrEqual, amount, 64 << steps);
        limbs = limbs.into_iter().map(|limb| self.builder.ins().select(is_beyond, fill, limb)).collect();
        if is_left {
            limbs.reverse();
        }
        limbs
    }

    /// A limb shifted by up to 63 bits, filled from the limb behind it.
    fn funnel(&mut self, limb: Value, behind: Value, within: Value, is_left: bool) -> Value {
        let rest = self.builder.ins().bxor_imm_u(within, 63);
        let ins = self.builder.ins();
        // The bits that come in are shifted twice: by 1 and then by up to 63, since a shift by 64 would be a shift by
        // 0.
        if is_left {
            let (own, first) = (ins.ishl(limb, within), self.builder.ins().ushr_imm_u(behind, 1));
            let incoming = self.builder.ins().ushr(first, rest);
            self.builder.ins().bor(own, incoming)
        } else {
            let (own, first) = (ins.ushr(limb, within), self.builder.ins().ishl_imm_u(behind, 1));
            let incoming = self.builder.ins().ishl(first, rest);
            self.builder.ins().bor(own, incoming)
        }
    }

    /// Sign-extends the last limb; returns a limb of sign bits.
    fn fill_with_sign(&mut self, limbs: &mut [Value], width: u32) -> Value {
        let unused = (64 * limbs.len() as u32 - width) as i64;
        let top = limbs.last_mut().expect("there are limbs");
        if unused > 0 {
            let shifted = self.builder.ins().ishl_imm_u(*top, unused);
            *top = self.builder.ins().sshr_imm_u(shifted, unused);
        }
        let top = *top;
        self.builder.ins().sshr_imm_u(top, 63)
    }

    fn wide_product(&mut self, a: TermId, b: TermId, width: u32) -> Form {
        let (a, b) = (self.limbs(a), self.limbs(b));
        let limbs = self.multiply_limbs(&a, &b, limbs_for(width));
        self.form_of_limbs(limbs, width)
    }

    /// The product of both operands, sign-extended to its width.
    fn wide_signed_product(&mut self, a: TermId, b: TermId, width: u32) -> Form {
        let count = limbs_for(width);
        let [a, b] = [a, b].map(|id| {
            let mut limbs = self.limbs(id);
            let sign = self.fill_with_sign(&mut limbs, self.width(id));
            limbs.resize(count, sign);
            limbs
        });
        let limbs = self.multiply_limbs(&a, &b, count);
        self.with_clean_top(limbs, width)
    }

    /// The low `count` limbs of a product, by schoolbook multiplication.
    fn multiply_limbs(&mut self, a: &[Value], b: &[Value], count: usize) -> Vec<Value> {
        let zero = self.literal(types::I64, 0);
        let mut sum = vec![zero; count];
        for (row, &x) in a.iter().enumerate() {
            let columns = b.len().min(count - row.min(count));
            let mut carry = zero;
            for column in 0..columns {
                let (low, high) = self.multiply_add(x, b[column], sum[row + column], carry);
                sum[row + column] = low;
                carry = high;
            }
            if row + columns < count {
                sum[row + columns] = carry;
            }
        }
        sum
    }

    /// `x * y + addend + carry` in two limbs.
    fn multiply_add(&mut self, x: Value, y: Value, addend: Value, carry: Value) -> (Value, Value) {
        let low = self.builder.ins().imul(x, y);
        let high = self.builder.ins().umulhi(x, y);
        let (low, high) = self.add_to(low, high, addend);
        self.add_to(low, high, carry)
    }

    fn add_to(&mut self, low: Value, high: Value, addend: Value) -> (Value, Value) {
        let sum = self.builder.ins().iadd(low, addend);
        let carry = self.builder.ins().icmp(IntCC::UnsignedLessThan, sum, addend);
        let carry = self.builder.ins().uextend(types::I64, carry);
        (sum, self.builder.ins().iadd(high, carry))
    }
}

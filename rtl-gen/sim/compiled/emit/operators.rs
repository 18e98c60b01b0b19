//! Operators on terms of up to 64 bits; wider ones go on to `wide`.

use super::operator::{Bitwise, Operator, Shift, Sum};
use super::scalar::{Form, Scalar, type_of};
use crate::compiled::unit::TermId;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, Type, Value, types};
use hdl::netlist::{BinaryOp, ReduceOp};
use hdl::top_limb_mask;

impl Scalar<'_, '_> {
    /// Bitwise complement.
    pub fn not(&mut self, a: TermId) -> Form {
        let width = self.width(a);
        match width {
            1 => {
                let value = self.clean(a);
                Form::Narrow { value: self.builder.ins().bxor_imm_u(value, 1), is_clean: true }
            }
            2..=64 => {
                let value = self.any(a);
                let is_clean = width == type_of(width).bits();
                Form::Narrow { value: self.builder.ins().bnot(value), is_clean }
            }
            _ => {
                let limbs = self.limbs(a);
                let limbs = limbs.into_iter().map(|limb| self.builder.ins().bnot(limb)).collect();
                self.with_clean_top(limbs, width)
            }
        }
    }

    /// `select ? on_true : on_false`.
    pub fn mux(&mut self, select: TermId, on_true: TermId, on_false: TermId) -> Form {
        let condition = self.condition(select);
        match (self.form(on_true), self.form(on_false)) {
            (Form::Narrow { value: a, is_clean: clean_a }, Form::Narrow { value: b, is_clean: clean_b }) => {
                let value = self.builder.ins().select(condition, a, b);
                Form::Narrow { value, is_clean: clean_a && clean_b }
            }
            (Form::Wide(a), Form::Wide(b)) => {
                let select = |(a, b)| self.builder.ins().select(condition, a, b);
                Form::Wide(a.into_iter().zip(b).map(select).collect())
            }
            _ => unreachable!("both arms have one width"),
        }
    }

    /// All bits joined by one operator.
    pub fn reduce(&mut self, op: ReduceOp, a: TermId) -> Form {
        let width = self.width(a);
        if width > 64 {
            return self.reduce_wide(op, a);
        }
        let value = self.clean(a);
        let value = match op {
            ReduceOp::And => self.builder.ins().icmp_imm_u(IntCC::Equal, value, top_limb_mask(width) as i64),
            ReduceOp::Or => self.builder.ins().icmp_imm_u(IntCC::NotEqual, value, 0),
            ReduceOp::Xor => self.parity(value),
        };
        Form::Narrow { value, is_clean: true }
    }

    /// 1 if an odd number of bits is 1.
    pub fn parity(&mut self, value: Value) -> Value {
        let ones = self.builder.ins().popcnt(value);
        let ones = self.cast(ones, types::I8);
        self.builder.ins().band_imm_u(ones, 1)
    }

    /// An operator of two operands.
    pub fn binary(&mut self, op: BinaryOp, a: TermId, b: TermId, width: u32) -> Form {
        // Only a shift amount can be wider than both the left operand and the result.
        if self.width(a).max(width) > 64 {
            return self.wide_binary(op.into(), a, b, width);
        }
        match Operator::from(op) {
            Operator::Bitwise(op) => self.bitwise(op, a, b),
            Operator::Sum(op) => self.sum(op, a, b, width),
            Operator::Product { is_signed: false } => self.product(a, b, width),
            Operator::Product { is_signed: true } => self.signed_product(a, b, width),
            Operator::Equal => self.compare(IntCC::Equal, a, b),
            Operator::Less { is_signed: false } => self.compare(IntCC::UnsignedLessThan, a, b),
            Operator::Less { is_signed: true } => self.compare_signed(a, b),
            Operator::Shift(shift) => self.shift(shift, a, b),
            Operator::Rotation(rotation) => self.rotate(rotation, a, b),
        }
    }

    fn bitwise(&mut self, op: Bitwise, a: TermId, b: TermId) -> Form {
        let (a, b) = (self.form(a), self.form(b));
        let (Form::Narrow { value: a, is_clean: clean_a }, Form::Narrow { value: b, is_clean: clean_b }) =
            (a, b)
        else {
            unreachable!("both are narrow")
        };
        let ins = self.builder.ins();
        match op {
            Bitwise::And => Form::Narrow { value: ins.band(a, b), is_clean: clean_a || clean_b },
            Bitwise::Or => Form::Narrow { value: ins.bor(a, b), is_clean: clean_a && clean_b },
            Bitwise::Xor => Form::Narrow { value: ins.bxor(a, b), is_clean: clean_a && clean_b },
        }
    }

    fn sum(&mut self, op: Sum, a: TermId, b: TermId, width: u32) -> Form {
        let (a, b) = (self.any(a), self.any(b));
        let ins = self.builder.ins();
        match op {
            // On one bit, addition and subtraction are XOR.
            _ if width == 1 => Form::Narrow { value: ins.bxor(a, b), is_clean: true },
            Sum::Add => Form::Narrow { value: ins.iadd(a, b), is_clean: fills_type(width) },
            Sum::Subtract => Form::Narrow { value: ins.isub(a, b), is_clean: fills_type(width) },
        }
    }

    fn product(&mut self, a: TermId, b: TermId, width: u32) -> Form {
        let [a, b] = [a, b].map(|id| {
            let value = self.clean(id);
            self.cast(value, type_of(width))
        });
        Form::Narrow { value: self.builder.ins().imul(a, b), is_clean: true }
    }

    fn signed_product(&mut self, a: TermId, b: TermId, width: u32) -> Form {
        let [a, b] = [a, b].map(|id| self.sign_extended(id, type_of(width)));
        Form::Narrow { value: self.builder.ins().imul(a, b), is_clean: fills_type(width) }
    }

    fn compare(&mut self, condition: IntCC, a: TermId, b: TermId) -> Form {
        let (a, b) = (self.clean(a), self.clean(b));
        Form::Narrow { value: self.builder.ins().icmp(condition, a, b), is_clean: true }
    }

    /// Compares the operands shifted to the top of the machine type, where the sign bits belong.
    fn compare_signed(&mut self, a: TermId, b: TermId) -> Form {
        let kind = type_of(self.width(a)).max_with(types::I32);
        let unused = (kind.bits() - self.width(a)) as i64;
        let [a, b] = [a, b].map(|id| {
            let value = self.any(id);
            let value = self.cast(value, kind);
            if unused == 0 { value } else { self.builder.ins().ishl_imm_u(value, unused) }
        });
        Form::Narrow { value: self.builder.ins().icmp(IntCC::SignedLessThan, a, b), is_clean: true }
    }

    /// A term's value as a two's-complement number of a machine type that is at least as wide.
    fn sign_extended(&mut self, id: TermId, kind: Type) -> Value {
        let value = self.any(id);
        let value = self.cast(value, kind);
        let unused = (kind.bits() - self.width(id)) as i64;
        match unused {
            0 => value,
            _ => {
                let top = self.builder.ins().ishl_imm_u(value, unused);
                self.builder.ins().sshr_imm_u(top, unused)
            }
        }
    }

    /// Shifts of one machine word. An amount beyond the width leaves zeros, or copies of the sign.
    fn shift(&mut self, shift: Shift, a: TermId, b: TermId) -> Form {
        let width = self.width(a);
        let kind = type_of(width).max_with(types::I32);
        let value = match shift {
            Shift::Left => {
                let value = self.any(a);
                self.cast(value, kind)
            }
            Shift::Right => {
                let value = self.clean(a);
                self.cast(value, kind)
            }
            Shift::RightSigned => self.sign_extended(a, kind),
        };
        let limit = kind.bits() - 1;
        let amount = self.amount(b, limit as u64 + 1);
        let fits = self.width(b) < 32 && (1u64 << self.width(b)) - 1 <= limit as u64;
        let value = match (shift, fits) {
            (Shift::Left, _) => self.builder.ins().ishl(value, amount),
            (Shift::Right, _) => self.builder.ins().ushr(value, amount),
            (Shift::RightSigned, true) => self.builder.ins().sshr(value, amount),
            (Shift::RightSigned, false) => {
                let most = self.builder.ins().iconst(types::I64, limit as i64);
                let amount = self.builder.ins().umin(amount, most);
                self.builder.ins().sshr(value, amount)
            }
        };
        let value = match (shift, fits) {
            (Shift::RightSigned, _) | (Shift::Left | Shift::Right, true) => value,
            (Shift::Left | Shift::Right, false) => {
                let is_left =
                    self.builder.ins().icmp_imm_u(IntCC::UnsignedLessThanOrEqual, amount, limit as i64);
                let zero = self.builder.ins().iconst(kind, 0);
                self.builder.ins().select(is_left, value, zero)
            }
        };
        self.narrowed(value, width, shift == Shift::Right || width == kind.bits())
    }

    /// A shift amount of any width as an `i64`: the value, or at least `limit` where it is no less than that.
    pub fn amount(&mut self, id: TermId, limit: u64) -> Value {
        let limbs = self.limbs(id);
        let (low, high) = (limbs[0], &limbs[1..]);
        let Some((first, rest)) = high.split_first() else { return low };
        let beyond = rest.iter().fold(*first, |joined, limb| self.builder.ins().bor(joined, *limb));
        let limit = self.literal(types::I64, limit);
        self.builder.ins().select(beyond, limit, low)
    }

    /// A value of a wider type in the type of its width.
    pub fn narrowed(&mut self, value: Value, width: u32, is_clean: bool) -> Form {
        if width > 1 {
            return Form::Narrow { value, is_clean };
        }
        let value = self.cast(value, types::I8);
        Form::Narrow { value: self.builder.ins().band_imm_u(value, 1), is_clean: true }
    }
}

/// True if a term of this width fills its machine type.
fn fills_type(width: u32) -> bool {
    width == type_of(width).bits()
}

/// The wider of two types.
trait MaxWith {
    fn max_with(self, other: Type) -> Type;
}

impl MaxWith for Type {
    fn max_with(self, other: Type) -> Type {
        if self.bits() < other.bits() { other } else { self }
    }
}

//! Operators on terms of 16 lanes.

use super::Vector;
use super::forms::{Form, element};
use crate::compiled::emit::operator::{Bitwise, Operator, Sum};
use crate::compiled::unit::TermId;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, Value, types};
use hdl::limbs_for;
use hdl::netlist::{BinaryOp, ReduceOp};

/// Makes a term of a width from registers in one form.
type MakeForm = fn(u32, Vec<Value>) -> Form;

impl Vector<'_, '_> {
    /// Bitwise complement.
    pub fn not(&mut self, a: TermId) -> Form {
        let width = self.width(a);
        if width == 1 {
            let (mask, ones) = (self.mask(a), self.splat(8, 0xff));
            return Form::of_mask(self.builder.ins().bxor(mask, ones));
        }
        let (registers, make) = self.bitwise_operands(&[a]);
        let complement = |register: &Value| self.builder.ins().bnot(*register);
        make(width, registers[0].iter().map(complement).collect()).dirty()
    }

    /// `select ? on_true : on_false`.
    pub fn mux(&mut self, select: TermId, on_true: TermId, on_false: TermId) -> Form {
        let (mask, width) = (self.mask(select), self.width(on_true));
        if width == 1 {
            let [a, b] = [self.mask(on_true), self.mask(on_false)];
            return Form::of_mask(self.select(mask, &[a], &[b])[0]);
        }
        let (arms, make) = self.bitwise_operands(&[on_true, on_false]);
        let is_clean = [on_true, on_false].iter().all(|arm| self.form(*arm).is_clean);
        let form = make(width, self.select(mask, &arms[0], &arms[1]));
        if is_clean { form } else { form.dirty() }
    }

    /// Operands of a bitwise operator, in the form that most of them have; and how to make a term from a result in that
    /// form.
    fn bitwise_operands(&mut self, ids: &[TermId]) -> (Vec<Vec<Value>>, MakeForm) {
        let width = self.width(ids[0]);
        let count =
            |this: &mut Self, has: fn(&Form) -> bool| ids.iter().filter(|id| has(this.form(**id))).count();
        let (lanes, planes) = (count(self, Form::has_lanes), count(self, Form::has_planes));
        let use_planes = width <= 8 || planes > lanes || planes == lanes && width > 64;
        match use_planes {
            true => (ids.iter().map(|id| self.planes(*id)).collect(), Form::of_planes),
            false => (ids.iter().map(|id| self.lanes(*id)).collect(), Form::of_lanes),
        }
    }

    /// All bits joined by one operator.
    pub fn reduce(&mut self, op: ReduceOp, a: TermId) -> Form {
        let width = self.width(a);
        let planes = self.clean_planes(a);
        let mask = match op {
            ReduceOp::Or => {
                let (joined, zero) = (self.joined(&planes, Bitwise::Or), self.splat(8, 0));
                self.compared(IntCC::NotEqual, &[joined], &[zero])
            }
            ReduceOp::And => {
                let (top, rest) = planes.split_last().expect("there are planes");
                let unused = self.splat(8, 0xff ^ 0xff >> ((8 - width % 8) % 8));
                let top = self.builder.ins().bor(*top, unused);
                let joined = self.joined(&[rest, &[top]].concat(), Bitwise::And);
                let ones = self.splat(8, 0xff);
                self.compared(IntCC::Equal, &[joined], &[ones])
            }
            ReduceOp::Xor => {
                let joined = self.joined(&planes, Bitwise::Xor);
                return self.parity(joined);
            }
        };
        Form::of_mask(mask)
    }

    /// XORs the halves of a byte down to one bit. Bits that come in from the neighbouring byte never reach bit 0.
    fn parity(&mut self, byte: Value) -> Form {
        let mut folded = self.cast(byte, types::I16X8);
        for distance in [4, 2, 1] {
            let moved = self.builder.ins().ushr_imm_u(folded, distance);
            folded = self.builder.ins().bxor(folded, moved);
        }
        let (folded, one) = (self.cast(folded, types::I8X16), self.splat(8, 1));
        Form::of_planes(1, vec![self.builder.ins().band(folded, one)])
    }

    fn joined(&mut self, registers: &[Value], op: Bitwise) -> Value {
        registers[1..].iter().fold(registers[0], |joined, register| self.bitwise_one(op, joined, *register))
    }

    fn bitwise_one(&mut self, op: Bitwise, a: Value, b: Value) -> Value {
        match op {
            Bitwise::And => self.builder.ins().band(a, b),
            Bitwise::Or => self.builder.ins().bor(a, b),
            Bitwise::Xor => self.builder.ins().bxor(a, b),
        }
    }

    /// An operator of two operands.
    pub fn binary(&mut self, op: BinaryOp, a: TermId, b: TermId, width: u32) -> Form {
        match Operator::from(op) {
            Operator::Bitwise(op) => self.bitwise(op, a, b),
            Operator::Sum(_) if width == 1 => self.bitwise(Bitwise::Xor, a, b),
            Operator::Sum(op) if width > 64 => self.wide_sum(op, a, b, width),
            Operator::Sum(op) => self.sum(op, a, b, width),
            Operator::Product { is_signed: false } => self.product(a, b, width),
            Operator::Product { is_signed: true } => self.signed_product(a, b, width),
            Operator::Equal => self.equal(a, b),
            Operator::Less { is_signed: false } => self.less(a, b, 0),
            Operator::Less { is_signed: true } => self.less(a, b, 1 << ((self.width(a) - 1) % 64)),
            Operator::Shift(shift) => self.shift(shift, a, b),
            Operator::Rotation(rotation) => self.rotate(rotation, a, b),
        }
    }

    fn bitwise(&mut self, op: Bitwise, a: TermId, b: TermId) -> Form {
        let width = self.width(a);
        if width == 1 && (self.form(a).has_mask() || self.form(b).has_mask()) {
            let (a, b) = (self.mask(a), self.mask(b));
            return Form::of_mask(self.bitwise_one(op, a, b));
        }
        let (operands, make) = self.bitwise_operands(&[a, b]);
        let clean = [a, b].map(|id| self.form(id).is_clean);
        let pairs = operands[0].iter().zip(&operands[1]);
        let form = make(width, pairs.map(|(a, b)| self.bitwise_one(op, *a, *b)).collect());
        let is_clean = if op == Bitwise::And { clean[0] || clean[1] } else { clean[0] && clean[1] };
        if is_clean { form } else { form.dirty() }
    }

    /// Lanes, or the plane of a term of up to 8 bits.
    pub(super) fn elements(&mut self, id: TermId) -> Vec<Value> {
        if self.width(id) <= 8 { vec![self.plane(id, 0)] } else { self.lanes(id) }
    }

    /// Lanes, or the plane of a term of up to 8 bits, zero above the width.
    pub(super) fn clean_elements(&mut self, id: TermId) -> Vec<Value> {
        if self.width(id) <= 8 { vec![self.clean_byte(id)] } else { self.clean_lanes(id) }
    }

    fn sum(&mut self, op: Sum, a: TermId, b: TermId, width: u32) -> Form {
        let (a, b) = (self.elements(a), self.elements(b));
        let add = |(a, b): (&Value, &Value)| match op {
            Sum::Add => self.builder.ins().iadd(*a, *b),
            Sum::Subtract => self.builder.ins().isub(*a, *b),
        };
        Form::of_lanes(width, a.iter().zip(&b).map(add).collect()).dirty()
    }

    /// Limb by limb. A carry is a mask, and so has the value -1.
    fn wide_sum(&mut self, op: Sum, a: TermId, b: TermId, width: u32) -> Form {
        let (a, b) = (self.clean_lanes(a), self.clean_lanes(b));
        let count = limbs_for(width);
        let mut registers = vec![];
        let mut carries: Option<Vec<Value>> = None;
        for limb in 0..count {
            let mut next = vec![];
            for register in 0..8 {
                let (a, b) = (a[8 * limb + register], b[8 * limb + register]);
                let carry = carries.as_ref().map(|carries| carries[register]);
                let (sum, carry) = self.sum_limb(op, a, b, carry, limb + 1 == count);
                registers.push(sum);
                next.extend(carry);
            }
            carries = Some(next);
        }
        Form::of_lanes(width, registers).dirty()
    }

    /// A limb of a sum or difference, and the mask of the carry out of it unless it `is_last`.
    fn sum_limb(
        &mut self,
        op: Sum,
        a: Value,
        b: Value,
        carry: Option<Value>,
        is_last: bool,
    ) -> (Value, Option<Value>) {
        let is_sum = op == Sum::Add;
        let ins = self.builder.ins();
        let half = if is_sum { ins.iadd(a, b) } else { ins.isub(a, b) };
        let whole = carry.map_or(half, |carry| {
            let ins = self.builder.ins();
            if is_sum { ins.isub(half, carry) } else { ins.iadd(half, carry) }
        });
        if is_last {
            return (whole, None);
        }
        let mut overflow = |result: Value, operand: Value| match is_sum {
            true => self.builder.ins().icmp(IntCC::UnsignedLessThan, result, operand),
            false => self.builder.ins().icmp(IntCC::UnsignedGreaterThan, result, operand),
        };
        let first = overflow(half, a);
        let second = carry.map(|_| overflow(whole, half));
        let out = second.map_or(first, |second| self.builder.ins().bor(first, second));
        (whole, Some(out))
    }

    /// In elements of at least 16 bits, since there is no multiplication of bytes.
    fn product(&mut self, a: TermId, b: TermId, width: u32) -> Form {
        let size = element(width).max(16);
        let [a, b] = [a, b].map(|id| self.widened(id, size));
        self.multiplied(&a, &b, width, size)
    }

    fn signed_product(&mut self, a: TermId, b: TermId, width: u32) -> Form {
        let size = element(width).max(16);
        let [a, b] = [a, b].map(|id| {
            let registers = self.widened(id, size);
            self.sign_extended(registers, self.width(id))
        });
        self.multiplied(&a, &b, width, size)
    }

    fn multiplied(&mut self, a: &[Value], b: &[Value], width: u32, size: u32) -> Form {
        let pairs = a.iter().zip(b);
        let products: Vec<Value> = pairs.map(|(a, b)| self.builder.ins().imul(*a, *b)).collect();
        self.narrowed(products, width, size)
    }

    /// Elements of `size` bits as a term of `width` bits, which may need smaller ones.
    pub(super) fn narrowed(&mut self, registers: Vec<Value>, width: u32, size: u32) -> Form {
        if width > 8 || size == 8 {
            return Form::of_lanes(width, registers).dirty();
        }
        Form::of_planes(width, vec![self.byte_of_lanes(&registers, size, 0)]).dirty()
    }

    /// The elements of a term extended to at least `size` bits, zero above the width.
    pub(super) fn widened(&mut self, id: TermId, size: u32) -> Vec<Value> {
        let mut registers = self.clean_elements(id);
        let mut from = element(self.width(id));
        while from < size {
            registers = registers
                .into_iter()
                .flat_map(|register| {
                    [self.builder.ins().uwiden_low(register), self.builder.ins().uwiden_high(register)]
                })
                .collect();
            from *= 2;
        }
        registers
    }

    /// Clean elements of `width` bits as two's-complement numbers that fill their elements.
    pub(super) fn sign_extended(&mut self, registers: Vec<Value>, width: u32) -> Vec<Value> {
        let size = self.builder.func.dfg.value_type(registers[0]).lane_bits();
        if width == size {
            return registers;
        }
        let sign = self.splat(size, 1 << (width - 1));
        let extend = |register| {
            let flipped = self.builder.ins().bxor(register, sign);
            self.builder.ins().isub(flipped, sign)
        };
        registers.into_iter().map(extend).collect()
    }

    fn equal(&mut self, a: TermId, b: TermId) -> Form {
        let by_planes = self.form(a).has_planes() && self.form(b).has_planes() || self.width(a) > 64;
        if !by_planes {
            let (a, b) = (self.clean_elements(a), self.clean_elements(b));
            return Form::of_mask(self.compared(IntCC::Equal, &a, &b));
        }
        let (a, b) = (self.clean_planes(a), self.clean_planes(b));
        let equal = |(a, b): (&Value, &Value)| self.builder.ins().icmp(IntCC::Equal, *a, *b);
        let planes: Vec<Value> = a.iter().zip(&b).map(equal).collect();
        Form::of_mask(self.joined(&planes, Bitwise::And))
    }

    /// Signed order is unsigned order with the sign bits inverted.
    fn less(&mut self, a: TermId, b: TermId, sign: u64) -> Form {
        let width = self.width(a);
        let size = element(width);
        let [a, b] = [a, b].map(|id| {
            let mut registers = self.clean_elements(id);
            if sign != 0 {
                let sign = self.splat(size, sign);
                let top = registers.len() - size as usize / 8;
                for register in &mut registers[top..] {
                    *register = self.builder.ins().bxor(*register, sign);
                }
            }
            registers
        });
        let mut less: Option<Vec<Value>> = None;
        for (a, b) in a.chunks(size as usize / 8).zip(b.chunks(size as usize / 8)) {
            less = Some(self.less_limb(a, b, less));
        }
        Form::of_mask(self.byte_mask(less.expect("there are limbs")))
    }

    /// Less in this limb, or equal and less in those below.
    fn less_limb(&mut self, a: &[Value], b: &[Value], below: Option<Vec<Value>>) -> Vec<Value> {
        let mut less = vec![];
        for (index, (a, b)) in a.iter().zip(b).enumerate() {
            let own = self.builder.ins().icmp(IntCC::UnsignedLessThan, *a, *b);
            let joined = below.as_ref().map(|below| {
                let equal = self.builder.ins().icmp(IntCC::Equal, *a, *b);
                let passed = self.builder.ins().band(equal, below[index]);
                self.builder.ins().bor(own, passed)
            });
            less.push(joined.unwrap_or(own));
        }
        less
    }
}

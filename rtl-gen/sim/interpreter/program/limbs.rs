//! Operations on values of any width, limb by limb.

use super::Place;
use super::instruction::{Instruction, Opcode};
use super::lower::{Lowering, unused_bits};
use super::wide::{Operation, WideOp};
use hdl::Bits;
use hdl::netlist::{BinaryOp, ReduceOp};

impl Lowering {
    /// An operation of two operands where an operand or the result is wider than 64 bits.
    pub fn wide_binary(&mut self, op: BinaryOp, a: Place, b: Place, width: u32) -> Place {
        match op {
            BinaryOp::And => self.limbwise(Opcode::And, a, b),
            BinaryOp::Or => self.limbwise(Opcode::Or, a, b),
            BinaryOp::Xor => self.limbwise(Opcode::Xor, a, b),
            BinaryOp::Add => self.chained(Opcode::AddCarry, Opcode::Carry, a, b),
            BinaryOp::Sub => self.chained(Opcode::SubBorrow, Opcode::Borrow, a, b),
            BinaryOp::Eq => self.equal(a, b),
            BinaryOp::Lt => self.less(a, b),
            BinaryOp::LtSigned => {
                let (a, b) = (self.with_sign_flipped(a), self.with_sign_flipped(b));
                self.less(a, b)
            }
            BinaryOp::Mul => self.wide_operation(WideOp::Mul, a, b, width),
            BinaryOp::MulSigned => self.wide_operation(WideOp::MulSigned, a, b, width),
            BinaryOp::Shl => self.wide_operation(WideOp::Shl, a, b, width),
            BinaryOp::Shr => self.wide_operation(WideOp::Shr, a, b, width),
            BinaryOp::ShrSigned => self.wide_operation(WideOp::ShrSigned, a, b, width),
            BinaryOp::RotateLeft => self.wide_operation(WideOp::RotateLeft, a, b, width),
            BinaryOp::RotateRight => self.wide_operation(WideOp::RotateRight, a, b, width),
        }
    }

    /// Bitwise complement.
    pub fn not(&mut self, a: Place) -> Place {
        let ones = self.constant(&Bits::ones(a.width));
        self.limbwise(Opcode::Xor, a, ones)
    }

    /// `select ? on_true : on_false`.
    pub fn mux(&mut self, select: Place, on_true: Place, on_false: Place) -> Place {
        let to = self.fresh(on_true.width);
        for ((to, on_true), on_false) in to.slots().zip(on_true.slots()).zip(on_false.slots()) {
            self.emit(Instruction::new(Opcode::Mux, to, &[select.slot, on_true, on_false]));
        }
        to
    }

    /// All bits joined by one operator.
    pub fn reduce(&mut self, op: ReduceOp, a: Place) -> Place {
        match op {
            _ if a.width == 1 => a,
            ReduceOp::And => {
                let ones = self.constant(&Bits::ones(a.width));
                self.equal(a, ones)
            }
            ReduceOp::Or => {
                let (joined, zero) = (self.joined(Opcode::Or, a), self.constant_limb(0));
                self.compute(Opcode::Ne, &[joined, zero], 1)
            }
            ReduceOp::Xor => {
                let joined = self.joined(Opcode::Xor, a);
                self.compute(Opcode::Parity, &[joined], 1)
            }
        }
    }

    /// Each limb of the result from the operands' limbs at its place.
    fn limbwise(&mut self, opcode: Opcode, a: Place, b: Place) -> Place {
        let to = self.fresh(a.width);
        for ((to, a), b) in to.slots().zip(a.slots()).zip(b.slots()) {
            self.emit(Instruction::new(opcode, to, &[a, b]));
        }
        to
    }

    /// All limbs of a value joined into one slot.
    fn joined(&mut self, opcode: Opcode, a: Place) -> u32 {
        a.slots().skip(1).fold(a.slot, |joined, limb| self.compute(opcode, &[joined, limb], 64).slot)
    }

    /// 1 if the values are equal.
    fn equal(&mut self, a: Place, b: Place) -> Place {
        let limbs = a.slots().zip(b.slots());
        let equal: Vec<Place> = limbs.map(|(a, b)| self.compute(Opcode::Eq, &[a, b], 1)).collect();
        let all = |all: Place, limb: &Place| self.compute(Opcode::And, &[all.slot, limb.slot], 1);
        equal[1..].iter().fold(equal[0], all)
    }

    /// Sum or difference: `limb` computes one limb from the carry in, and `carry` the carry out.
    fn chained(&mut self, limb: Opcode, carry: Opcode, a: Place, b: Place) -> Place {
        let to = self.fresh(a.width);
        let mut carry_in = self.constant_limb(0);
        for ((slot, a), b) in to.slots().zip(a.slots()).zip(b.slots()) {
            let operands = [a, b, carry_in];
            let is_last = slot + 1 == to.slots().end;
            let unused = if is_last { unused_bits(to.width) } else { 0 };
            self.emit(Instruction::new(limb, slot, &operands).unused(unused));
            if !is_last {
                carry_in = self.compute(carry, &operands, 1).slot;
            }
        }
        to
    }

    /// The borrow out of the difference.
    fn less(&mut self, a: Place, b: Place) -> Place {
        let borrow = self.constant(&Bits::zero(1));
        let limbs = a.slots().zip(b.slots());
        limbs.fold(borrow, |borrow, (a, b)| self.compute(Opcode::Borrow, &[a, b, borrow.slot], 1))
    }

    /// Signed order is unsigned order with the sign bits inverted.
    fn with_sign_flipped(&mut self, a: Place) -> Place {
        let mut sign = Bits::zero(a.width);
        sign.set_bit(a.width - 1, true);
        let sign = self.constant(&sign);
        self.limbwise(Opcode::Xor, a, sign)
    }

    fn wide_operation(&mut self, op: WideOp, a: Place, b: Place, width: u32) -> Place {
        let to = self.fresh(width);
        let index = self.wide.len() as u32;
        self.wide.push(Operation { op, to, a, b });
        self.emit(Instruction::new(Opcode::Wide, to.slot, &[index]));
        to
    }
}

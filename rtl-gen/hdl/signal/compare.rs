//! Comparisons and reductions: many bits in, one out.

use crate::diagnostic::Source;
use crate::netlist::{BinaryOp, Op, ReduceOp};
use crate::signal::{Operand, Signal};
use std::panic::Location;

impl<'m> Signal<'m> {
    /// 1 if the values are equal.
    #[track_caller]
    pub fn eq<O: Operand<'m>>(self, other: O) -> Signal<'m> {
        let other = other.resolve(self);
        self.compare("eq", other, Op::Binary(BinaryOp::Eq, self.id, other.id), Location::caller())
    }

    /// 1 if the values differ.
    #[track_caller]
    pub fn ne<O: Operand<'m>>(self, other: O) -> Signal<'m> {
        let other = other.resolve(self);
        !self.compare("ne", other, Op::Binary(BinaryOp::Eq, self.id, other.id), Location::caller())
    }

    /// 1 if `self` is less, unsigned.
    #[track_caller]
    pub fn lt<O: Operand<'m>>(self, other: O) -> Signal<'m> {
        let other = other.resolve(self);
        self.compare("lt", other, Op::Binary(BinaryOp::Lt, self.id, other.id), Location::caller())
    }

    /// 1 if `self` is less or equal, unsigned.
    #[track_caller]
    pub fn le<O: Operand<'m>>(self, other: O) -> Signal<'m> {
        let other = other.resolve(self);
        !self.compare("le", other, Op::Binary(BinaryOp::Lt, other.id, self.id), Location::caller())
    }

    /// 1 if `self` is greater, unsigned.
    #[track_caller]
    pub fn gt<O: Operand<'m>>(self, other: O) -> Signal<'m> {
        let other = other.resolve(self);
        self.compare("gt", other, Op::Binary(BinaryOp::Lt, other.id, self.id), Location::caller())
    }

    /// 1 if `self` is greater or equal, unsigned.
    #[track_caller]
    pub fn ge<O: Operand<'m>>(self, other: O) -> Signal<'m> {
        let other = other.resolve(self);
        !self.compare("ge", other, Op::Binary(BinaryOp::Lt, self.id, other.id), Location::caller())
    }

    /// 1 if `self` is less, two's complement.
    #[track_caller]
    pub fn lt_signed<O: Operand<'m>>(self, other: O) -> Signal<'m> {
        let other = other.resolve(self);
        let op = Op::Binary(BinaryOp::LtSigned, self.id, other.id);
        self.compare("lt_signed", other, op, Location::caller())
    }

    /// 1 if `self` is less or equal, two's complement.
    #[track_caller]
    pub fn le_signed<O: Operand<'m>>(self, other: O) -> Signal<'m> {
        let other = other.resolve(self);
        let op = Op::Binary(BinaryOp::LtSigned, other.id, self.id);
        !self.compare("le_signed", other, op, Location::caller())
    }

    /// 1 if `self` is greater, two's complement.
    #[track_caller]
    pub fn gt_signed<O: Operand<'m>>(self, other: O) -> Signal<'m> {
        let other = other.resolve(self);
        let op = Op::Binary(BinaryOp::LtSigned, other.id, self.id);
        self.compare("gt_signed", other, op, Location::caller())
    }

    /// 1 if `self` is greater or equal, two's complement.
    #[track_caller]
    pub fn ge_signed<O: Operand<'m>>(self, other: O) -> Signal<'m> {
        let other = other.resolve(self);
        let op = Op::Binary(BinaryOp::LtSigned, self.id, other.id);
        !self.compare("ge_signed", other, op, Location::caller())
    }

    /// 1 if any bit is 1.
    #[track_caller]
    pub fn any(self) -> Signal<'m> {
        self.reduce_at(ReduceOp::Or, Location::caller())
    }

    /// 1 if all bits are 1.
    #[track_caller]
    pub fn all(self) -> Signal<'m> {
        self.reduce_at(ReduceOp::And, Location::caller())
    }

    /// 1 if an odd number of bits is 1.
    #[track_caller]
    pub fn parity(self) -> Signal<'m> {
        self.reduce_at(ReduceOp::Xor, Location::caller())
    }

    fn compare(self, method: &str, other: Signal<'m>, op: Op, source: Source) -> Signal<'m> {
        match self.check_same_width(method, other, source) {
            true => self.node(op, 1, source),
            false => self.home(&[other]).stand_in(1, source),
        }
    }

    /// All bits joined by an operator that is chosen at run time: `a.reduce(ReduceOp::Or)` is `a.any()`.
    #[track_caller]
    pub fn reduce(self, op: ReduceOp) -> Signal<'m> {
        self.reduce_at(op, Location::caller())
    }

    fn reduce_at(self, op: ReduceOp, source: Source) -> Signal<'m> {
        match self.module.check_operand(format_args!("`{}`", op.symbol()), self, source) {
            true => self.node(Op::Reduce(op, self.id), 1, source),
            false => self.module.stand_in(1, source),
        }
    }
}

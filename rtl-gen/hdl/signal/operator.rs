//! Operators whose result is as wide as their operands, or wider.

use crate::diagnostic::Source;
use crate::module::Module;
use crate::netlist::{BinaryOp, Op, OperatorKind};
use crate::signal::{Operand, Signal, width_advice};
use std::ops::{Add, BitAnd, BitOr, BitXor, Mul, Neg, Not, Sub};
use std::panic::Location;

impl<'m> Signal<'m> {
    /// `self` = 1 selects `on_true`, 0 selects `on_false`. One of them may be an integer, which takes the width of the
    /// other.
    #[track_caller]
    pub fn mux<T: Operand<'m>, F: Operand<'m>>(self, on_true: T, on_false: F) -> Signal<'m> {
        let source = Location::caller();
        let Some(like) = on_true.sized(self.module).or_else(|| on_false.sized(self.module)) else {
            let message = "a multiplexer of two constants needs a width".into();
            let note = "give one of them a width: `m.lit(value, width)`".into();
            return self.module.reject(source, 1, message, vec![note]);
        };
        self.mux_at(on_true.resolve(like), on_false.resolve(like), source)
    }

    /// The bit at a run-time index, where 0 is the least significant; 0 if the index is beyond the width.
    #[track_caller]
    pub fn bit_at(self, index: Signal<'m>) -> Signal<'m> {
        self.binary_called("bit_at", BinaryOp::Shr, index, Location::caller()).bit(0)
    }

    /// The bits in reverse order: the least significant becomes the most significant.
    #[track_caller]
    pub fn reverse(self) -> Signal<'m> {
        let source = Location::caller();
        match self.module.check_operand("`reverse`", self, source) {
            true => self.module.concat(&self.split_lsb(1)),
            false => self.module.stand_in(self.width, source),
        }
    }

    /// Every bit ANDed with the 1-bit `enable`: zero while it is 0.
    #[track_caller]
    pub fn gated(self, enable: Signal<'m>) -> Signal<'m> {
        let source = Location::caller();
        let home = self.home(&[enable]);
        let is_legal = home.check_operand("`gated`", self, source)
            && home.check_one_bit("the enable of a gate", enable, source);
        match is_legal {
            true => self & enable.repeat(self.width),
            false => home.stand_in(self.width, source),
        }
    }

    /// Sum without overflow, one bit wider than the wider operand; both are unsigned.
    #[track_caller]
    pub fn add_wide(self, other: Signal<'m>) -> Signal<'m> {
        let (source, width) = (Location::caller(), self.width.max(other.width) + 1);
        let is_legal = self.check_both("add_wide", other, source)
            && self.module.check_width(width, format_args!("the sum of {self} and {other}"), source);
        match is_legal {
            true => self.zext(width) + other.zext(width),
            false => self.home(&[other]).stand_in(width, source),
        }
    }

    /// Two's-complement product, as wide as both operands together.
    #[track_caller]
    pub fn mul_signed(self, other: Signal<'m>) -> Signal<'m> {
        self.binary_at(BinaryOp::MulSigned, other, Location::caller())
    }

    pub(crate) fn mux_at(self, on_true: Signal<'m>, on_false: Signal<'m>, source: Source) -> Signal<'m> {
        let module = self.home(&[on_true, on_false]);
        let is_legal = module.check_one_bit("the select of a multiplexer", self, source)
            && module.check_operand("a multiplexer", on_true, source)
            && module.check_operand("a multiplexer", on_false, source);
        if !is_legal {
            return module.stand_in(on_true.width, source);
        }
        if !on_true.agrees_with(on_false) {
            let message =
                format!("a multiplexer needs inputs of one width: at 1 it takes {on_true}, at 0 {on_false}");
            return module.reject(source, on_true.width, message, vec![width_advice(on_true, on_false)]);
        }
        let op = Op::Mux { select: self.id, on_true: on_true.id, on_false: on_false.id };
        self.node(op, on_true.width, source)
    }

    /// An operator of two operands, chosen at run time: `a.binary(BinaryOp::Add, b)` is `a + b`.
    #[track_caller]
    pub fn binary(self, op: BinaryOp, other: Signal<'m>) -> Signal<'m> {
        self.binary_at(op, other, Location::caller())
    }

    pub(super) fn binary_at(self, op: BinaryOp, other: Signal<'m>, source: Source) -> Signal<'m> {
        self.binary_called(op.symbol(), op, other, source)
    }

    /// The operator by the name that errors use: the method that the user wrote.
    pub(super) fn binary_called(
        self,
        symbol: &str,
        op: BinaryOp,
        other: Signal<'m>,
        source: Source,
    ) -> Signal<'m> {
        let width = op.result_width(self.width, other.width);
        let is_legal = match op.kind() {
            OperatorKind::Bitwise | OperatorKind::Sum | OperatorKind::Comparison => {
                self.check_same_width(symbol, other, source)
            }
            OperatorKind::Product => {
                let what = format_args!("the product of {self} and {other}");
                self.check_both(symbol, other, source) && self.module.check_width(width, what, source)
            }
            OperatorKind::Shift | OperatorKind::Rotation => self.check_both(symbol, other, source),
        };
        match is_legal {
            true => self.node(Op::Binary(op, self.id, other.id), width, source),
            false => self.home(&[other]).stand_in(width, source),
        }
    }

    /// The module in which an operator is written: the one among its operands' modules that is being built.
    pub(super) fn home(self, others: &[Signal<'m>]) -> &'m Module {
        let is_home = |module: &&'m Module| module.is_innermost();
        let foreign = others.iter().map(|other| other.module);
        let mut foreign = foreign.filter(|module| !std::ptr::eq(*module, self.module)).peekable();
        match foreign.peek() {
            None => self.module,
            Some(_) if self.module.is_innermost() => self.module,
            Some(_) => foreign.find(is_home).unwrap_or(self.module),
        }
    }

    fn check_both(self, symbol: &str, other: Signal<'m>, source: Source) -> bool {
        let home = self.home(&[other]);
        home.check_operand(format_args!("`{symbol}`"), self, source)
            && home.check_operand(format_args!("`{symbol}`"), other, source)
    }

    pub(super) fn check_same_width(self, symbol: &str, other: Signal<'m>, source: Source) -> bool {
        if !self.check_both(symbol, other, source) {
            return false;
        }
        if !self.agrees_with(other) {
            let message =
                format!("`{symbol}` needs operands of one width: the left is {self}, the right is {other}");
            self.module.error(source, message, vec![width_advice(self, other)]);
            return false;
        }
        true
    }
}

/// Implements a two-operand operator for integers on the left.
macro_rules! left_operand {
    ($trait:ident, $method:ident, $op:expr, $($integer:ident)*) => {$(
        impl<'m> $trait<Signal<'m>> for $integer {
            type Output = Signal<'m>;

            #[track_caller]
            fn $method(self, other: Signal<'m>) -> Signal<'m> {
                self.resolve(other).binary_at($op, other, Location::caller())
            }
        }
    )*};
}

/// Implements a two-operand operator; either operand may be a constant.
macro_rules! operator {
    ($trait:ident, $method:ident, $op:expr, $meaning:literal) => {
        #[doc = $meaning]
        impl<'m, O: Operand<'m>> $trait<O> for Signal<'m> {
            type Output = Signal<'m>;

            #[track_caller]
            fn $method(self, other: O) -> Signal<'m> {
                self.binary_at($op, other.resolve(self), Location::caller())
            }
        }

        left_operand!($trait, $method, $op, u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize);
    };
}

operator!(BitAnd, bitand, BinaryOp::And, "Bitwise and of equal widths.");
operator!(BitOr, bitor, BinaryOp::Or, "Bitwise or of equal widths.");
operator!(BitXor, bitxor, BinaryOp::Xor, "Bitwise exclusive or of equal widths.");
operator!(Add, add, BinaryOp::Add, "Sum of equal widths, modulo 2^width.");
operator!(Sub, sub, BinaryOp::Sub, "Difference of equal widths, modulo 2^width.");

/// Unsigned product, as wide as both operands together; a constant factor is as wide as it needs.
impl<'m, O: Operand<'m>> Mul<O> for Signal<'m> {
    type Output = Signal<'m>;

    #[track_caller]
    fn mul(self, other: O) -> Signal<'m> {
        self.binary_at(BinaryOp::Mul, other.factor(self), Location::caller())
    }
}

/// Two's complement: 0 minus the value, modulo 2^width.
impl<'m> Neg for Signal<'m> {
    type Output = Signal<'m>;

    #[track_caller]
    fn neg(self) -> Signal<'m> {
        let source = Location::caller();
        match self.module.check_operand("`-`", self, source) {
            true => self.module.zero(self.width).binary_at(BinaryOp::Sub, self, source),
            false => self.module.stand_in(self.width, source),
        }
    }
}

/// Bitwise complement.
impl<'m> Not for Signal<'m> {
    type Output = Signal<'m>;

    #[track_caller]
    fn not(self) -> Signal<'m> {
        let source = Location::caller();
        match self.module.check_operand("`!`", self, source) {
            true => self.node(Op::Not(self.id), self.width, source),
            false => self.module.stand_in(self.width, source),
        }
    }
}

//! Shifts and rotations, by signals and by constants.

use crate::netlist::{BinaryOp, OperatorKind};
use crate::signal::{Amount, Operand, Signal};
use std::fmt::Display;
use std::ops::{Shl, Shr};
use std::panic::Location;

/// The direction of a shift, and what fills the freed bits.
#[derive(Clone, Copy)]
enum Move {
    Left,
    Right,
    RightSigned,
    RotateLeft,
    RotateRight,
}

impl Move {
    fn op(self) -> BinaryOp {
        match self {
            Move::Left => BinaryOp::Shl,
            Move::Right => BinaryOp::Shr,
            Move::RightSigned => BinaryOp::ShrSigned,
            Move::RotateLeft => BinaryOp::RotateLeft,
            Move::RotateRight => BinaryOp::RotateRight,
        }
    }

    /// The method or operator for the other direction.
    fn opposite(self) -> &'static str {
        match self {
            Move::Left => ">>",
            Move::Right | Move::RightSigned => "<<",
            Move::RotateLeft => "rotate_right",
            Move::RotateRight => "rotate_left",
        }
    }

    fn is_rotation(self) -> bool {
        self.op().kind() == OperatorKind::Rotation
    }
}

/// Left shift by a signal or a constant; the width stays, and bits shifted out are dropped. A signal is an unsigned
/// amount of any width; an amount beyond the width gives 0. A constant beyond the width is an error.
impl<'m, O: Operand<'m>> Shl<O> for Signal<'m> {
    type Output = Signal<'m>;

    #[track_caller]
    fn shl(self, amount: O) -> Signal<'m> {
        self.moved(Move::Left, amount.amount(self))
    }
}

/// Logical right shift, by amounts as for `<<`.
impl<'m, O: Operand<'m>> Shr<O> for Signal<'m> {
    type Output = Signal<'m>;

    #[track_caller]
    fn shr(self, amount: O) -> Signal<'m> {
        self.moved(Move::Right, amount.amount(self))
    }
}

impl<'m> Signal<'m> {
    /// Arithmetic right shift, by amounts as for `<<`: copies of the sign are shifted in.
    #[track_caller]
    pub fn shr_signed<O: Operand<'m>>(self, amount: O) -> Signal<'m> {
        self.moved(Move::RightSigned, amount.amount(self))
    }

    /// Left rotation: bits that leave at the most significant end enter at the other. The amount, a signal or a
    /// constant that is not negative, is taken modulo the width, whether or not that is a power of two.
    #[track_caller]
    pub fn rotate_left<O: Operand<'m>>(self, amount: O) -> Signal<'m> {
        self.moved(Move::RotateLeft, amount.amount(self))
    }

    /// Right rotation, by amounts as for [`Signal::rotate_left`].
    #[track_caller]
    pub fn rotate_right<O: Operand<'m>>(self, amount: O) -> Signal<'m> {
        self.moved(Move::RotateRight, amount.amount(self))
    }

    #[track_caller]
    fn moved(self, how: Move, amount: Amount<'m>) -> Signal<'m> {
        let symbol = how.op().symbol();
        match amount {
            Amount::Signal(amount) => self.binary_at(how.op(), amount, Location::caller()),
            _ if !self.module.check_operand(format_args!("`{symbol}`"), self, Location::caller()) => {
                self.module.stand_in(self.width, Location::caller())
            }
            Amount::Constant(amount) if how.is_rotation() => {
                self.moved_by(how, (amount % u128::from(self.width)) as u32)
            }
            Amount::Constant(amount) if amount <= u128::from(self.width) => self.moved_by(how, amount as u32),
            Amount::Constant(amount) => self.reject_amount(how, amount, "beyond its width", None),
            Amount::Negative(amount) => {
                let other_way = format!("use `{}` for the other direction", how.opposite());
                self.reject_amount(how, amount, "which is negative", Some(other_way))
            }
        }
    }

    /// Shifted by a constant of at most the width, which is only wiring.
    #[track_caller]
    fn moved_by(self, how: Move, amount: u32) -> Signal<'m> {
        let rest = self.width - amount;
        match how {
            _ if amount == 0 => self,
            Move::Left | Move::Right if rest == 0 => self.module.lit(0, self.width),
            Move::RightSigned if rest == 0 => self.msb().repeat(self.width),
            Move::Left => self.module.concat(&[self.low(rest), self.module.lit(0, amount)]),
            Move::Right => self.high(rest).zext(self.width),
            Move::RightSigned => self.high(rest).sext(self.width),
            Move::RotateLeft => self.module.concat(&[self.low(rest), self.high(amount)]),
            Move::RotateRight => self.module.concat(&[self.low(amount), self.high(rest)]),
        }
    }

    #[track_caller]
    fn reject_amount(
        self,
        how: Move,
        amount: impl Display,
        what: &str,
        advice: Option<String>,
    ) -> Signal<'m> {
        let source = Location::caller();
        if self.is_faulty() {
            return self.module.stand_in(self.width, source);
        }
        let verb = if how.is_rotation() { "rotates" } else { "shifts" };
        let message = format!("`{}` {verb} {self} by {amount}, {what}", how.op().symbol());
        let legal = match how.is_rotation() {
            true => "legal amounts are 0 or more, taken modulo the width".into(),
            false => format!("legal amounts are 0 to {}, where the last shifts out every bit", self.width),
        };
        self.module.reject(source, self.width, message, [Some(legal), advice].into_iter().flatten().collect())
    }
}

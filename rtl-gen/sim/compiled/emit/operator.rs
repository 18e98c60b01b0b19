//! Binary operators as the emitters distinguish them: those that share code are one case.

use hdl::netlist::BinaryOp;

/// An operator of two operands.
#[derive(Clone, Copy)]
pub(super) enum Operator {
    Bitwise(Bitwise),
    Sum(Sum),
    Product { is_signed: bool },
    Equal,
    Less { is_signed: bool },
    Shift(Shift),
    Rotation(Rotation),
}

/// Operators that treat each bit alike.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Bitwise {
    And,
    Or,
    Xor,
}

/// Operators with a carry.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Sum {
    Add,
    Subtract,
}

/// The direction of a shift, and what fills the freed bits.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Shift {
    /// Up; zeros.
    Left,
    /// Down; zeros.
    Right,
    /// Down; copies of the sign.
    RightSigned,
}

/// The direction of a rotation; its amount is taken modulo the width.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Rotation {
    Left,
    Right,
}

impl From<BinaryOp> for Operator {
    fn from(op: BinaryOp) -> Operator {
        match op {
            BinaryOp::And => Operator::Bitwise(Bitwise::And),
            BinaryOp::Or => Operator::Bitwise(Bitwise::Or),
            BinaryOp::Xor => Operator::Bitwise(Bitwise::Xor),
            BinaryOp::Add => Operator::Sum(Sum::Add),
            BinaryOp::Sub => Operator::Sum(Sum::Subtract),
            BinaryOp::Mul => Operator::Product { is_signed: false },
            BinaryOp::MulSigned => Operator::Product { is_signed: true },
            BinaryOp::Eq => Operator::Equal,
            BinaryOp::Lt => Operator::Less { is_signed: false },
            BinaryOp::LtSigned => Operator::Less { is_signed: true },
            BinaryOp::Shl => Operator::Shift(Shift::Left),
            BinaryOp::Shr => Operator::Shift(Shift::Right),
            BinaryOp::ShrSigned => Operator::Shift(Shift::RightSigned),
            BinaryOp::RotateLeft => Operator::Rotation(Rotation::Left),
            BinaryOp::RotateRight => Operator::Rotation(Rotation::Right),
        }
    }
}

//! The operators of the netlist in one table: widths, properties and names.
//!
//! Facts about an operator that concern more than one tool are kept here. Tools match on an operator, or on its kind,
//! without a wildcard, so the compiler reports every place that must handle a new one; the lists of operators are
//! [`BinaryOp::ALL`] and [`ReduceOp::ALL`].

use crate::enumerated::enumerated;

enumerated! {
    /// Operators of two operands.
    pub enum BinaryOp {
        /// Bitwise and of equal widths.
        And,
        /// Bitwise or of equal widths.
        Or,
        /// Bitwise exclusive or of equal widths.
        Xor,
        /// Sum of equal widths, modulo 2^width.
        Add,
        /// Difference of equal widths, modulo 2^width.
        Sub,
        /// Unsigned product, as wide as both operands together.
        Mul,
        /// Two's-complement product, as wide as both operands together.
        MulSigned,
        /// 1 if the values are equal; equal widths.
        Eq,
        /// 1 if the left is less than the right, unsigned.
        Lt,
        /// 1 if the left is less than the right, in two's complement.
        LtSigned,
        /// Left shift by an unsigned amount of any width; the result is as wide as the left operand.
        Shl,
        /// Logical right shift.
        Shr,
        /// Arithmetic right shift.
        ShrSigned,
        /// Left rotation by an unsigned amount of any width, modulo the left operand's width, which the result has.
        RotateLeft,
        /// Right rotation.
        RotateRight,
    }
}

enumerated! {
    /// Kinds of operators, by the widths of their operands and results.
    pub enum OperatorKind {
        /// Bitwise, on equal widths, which the result has.
        Bitwise,
        /// Modulo 2^width: equal widths, which the result has.
        Sum,
        /// Any widths; the result is as wide as both together.
        Product,
        /// Equal widths; the result has 1 bit.
        Comparison,
        /// The left operand shifted by the right one, an unsigned amount of any width; the result is as wide as the
        /// left.
        Shift,
        /// The same, but bits that leave at one end enter at the other: the amount is taken modulo the width.
        Rotation,
    }
}

enumerated! {
    /// Operators over all the bits of one vector.
    pub enum ReduceOp {
        /// 1 if all bits are 1.
        And,
        /// 1 if any bit is 1.
        Or,
        /// 1 if an odd number of bits is 1.
        Xor,
    }
}

/// A row of the table.
struct Row {
    symbol: &'static str,
    kind: OperatorKind,
    is_commutative: bool,
    is_signed: bool,
}

impl Row {
    const fn new(symbol: &'static str, kind: OperatorKind) -> Row {
        Row { symbol, kind, is_commutative: false, is_signed: false }
    }

    const fn commutative(self) -> Row {
        Row { is_commutative: true, ..self }
    }

    const fn signed(self) -> Row {
        Row { is_signed: true, ..self }
    }
}

impl BinaryOp {
    const fn row(self) -> Row {
        use OperatorKind::*;
        match self {
            BinaryOp::And => Row::new("&", Bitwise).commutative(),
            BinaryOp::Or => Row::new("|", Bitwise).commutative(),
            BinaryOp::Xor => Row::new("^", Bitwise).commutative(),
            BinaryOp::Add => Row::new("+", Sum).commutative(),
            BinaryOp::Sub => Row::new("-", Sum),
            BinaryOp::Mul => Row::new("*", Product).commutative(),
            BinaryOp::MulSigned => Row::new("mul_signed", Product).commutative().signed(),
            BinaryOp::Eq => Row::new("eq", Comparison).commutative(),
            BinaryOp::Lt => Row::new("lt", Comparison),
            BinaryOp::LtSigned => Row::new("lt_signed", Comparison).signed(),
            BinaryOp::Shl => Row::new("<<", Shift),
            BinaryOp::Shr => Row::new(">>", Shift),
            BinaryOp::ShrSigned => Row::new("shr_signed", Shift).signed(),
            BinaryOp::RotateLeft => Row::new("rotate_left", Rotation),
            BinaryOp::RotateRight => Row::new("rotate_right", Rotation),
        }
    }

    /// The name in Rust and in errors: the operator, or the method of [`crate::Signal`].
    pub const fn symbol(self) -> &'static str {
        self.row().symbol
    }

    /// Its kind.
    pub const fn kind(self) -> OperatorKind {
        self.row().kind
    }

    /// True if it is commutative.
    pub const fn is_commutative(self) -> bool {
        self.row().is_commutative
    }

    /// True if it takes its left operand, and the right one unless that is an amount, as two's complement.
    pub const fn is_signed(self) -> bool {
        self.row().is_signed
    }

    /// The width of the result for operands with two widths, which are legal for it.
    pub const fn result_width(self, left: u32, right: u32) -> u32 {
        match self.kind() {
            OperatorKind::Bitwise | OperatorKind::Sum | OperatorKind::Shift | OperatorKind::Rotation => left,
            OperatorKind::Product => left + right,
            OperatorKind::Comparison => 1,
        }
    }
}

/// The constant rotations that make up a rotation by a signal, as in hardware: for each bit of the amount the distance
/// that it rotates by, 2^bit modulo the width. Their sum is the amount modulo the width, whether or not the width is a
/// power of two, and no division is needed. A bit that rotates by a multiple of the width is left out.
pub fn rotation_stages(width: u32, amount_width: u32) -> impl Iterator<Item = (u32, u32)> {
    let distances = std::iter::successors(Some(1 % width), move |distance| Some(2 * distance % width));
    (0..amount_width).zip(distances).filter(|(_, distance)| *distance > 0)
}

impl OperatorKind {
    /// True if both operands must have the same width.
    pub const fn needs_equal_widths(self) -> bool {
        match self {
            OperatorKind::Bitwise | OperatorKind::Sum | OperatorKind::Comparison => true,
            OperatorKind::Product | OperatorKind::Shift | OperatorKind::Rotation => false,
        }
    }
}

impl ReduceOp {
    /// The method of [`crate::Signal`] that makes it, which errors name too.
    pub const fn symbol(self) -> &'static str {
        match self {
            ReduceOp::And => "all",
            ReduceOp::Or => "any",
            ReduceOp::Xor => "parity",
        }
    }
}

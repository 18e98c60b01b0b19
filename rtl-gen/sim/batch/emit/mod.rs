//! Straight-line code for a network.

mod allocate;
#[cfg(target_arch = "x86_64")]
mod encode;
mod order;
mod uses;

pub use allocate::allocate;
#[cfg(target_arch = "x86_64")]
pub use encode::{BIAS, Function, encode};

use super::rows::Place;

/// A vector register.
pub type Register = u8;

/// The second, or third, operand of an instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operand {
    Register(Register),
    Row(Place),
}

/// Functions of two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pair {
    And,
    /// `!a & b`
    AndNot,
    Or,
    Xor,
}

/// What the machine does, one instruction each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Instruction {
    /// `to = row`
    Load { to: Register, from: Place },
    /// `row = from`
    Store { to: Place, from: Register },
    /// `to = from`
    Copy { to: Register, from: Register },
    /// `to = pair(a, b)`
    Pair { pair: Pair, to: Register, a: Register, b: Operand },
    /// `a = table(a, b, c)`, where the bit `4 a + 2 b + c` of the table is the result.
    Table { table: u8, a: Register, b: Register, c: Operand },
}

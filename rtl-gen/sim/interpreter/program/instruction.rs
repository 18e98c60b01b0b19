//! The instructions. All except [`Opcode::Read`] and [`Opcode::Wide`] write one slot, and no two write the same slot.

use super::{MemoryPlace, wide};

/// What an instruction computes from the slots `a`, `b` and `c`.
///
/// The result has `64 - unused` bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Opcode {
    /// `a & b`
    And,
    /// `a | b`
    Or,
    /// `a ^ b`
    Xor,
    /// `a + b`
    Add,
    /// `a + b + c`, where `c` is a carry.
    AddCarry,
    /// The carry out of 64-bit `a + b + c`.
    Carry,
    /// `a - b`
    Sub,
    /// `a - b - c`, where `c` is a borrow.
    SubBorrow,
    /// 1 if 64-bit `a - b - c` is negative.
    Borrow,
    /// `a * b`
    Mul,
    /// `a * b` in two's complement; the shifts are the operands' unused bits.
    MulSigned,
    /// `a == b`
    Eq,
    /// `a != b`
    Ne,
    /// `a < b`
    Lt,
    /// `a < b` in two's complement; the shift is the operands' unused bits.
    LtSigned,
    /// `a << b`
    Shl,
    /// `a >> b`
    Shr,
    /// `a >> b` in two's complement; the shift is the unused bits of `a`.
    ShrSigned,
    /// `a` rotated left by `b`; the shift is the unused bits of `a`.
    RotateLeft,
    /// `a` rotated right by `b`; the shift is the unused bits of `a`.
    RotateRight,
    /// 1 if an odd number of bits of `a` is 1.
    Parity,
    /// `a ? b : c`
    Mux,
    /// `a >> shift`
    Slice,
    /// `{a, b} >> shift`, where `a` and `b` are of 64 bits and the shift is 1 to 63.
    Funnel,
    /// `a | b << shift`
    Join,
    /// `a | b << shift | c << second_shift`
    Join3,
    /// As many copies of the bit `a` as the result has bits.
    Repeat,
    /// The word at address `a` of the memory with index `b`, in as many slots as it has limbs.
    Read,
    /// The wide operation with index `a`.
    Wide,
}

impl Opcode {
    /// How many there are.
    pub const COUNT: usize = Opcode::Wide as usize + 1;

    fn access(self) -> Access {
        use Opcode::*;
        match self {
            And | Or | Xor | Parity | Mux | Eq | Ne | Lt | LtSigned => Access::Slots,
            Add | AddCarry | Carry | Sub | SubBorrow | Borrow | Mul | MulSigned => Access::Slots,
            Shl | Shr | ShrSigned | RotateLeft | RotateRight => Access::Slots,
            Slice | Funnel | Join | Join3 | Repeat => Access::Slots,
            Read => Access::Memory,
            Wide => Access::Wide,
        }
    }
}

/// What an instruction reads and writes.
enum Access {
    /// Reads the slots `a`, `b` and `c`, writes one.
    Slots,
    /// Reads the slot `a` and a memory, writes a word.
    Memory,
    /// Reads and writes the slots of a wide operation.
    Wide,
}

/// An operation on slots.
#[derive(Clone, Copy, Debug)]
pub(super) struct Instruction {
    pub opcode: Opcode,
    pub unused: u8,
    pub shift: u8,
    pub second_shift: u8,
    /// The slot that is written.
    pub to: u32,
    pub a: u32,
    pub b: u32,
    pub c: u32,
}

/// The program is read once for every settling: it should stay in the first-level cache.
const _: () = assert!(size_of::<Instruction>() == 20);

impl Instruction {
    /// An instruction of 64 bits without a shift. Operands that are not given repeat the first one.
    pub fn new(opcode: Opcode, to: u32, operands: &[u32]) -> Instruction {
        let operand = |i: usize| *operands.get(i).unwrap_or(&operands[0]);
        let (a, b, c) = (operand(0), operand(1), operand(2));
        Instruction { opcode, unused: 0, shift: 0, second_shift: 0, to, a, b, c }
    }

    /// With a narrower result.
    pub fn unused(self, unused: u8) -> Instruction {
        Instruction { unused, ..self }
    }

    /// With a shift.
    pub fn shift(self, shift: u8) -> Instruction {
        Instruction { shift, ..self }
    }

    /// With two shifts.
    pub fn shifts(self, shift: u8, second_shift: u8) -> Instruction {
        Instruction { shift, second_shift, ..self }
    }

    /// The slots that it reads.
    pub fn reads(&self, wide: &[wide::Operation]) -> Vec<u32> {
        match self.opcode.access() {
            Access::Memory => vec![self.a],
            Access::Wide => {
                let operation = &wide[self.a as usize];
                operation.a.slots().chain(operation.b.slots()).collect()
            }
            Access::Slots => vec![self.a, self.b, self.c],
        }
    }

    /// The slots that it writes.
    pub fn writes(&self, wide: &[wide::Operation], memories: &[MemoryPlace]) -> std::ops::Range<u32> {
        match self.opcode.access() {
            Access::Memory => self.to..self.to + memories[self.b as usize].limbs as u32,
            Access::Wide => wide[self.a as usize].to.slots(),
            Access::Slots => self.to..self.to + 1,
        }
    }
}

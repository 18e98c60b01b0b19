//! What an instruction says: its fields, its immediates, and which one it is.

use hdl::{Encoded, Module, Signal};

/// An instruction word.
#[derive(Clone, Copy)]
pub struct Instruction<'m>(Signal<'m>);

/// Opcodes by the names of the specification.
#[derive(Clone, Copy, PartialEq, Encoded)]
#[encoded(width = 7)]
enum Opcode {
    Load = 0x03,
    MiscMem = 0x0f,
    OpImm = 0x13,
    Auipc = 0x17,
    Store = 0x23,
    Op = 0x33,
    Lui = 0x37,
    Branch = 0x63,
    Jalr = 0x67,
    Jal = 0x6f,
}

const ECALL: u32 = 0x0000_0073;
const EBREAK: u32 = 0x0010_0073;

/// The fields.
impl<'m> Instruction<'m> {
    pub fn of(word: Signal<'m>) -> Instruction<'m> {
        Instruction(word)
    }

    pub fn rd(self) -> Signal<'m> {
        self.0.slice(11, 7)
    }

    pub fn funct3(self) -> Signal<'m> {
        self.0.slice(14, 12)
    }

    pub fn rs1(self) -> Signal<'m> {
        self.0.slice(19, 15)
    }

    pub fn rs2(self) -> Signal<'m> {
        self.0.slice(24, 20)
    }

    /// Tells SUB from ADD and SRA from SRL.
    pub fn bit30(self) -> Signal<'m> {
        self.0.bit(30)
    }

    fn funct7(self) -> Signal<'m> {
        self.0.slice(31, 25)
    }
}

/// The immediates, each of 32 bits.
impl<'m> Instruction<'m> {
    pub fn immediate_i(self) -> Signal<'m> {
        self.0.slice(31, 20).sext(32)
    }

    pub fn immediate_s(self) -> Signal<'m> {
        self.joined(&[self.funct7(), self.rd()])
    }

    pub fn immediate_b(self) -> Signal<'m> {
        let zero = self.0.module().zero(1);
        self.joined(&[self.0.bit(31), self.0.bit(7), self.0.slice(30, 25), self.0.slice(11, 8), zero])
    }

    pub fn immediate_u(self) -> Signal<'m> {
        self.joined(&[self.0.slice(31, 12), self.0.module().zero(12)])
    }

    pub fn immediate_j(self) -> Signal<'m> {
        let zero = self.0.module().zero(1);
        self.joined(&[self.0.bit(31), self.0.slice(19, 12), self.0.bit(20), self.0.slice(30, 21), zero])
    }

    fn joined(self, parts: &[Signal<'m>]) -> Signal<'m> {
        self.0.module().concat(parts).sext(32)
    }
}

/// Which one it is.
impl<'m> Instruction<'m> {
    fn is(self, opcode: Opcode) -> Signal<'m> {
        self.0.low(7).eq(opcode)
    }

    pub fn is_lui(self) -> Signal<'m> {
        self.is(Opcode::Lui)
    }

    pub fn is_auipc(self) -> Signal<'m> {
        self.is(Opcode::Auipc)
    }

    pub fn is_jal(self) -> Signal<'m> {
        self.is(Opcode::Jal)
    }

    pub fn is_jalr(self) -> Signal<'m> {
        self.is(Opcode::Jalr)
    }

    pub fn is_jump(self) -> Signal<'m> {
        self.is_jal() | self.is_jalr()
    }

    pub fn is_branch(self) -> Signal<'m> {
        self.is(Opcode::Branch)
    }

    pub fn is_load(self) -> Signal<'m> {
        self.is(Opcode::Load)
    }

    pub fn is_store(self) -> Signal<'m> {
        self.is(Opcode::Store)
    }

    pub fn is_access(self) -> Signal<'m> {
        self.is_load() | self.is_store()
    }

    /// Arithmetic on two registers.
    pub fn is_op(self) -> Signal<'m> {
        self.is(Opcode::Op)
    }

    /// Arithmetic on two registers, or on one and an immediate.
    pub fn is_alu(self) -> Signal<'m> {
        self.is_op() | self.is(Opcode::OpImm)
    }

    pub fn is_halt(self) -> Signal<'m> {
        self.0.eq(ECALL) | self.0.eq(EBREAK)
    }

    /// It writes a register.
    pub fn has_result(self) -> Signal<'m> {
        self.is_lui() | self.is_auipc() | self.is_jump() | self.is_load() | self.is_alu()
    }

    /// It is an instruction of RV32I.
    pub fn is_legal(self, m: &'m Module) -> Signal<'m> {
        let (funct3, funct7) = (self.funct3(), self.funct7());
        let one_of = |legal: [u32; 8]| m.select(funct3, &legal.map(|bit| m.lit(bit.into(), 1)));
        let is_plain = funct7.eq(0);
        let has_alternative = funct7.eq(0x20) & one_of([1, 0, 0, 0, 0, 1, 0, 0]);
        let is_right_shift = funct7.eq(0x20) & funct3.eq(5);
        let is_shift = one_of([0, 1, 0, 0, 0, 1, 0, 0]);
        let always = [self.is_lui(), self.is_auipc(), self.is_jal(), self.is_halt()];
        let by_funct3 = [
            self.is_jalr() & funct3.eq(0),
            self.is_branch() & one_of([1, 1, 0, 0, 1, 1, 1, 1]),
            self.is_load() & one_of([1, 1, 1, 0, 1, 1, 0, 0]),
            self.is_store() & one_of([1, 1, 1, 0, 0, 0, 0, 0]),
            self.is(Opcode::OpImm) & (!is_shift | is_plain | is_right_shift),
            self.is_op() & (is_plain | has_alternative),
            self.is(Opcode::MiscMem) & funct3.eq(0),
        ];
        m.concat(&[always.as_slice(), &by_funct3].concat()).any()
    }
}

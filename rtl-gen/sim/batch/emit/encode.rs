//! Encodes instructions for x86-64.
//!
//! A function takes pointers to the three banks in `rdi`, `rsi` and `rdx` (the System V convention, on every system).
//! Each points [`BIAS`] rows into its bank: a signed one-byte displacement then reaches twice as many rows.

use super::{Instruction, Operand, Register};
use crate::batch::isa::Isa;
use crate::batch::rows::{Bank, Place};
use iced_x86 as x86;
use iced_x86::Code::*;

/// How many rows into its bank a pointer points.
pub const BIAS: u32 = 128;

/// The type of the encoded functions.
pub type Function = unsafe extern "sysv64" fn(values: *mut u8, state: *const u8, next: *mut u8);

/// The machine code of a function.
pub fn encode(instructions: &[Instruction], isa: Isa) -> Vec<u8> {
    let encoding = if isa == Isa::Avx512 { Encoding::avx512() } else { Encoding::avx2() };
    let mut encoder = x86::Encoder::new(64);
    let last = [x86::Instruction::with(VEX_Vzeroupper), x86::Instruction::with(Retnq)];
    for instruction in instructions.iter().map(|instruction| encoding.instruction(instruction)).chain(last) {
        // No instruction uses the instruction pointer, so any address will do.
        encoder.encode(&instruction, 0).expect("every operand fits its instruction");
    }
    encoder.take_buffer()
}

/// The instructions of one instruction set.
struct Encoding {
    load: x86::Code,
    store: x86::Code,
    /// In the order of [`Pair`].
    pairs: [x86::Code; 4],
    first_register: x86::Register,
    row_bytes: i64,
}

impl Encoding {
    fn avx512() -> Encoding {
        Encoding {
            load: EVEX_Vmovdqa64_zmm_k1z_zmmm512,
            store: EVEX_Vmovdqa64_zmmm512_k1z_zmm,
            pairs: [
                EVEX_Vpandq_zmm_k1z_zmm_zmmm512b64,
                EVEX_Vpandnq_zmm_k1z_zmm_zmmm512b64,
                EVEX_Vporq_zmm_k1z_zmm_zmmm512b64,
                EVEX_Vpxorq_zmm_k1z_zmm_zmmm512b64,
            ],
            first_register: x86::Register::ZMM0,
            row_bytes: 64,
        }
    }

    fn avx2() -> Encoding {
        Encoding {
            load: VEX_Vmovdqa_ymm_ymmm256,
            store: VEX_Vmovdqa_ymmm256_ymm,
            pairs: [
                VEX_Vpand_ymm_ymm_ymmm256,
                VEX_Vpandn_ymm_ymm_ymmm256,
                VEX_Vpor_ymm_ymm_ymmm256,
                VEX_Vpxor_ymm_ymm_ymmm256,
            ],
            first_register: x86::Register::YMM0,
            row_bytes: 32,
        }
    }

    fn instruction(&self, instruction: &Instruction) -> x86::Instruction {
        let encoded = match *instruction {
            Instruction::Load { to, from } => {
                x86::Instruction::with2(self.load, self.register(to), self.memory(from))
            }
            Instruction::Store { to, from } => {
                x86::Instruction::with2(self.store, self.memory(to), self.register(from))
            }
            Instruction::Copy { to, from } => {
                x86::Instruction::with2(self.load, self.register(to), self.register(from))
            }
            Instruction::Pair { pair, to, a, b } => {
                let (code, to, a) = (self.pairs[pair as usize], self.register(to), self.register(a));
                match b {
                    Operand::Register(b) => x86::Instruction::with3(code, to, a, self.register(b)),
                    Operand::Row(place) => x86::Instruction::with3(code, to, a, self.memory(place)),
                }
            }
            Instruction::Table { table, a, b, c } => {
                let code = EVEX_Vpternlogq_zmm_k1z_zmm_zmmm512b64_imm8;
                let (a, b, table) = (self.register(a), self.register(b), table as u32);
                match c {
                    Operand::Register(c) => x86::Instruction::with4(code, a, b, self.register(c), table),
                    Operand::Row(place) => x86::Instruction::with4(code, a, b, self.memory(place), table),
                }
            }
        };
        encoded.expect("the operands are of the instruction's kinds")
    }

    fn register(&self, register: Register) -> x86::Register {
        self.first_register + register as u32
    }

    fn memory(&self, place: Place) -> x86::MemoryOperand {
        let bank = match place.bank {
            Bank::Values => x86::Register::RDI,
            Bank::State => x86::Register::RSI,
            Bank::Next => x86::Register::RDX,
        };
        x86::MemoryOperand::with_base_displ(bank, (place.row as i64 - BIAS as i64) * self.row_bytes)
    }
}

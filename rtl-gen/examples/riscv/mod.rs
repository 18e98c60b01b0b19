//! An RV32I processor that takes one cycle an instruction, with its program in a ROM.
//!
//! ```text
//!        ┌────┐   ┌─────┐ instruction ┌───────────┐ rs1, rs2 ┌─────┐ result  ┌───────────┐
//!    ┌──▶│ pc │──▶│ ROM │────────────▶│ registers │─────────▶│ ALU │───┬────▶│ registers │
//!    │   └────┘   └─────┘             │  (read)   │          └─────┘   │     │  (write)  │
//!    │                                └───────────┘            address ▼     └───────────┘
//!    │                                                        ┌────────────┐       ▲
//!    │  next pc: pc + 4, or the target of a jump or branch    │ RAM, output│───────┘
//!    └─────────────────────────────────────────────────────── └────────────┘ loaded
//! ```
//!
//! Data is in a RAM from address 0; a word stored at 0x8000_0000 appears at the output. ECALL and EBREAK halt the
//! processor. An illegal instruction, an address that is misaligned or belongs to nothing, and a jump out of the program
//! trap: it stops there, and the instruction has no effect.

mod drive;
mod instruction;
mod program;

pub use drive::exercise;
pub use program::{PRIMES, assembled};

use hdl::{Bits, Clocking, Design, Diagnostics, Module, ModuleRef, Netlist, Ram, Signal, index_width};
use instruction::Instruction;

/// Words of the RAM.
pub const RAM_WORDS: u64 = 64;

/// Where the output is.
pub const OUTPUT: u32 = 0x8000_0000;

/// The processor with the program that finds primes.
pub fn netlist() -> Result<Netlist, Diagnostics> {
    let design = Design::new(Clocking::default());
    let top = processor(&design, &assembled(PRIMES));
    design.elaborate(top)
}

/// The processor with a program, which begins at address 0.
pub fn processor(design: &Design, program: &[u32]) -> ModuleRef {
    design.module("rv32i", &[], |m| {
        m.describe("RV32I in one cycle an instruction, with the program in a ROM.");
        let pc = m.reg("pc", 32).reset_to(0);
        let (word, outside) = fetch(m, pc.value(), program);
        let instruction = Instruction::of(word);

        let registers = m.memory("x", 32, 32);
        let rs1 = register(registers, instruction.rs1()).named("rs1");
        let rs2 = register(registers, instruction.rs2()).named("rs2");

        let operand = instruction.is_op().mux(rs2, instruction.immediate_i());
        let result = alu(m, instruction, rs1, operand).named("result");
        let access = access(m, instruction, rs1, rs2);
        let (next_pc, target_is_odd) = jump(m, instruction, pc.value(), rs1, rs2);

        let halted = (instruction.is_halt() & !outside).named("halt");
        let trap = (outside | !instruction.is_legal(m) | access.is_fault | target_is_odd).named("trap_now");
        let runs = !(halted | trap);
        pc.enable(runs).set(next_pc);
        access.store(runs);
        let rd_write = (instruction.has_result() & instruction.rd().any() & runs).named("rd_write");
        let rd_value = m.one_hot(&[
            (instruction.is_lui(), instruction.immediate_u()),
            (instruction.is_auipc(), pc.value() + instruction.immediate_u()),
            (instruction.is_jump(), pc.value() + 4),
            (instruction.is_load(), access.loaded),
            (instruction.is_alu(), result),
        ]);
        registers.write(rd_write, instruction.rd(), rd_value.named("rd_value"));

        let out_valid = access.is_output & runs;
        m.output("out_valid", out_valid, "a word is stored at the output's address");
        m.output("out_data", rs2.gated(out_valid), "the word; 0 where there is none");
        m.output("halted", halted, "ECALL or EBREAK");
        m.output("trap", trap, "an instruction that cannot be executed");
    })
}

/// The instruction at `pc`, and whether `pc` is outside the program.
fn fetch<'m>(m: &'m Module, pc: Signal<'m>, program: &[u32]) -> (Signal<'m>, Signal<'m>) {
    // What follows the program is zero, which is no legal instruction.
    let mut words: Vec<Bits> = program.iter().map(|word| Bits::truncated((*word).into(), 32)).collect();
    words.resize(words.len().next_power_of_two().max(2), Bits::zero(32));
    let index_bits = index_width(words.len() as u64);
    let word = m.rom("program", &words).read(pc.slice(index_bits + 1, 2)).named("instruction");
    (word, pc.slice(31, index_bits + 2).any().named("outside"))
}

/// A register's value; x0 is zero.
fn register<'m>(registers: Ram<'m>, index: Signal<'m>) -> Signal<'m> {
    index.any().mux(registers.read(index), 0)
}

/// Arithmetic and logic, chosen by `funct3`.
fn alu<'m>(m: &'m Module, instruction: Instruction<'m>, a: Signal<'m>, b: Signal<'m>) -> Signal<'m> {
    let amount = b.low(5);
    let alternative = instruction.bit30();
    m.select(
        instruction.funct3(),
        &[
            (instruction.is_op() & alternative).mux(a - b, a + b),
            a << amount,
            a.lt_signed(b).zext(32),
            a.lt(b).zext(32),
            a ^ b,
            alternative.mux(a.shr_signed(amount), a >> amount),
            a | b,
            a & b,
        ],
    )
}

/// The next `pc`, and whether it is a target that no instruction can be at.
fn jump<'m>(
    m: &'m Module,
    instruction: Instruction<'m>,
    pc: Signal<'m>,
    rs1: Signal<'m>,
    rs2: Signal<'m>,
) -> (Signal<'m>, Signal<'m>) {
    let never = m.zero(1);
    let comparisons = [
        rs1.eq(rs2),
        rs1.ne(rs2),
        never,
        never,
        rs1.lt_signed(rs2),
        rs1.ge_signed(rs2),
        rs1.lt(rs2),
        rs1.ge(rs2),
    ];
    let is_taken = instruction.is_branch() & m.select(instruction.funct3(), &comparisons);
    let indirect = m.concat(&[(rs1 + instruction.immediate_i()).high(31), m.zero(1)]);
    let next = m.priority(
        &[
            (instruction.is_jal(), pc + instruction.immediate_j()),
            (instruction.is_jalr(), indirect),
            (is_taken, pc + instruction.immediate_b()),
        ],
        pc + 4,
    );
    (next.named("next_pc"), next.bit(1).named("target_is_odd"))
}

/// What a load or store does.
struct Access<'m> {
    /// The word loaded, extended to 32 bits.
    loaded: Signal<'m>,
    is_output: Signal<'m>,
    is_fault: Signal<'m>,
    /// The RAM: a memory for each byte of a word.
    ram: Vec<Ram<'m>>,
    index: Signal<'m>,
    /// The bytes that a store writes, and whether it writes each of them.
    data: Vec<Signal<'m>>,
    writes: Vec<Signal<'m>>,
}

impl<'m> Access<'m> {
    /// Writes the RAM while `enable` is 1.
    fn store(&self, enable: Signal<'m>) {
        for ((byte, data), writes) in self.ram.iter().zip(&self.data).zip(&self.writes) {
            byte.write(enable & *writes, self.index, *data);
        }
    }
}

/// The address of a load or store, and what is there: the RAM or the output.
fn access<'m>(m: &'m Module, instruction: Instruction<'m>, rs1: Signal<'m>, rs2: Signal<'m>) -> Access<'m> {
    let offset = instruction.is_store().mux(instruction.immediate_s(), instruction.immediate_i());
    let address = (rs1 + offset).named("address");
    let index_bits = index_width(RAM_WORDS);
    let index = address.slice(index_bits + 1, 2);
    let shift = m.concat(&[address.low(2), m.zero(3)]);

    let size = instruction.funct3().low(2);
    let is_word = size.eq(2);
    let is_misaligned = size.eq(1) & address.bit(0) | is_word & address.low(2).any();
    let is_output = instruction.is_store() & is_word & address.eq(OUTPUT);
    let in_ram = !address.slice(31, index_bits + 2).any();
    let is_fault = instruction.is_access() & (is_misaligned | !(in_ram | is_output));

    let ram: Vec<Ram> = (0..4).map(|lane| m.memory(&format!("ram{lane}"), 8, RAM_WORDS)).collect();
    let word = m.concat_lsb(&ram.iter().map(|byte| byte.read(index)).collect::<Vec<_>>());
    let mask = m.select(size, &[m.lit(1, 4), m.lit(3, 4), m.ones(4), m.ones(4)]) << address.low(2);
    Access {
        loaded: extended(m, instruction.funct3(), word >> shift),
        is_output,
        is_fault: is_fault.named("access_fault"),
        ram,
        index,
        data: (rs2 << shift).split_lsb(8),
        writes: mask.gated(instruction.is_store() & in_ram).split_lsb(1),
    }
}

/// A byte, halfword or word at the bottom of `word`, extended as `funct3` says.
fn extended<'m>(m: &'m Module, funct3: Signal<'m>, word: Signal<'m>) -> Signal<'m> {
    let (byte, half) = (word.low(8), word.low(16));
    m.select(funct3, &[byte.sext(32), half.sext(32), word, word, byte.zext(32), half.zext(32), word, word])
}

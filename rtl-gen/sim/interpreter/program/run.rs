//! The interpreter's inner loop.

use super::instruction::{Instruction, Opcode};
use super::schedule::Schedule;
use super::{MemoryPlace, Program, State};

impl Program {
    /// Computes what depends on registers and memories alone.
    pub fn settle_state(&self, state: &mut State) {
        self.run(&self.logic.of_state, state);
    }

    /// Computes what depends on inputs; what depends on state alone must be settled.
    pub fn settle_inputs(&self, state: &mut State) {
        self.run(&self.logic.of_inputs, state);
    }

    /// Number of instructions of both parts.
    pub fn instruction_count(&self) -> usize {
        self.logic.of_state.instructions.len() + self.logic.of_inputs.instructions.len()
    }

    fn run(&self, schedule: &Schedule, state: &mut State) {
        let values = state.values.as_mut_slice();
        let mut instructions = schedule.instructions.as_slice();
        for run in &schedule.runs {
            let (now, later) = instructions.split_at(run.length as usize);
            instructions = later;
            match run.opcode {
                Opcode::And => each(now, values, |i| i.a() & i.b()),
                Opcode::Or => each(now, values, |i| i.a() | i.b()),
                Opcode::Xor => each(now, values, |i| i.a() ^ i.b()),
                Opcode::Add => each(now, values, |i| i.cut(i.a().wrapping_add(i.b()))),
                Opcode::AddCarry => {
                    each(now, values, |i| i.cut(i.a().wrapping_add(i.b()).wrapping_add(i.c())))
                }
                Opcode::Carry => each(now, values, |i| carry(i.a(), i.b(), i.c())),
                Opcode::Sub => each(now, values, |i| i.cut(i.a().wrapping_sub(i.b()))),
                Opcode::SubBorrow => {
                    each(now, values, |i| i.cut(i.a().wrapping_sub(i.b()).wrapping_sub(i.c())))
                }
                Opcode::Borrow => each(now, values, |i| borrow(i.a(), i.b(), i.c())),
                Opcode::Mul => each(now, values, |i| i.a().wrapping_mul(i.b())),
                Opcode::MulSigned => each(now, values, |i| {
                    let product = signed(i.a(), i.shift()).wrapping_mul(signed(i.b(), i.second_shift()));
                    i.cut(product as u64)
                }),
                Opcode::Eq => each(now, values, |i| (i.a() == i.b()) as u64),
                Opcode::Ne => each(now, values, |i| (i.a() != i.b()) as u64),
                Opcode::Lt => each(now, values, |i| (i.a() < i.b()) as u64),
                Opcode::LtSigned => {
                    each(now, values, |i| (signed(i.a(), i.shift()) < signed(i.b(), i.shift())) as u64)
                }
                Opcode::Shl => each(now, values, |i| i.cut(if i.b() < 64 { i.a() << i.b() } else { 0 })),
                Opcode::Shr => each(now, values, |i| if i.b() < 64 { i.a() >> i.b() } else { 0 }),
                Opcode::ShrSigned => {
                    each(now, values, |i| i.cut((signed(i.a(), i.shift()) >> i.b().min(63)) as u64))
                }
                Opcode::RotateLeft => each(now, values, |i| {
                    let width = 64 - u64::from(i.shift());
                    i.cut(rotated_left(i.a(), i.b() % width, width))
                }),
                Opcode::RotateRight => each(now, values, |i| {
                    let width = 64 - u64::from(i.shift());
                    i.cut(rotated_left(i.a(), width - i.b() % width, width))
                }),
                Opcode::Parity => each(now, values, |i| i.a().count_ones() as u64 & 1),
                Opcode::Mux => each(now, values, |i| {
                    // Branch-free: a data-dependent branch is mispredicted half of the time.
                    let chosen = i.a().wrapping_neg();
                    i.b() & chosen | i.c() & !chosen
                }),
                Opcode::Slice => each(now, values, |i| i.cut(i.a() >> i.shift())),
                Opcode::Funnel => {
                    each(now, values, |i| i.cut(i.b() >> i.shift() | i.a() << (64 - i.shift())))
                }
                Opcode::Join => each(now, values, |i| i.a() | i.b() << i.shift()),
                Opcode::Join3 => {
                    each(now, values, |i| i.a() | i.b() << i.shift() | i.c() << i.second_shift())
                }
                Opcode::Repeat => each(now, values, |i| i.cut(i.a().wrapping_neg())),
                Opcode::Read => now.iter().for_each(|i| self.read(i, values, &state.words)),
                Opcode::Wide => now.iter().for_each(|i| self.wide[i.a as usize].run(values)),
            }
        }
    }

    fn read(&self, instruction: &Instruction, values: &mut [u64], words: &[u64]) {
        let memory: MemoryPlace = self.memories[instruction.b as usize];
        let address = values[instruction.a as usize];
        let to = &mut values[instruction.to as usize..instruction.to as usize + memory.limbs];
        match memory.word(address) {
            Some(first) => to.copy_from_slice(&words[first..first + memory.limbs]),
            None => to.fill(0),
        }
    }
}

/// The operands of an instruction.
struct Operands<'a> {
    instruction: &'a Instruction,
    values: &'a [u64],
}

impl Operands<'_> {
    #[inline(always)]
    fn a(&self) -> u64 {
        self.values[self.instruction.a as usize]
    }

    #[inline(always)]
    fn b(&self) -> u64 {
        self.values[self.instruction.b as usize]
    }

    #[inline(always)]
    fn c(&self) -> u64 {
        self.values[self.instruction.c as usize]
    }

    #[inline(always)]
    fn shift(&self) -> u8 {
        self.instruction.shift
    }

    #[inline(always)]
    fn second_shift(&self) -> u8 {
        self.instruction.second_shift
    }

    /// `value` without the bits above the result's width.
    #[inline(always)]
    fn cut(&self, value: u64) -> u64 {
        value & u64::MAX >> self.instruction.unused
    }
}

#[inline(always)]
fn each(run: &[Instruction], values: &mut [u64], compute: impl Fn(Operands) -> u64) {
    for instruction in run {
        values[instruction.to as usize] = compute(Operands { instruction, values });
    }
}

/// The two's-complement value of the low `64 - unused` bits.
#[inline(always)]
fn signed(value: u64, unused: u8) -> i64 {
    (value << unused) as i64 >> unused
}

/// `value`, of `width` bits, rotated by at most the width; bits above the width are undefined.
#[inline(always)]
fn rotated_left(value: u64, amount: u64, width: u64) -> u64 {
    // A shift by 64 becomes one by 0, which gives the value itself; the other shift is then by 0, and gives the same.
    value << (amount % 64) | value >> ((width - amount) % 64)
}

/// The carry out of `a + b + carry`.
#[inline(always)]
fn carry(a: u64, b: u64, carry: u64) -> u64 {
    ((a as u128 + b as u128 + carry as u128) >> 64) as u64
}

/// 1 if `a - b - borrow` is negative.
#[inline(always)]
fn borrow(a: u64, b: u64, borrow: u64) -> u64 {
    ((a as u128) < b as u128 + borrow as u128) as u64
}

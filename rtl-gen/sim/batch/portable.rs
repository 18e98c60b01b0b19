//! Executes instructions on machines without such vectors.

use super::emit::{Instruction, Operand, Pair, Register};
use super::rows::{Bank, Place, Rows};

/// A row, or a register.
type Vector = [u64; 8];

struct Machine<'a> {
    registers: [Vector; 256],
    values: &'a mut [Vector],
    state: &'a [Vector],
    next: &'a mut [Vector],
}

/// Runs instructions over the three banks.
pub fn run(instructions: &[Instruction], values: &mut Rows, state: &Rows, next: &mut Rows) {
    let mut machine = Machine {
        registers: [[0; 8]; 256],
        values: values.vectors_mut(),
        state: state.vectors(),
        next: next.vectors_mut(),
    };
    instructions.iter().for_each(|instruction| machine.step(instruction));
}

impl Machine<'_> {
    fn step(&mut self, instruction: &Instruction) {
        match *instruction {
            Instruction::Load { to, from } => self.registers[to as usize] = *self.row(from),
            Instruction::Store { to, from } => *self.row_mut(to) = self.registers[from as usize],
            Instruction::Copy { to, from } => self.registers[to as usize] = self.registers[from as usize],
            Instruction::Pair { pair, to, a, b } => match pair {
                Pair::And => self.pair(to, a, b, |a, b| a & b),
                Pair::AndNot => self.pair(to, a, b, |a, b| !a & b),
                Pair::Or => self.pair(to, a, b, |a, b| a | b),
                Pair::Xor => self.pair(to, a, b, |a, b| a ^ b),
            },
            Instruction::Table { .. } => unreachable!("only AVX-512 has tables"),
        }
    }

    #[inline(always)]
    fn pair(&mut self, to: Register, a: Register, b: Operand, function: impl Fn(u64, u64) -> u64) {
        let a = &self.registers[a as usize];
        let b = match b {
            Operand::Register(b) => &self.registers[b as usize],
            Operand::Row(place) => self.row(place),
        };
        self.registers[to as usize] = std::array::from_fn(|word| function(a[word], b[word]));
    }

    fn row(&self, place: Place) -> &Vector {
        let row = place.row as usize;
        match place.bank {
            Bank::Values => &self.values[row],
            Bank::State => &self.state[row],
            Bank::Next => &self.next[row],
        }
    }

    fn row_mut(&mut self, place: Place) -> &mut Vector {
        let row = place.row as usize;
        match place.bank {
            Bank::Values => &mut self.values[row],
            Bank::Next => &mut self.next[row],
            Bank::State => unreachable!("the state changes at the clock edge only"),
        }
    }
}

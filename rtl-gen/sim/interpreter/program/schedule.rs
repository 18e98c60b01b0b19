//! The order of the instructions: equal ones together, as far as dependencies allow.
//!
//! A run of equal instructions costs one dispatch, and its instructions do not wait for each other's results.

use super::instruction::{Instruction, Opcode};

/// Equal instructions that do not depend on each other.
#[derive(Clone, Copy)]
pub(super) struct Run {
    pub opcode: Opcode,
    pub length: u32,
}

/// Instructions in the order of execution.
#[derive(Default)]
pub(super) struct Schedule {
    pub instructions: Vec<Instruction>,
    pub runs: Vec<Run>,
}

/// What waits for what.
struct Graph {
    /// For each instruction the ones that read its result, once for each operand.
    readers: Vec<Vec<u32>>,
    /// How many operands of each are still to be computed.
    missing: Vec<u32>,
}

impl Schedule {
    /// Orders `instructions`; for each one, `operands` lists the ones whose results it reads.
    pub fn of(instructions: &[Instruction], operands: &[Vec<u32>]) -> Schedule {
        let mut graph = Graph::of(operands);
        let mut ready: Vec<Vec<u32>> = vec![vec![]; Opcode::COUNT];
        let is_ready = |index: &usize| operands[*index].is_empty();
        for index in (0..instructions.len()).filter(is_ready) {
            ready[instructions[index].opcode as usize].push(index as u32);
        }
        let mut schedule = Schedule::default();
        loop {
            let longest = ready.iter_mut().max_by_key(|run| run.len()).expect("there are opcodes");
            let run = std::mem::take(longest);
            let Some(first) = run.first() else { return schedule };
            schedule.push(instructions[*first as usize].opcode, &run, instructions);
            for index in run {
                graph.finish(index, |reader| {
                    ready[instructions[reader as usize].opcode as usize].push(reader);
                });
            }
        }
    }

    fn push(&mut self, opcode: Opcode, run: &[u32], instructions: &[Instruction]) {
        self.instructions.extend(run.iter().map(|&index| instructions[index as usize]));
        self.runs.push(Run { opcode, length: run.len() as u32 });
    }
}

impl Graph {
    fn of(operands: &[Vec<u32>]) -> Graph {
        let mut readers = vec![vec![]; operands.len()];
        for (reader, operands) in operands.iter().enumerate() {
            operands.iter().for_each(|&operand| readers[operand as usize].push(reader as u32));
        }
        Graph { readers, missing: operands.iter().map(|operands| operands.len() as u32).collect() }
    }

    /// Notes that an instruction is scheduled, and hands out the readers that waited for nothing else.
    fn finish(&mut self, index: u32, mut ready: impl FnMut(u32)) {
        for reader in std::mem::take(&mut self.readers[index as usize]) {
            let missing = &mut self.missing[reader as usize];
            *missing -= 1;
            if *missing == 0 {
                ready(reader);
            }
        }
    }
}

//! The combinational logic in two parts: what depends on state alone, and what follows an input.

use super::MemoryPlace;
use super::instruction::Instruction;
use super::lower::Lowering;
use super::schedule::Schedule;

/// The combinational logic.
pub(super) struct Logic {
    /// What to compute after a clock edge.
    pub of_state: Schedule,
    /// What to compute after a clock edge, later, and after a change of an input.
    pub of_inputs: Schedule,
    /// For each slot, whether its value follows an input.
    pub follows_inputs: Vec<bool>,
}

/// One part of the instructions, with the instructions of that part that each one reads from.
#[derive(Default)]
struct Part {
    instructions: Vec<Instruction>,
    operands: Vec<Vec<u32>>,
}

impl Logic {
    /// Divides the instructions and schedules both parts.
    pub fn of(lowering: &Lowering, memories: &[MemoryPlace]) -> Logic {
        let mut follows_inputs = vec![false; lowering.values.len()];
        lowering.inputs.values().for_each(|input| follows_inputs[input.range()].fill(true));
        let mut writers: Vec<Option<u32>> = vec![None; lowering.values.len()];
        let (mut of_state, mut of_inputs) = (Part::default(), Part::default());
        for instruction in &lowering.instructions {
            let reads = instruction.reads(&lowering.wide);
            let writes = instruction.writes(&lowering.wide, memories);
            let follows = reads.iter().any(|&slot| follows_inputs[slot as usize]);
            let part = if follows { &mut of_inputs } else { &mut of_state };
            let is_of_part = |slot: &u32| follows_inputs[*slot as usize] == follows;
            let operands = reads.into_iter().filter(is_of_part).filter_map(|slot| writers[slot as usize]);
            part.operands.push(operands.collect());
            for slot in writes.start as usize..writes.end as usize {
                writers[slot] = Some(part.instructions.len() as u32);
                follows_inputs[slot] = follows;
            }
            part.instructions.push(*instruction);
        }
        Logic { of_state: of_state.schedule(), of_inputs: of_inputs.schedule(), follows_inputs }
    }
}

impl Part {
    fn schedule(&self) -> Schedule {
        Schedule::of(&self.instructions, &self.operands)
    }
}

//! Leaving out the instances in which nothing has changed: where it pays, and the marks that it goes by.

use super::layout::{BLOCK, Cell, UnitLayout};
use super::memory::Memory;
use super::options::Gating;
use super::plan::TOP;
use super::program::{GatedProgram, GatedRun, VECTOR_PAYS};
use std::time::{Duration, Instant};

/// Cycles before the first trial: a short run is over before the code for it would be compiled.
const FIRST: u64 = 256;

/// Cycles of which a trial measures the time, both ways.
const TRIAL: u64 = 32;

/// Cycles between trials; with them, two trials of which one is in vain cost little.
const BETWEEN: u64 = 8192;

/// Decides, cycle by cycle, whether lanes are left out.
#[derive(Clone)]
pub(super) struct Policy {
    gating: Gating,
    is_gated: bool,
    /// Cycles since the last decision, and what a trial has measured so far.
    cycles: u64,
    until_trial: u64,
    times: [Duration; 2],
}

impl Policy {
    /// For a design that has lanes to leave out, or not.
    pub fn new(gating: Gating, has_lanes: bool) -> Policy {
        let gating = if has_lanes { gating } else { Gating::Never };
        Policy {
            gating,
            is_gated: gating == Gating::Always,
            cycles: 0,
            until_trial: FIRST,
            times: [Duration::ZERO; 2],
        }
    }

    /// Runs a part of a cycle; during a trial, on the clock.
    pub fn timed<T>(&mut self, part: impl FnOnce(bool) -> T) -> T {
        if !self.is_trial() {
            return part(self.is_gated);
        }
        let start = Instant::now();
        let result = part(self.is_gated);
        self.times[self.is_gated as usize] += start.elapsed();
        result
    }

    /// Ends a cycle. True where lanes are left out from now on, so that all count as changed.
    pub fn advance(&mut self) -> bool {
        if self.gating != Gating::Adaptive {
            return false;
        }
        self.cycles += 1;
        let before = self.is_gated;
        match self.cycles.checked_sub(self.until_trial) {
            Some(0) => self.is_gated = false,
            // The first gated cycle computes everything, and is not what a trial is for.
            Some(TRIAL) => self.is_gated = true,
            Some(cycles) if cycles == 2 * TRIAL + 1 => self.decide(),
            _ => {}
        }
        self.is_gated && !before
    }

    fn is_trial(&self) -> bool {
        let since = self.cycles.checked_sub(self.until_trial);
        self.gating == Gating::Adaptive && since.is_some_and(|cycles| cycles != TRIAL)
    }

    fn decide(&mut self) {
        self.is_gated = self.times[1] < self.times[0];
        self.times = [Duration::ZERO; 2];
        (self.cycles, self.until_trial) = (0, BETWEEN);
    }
}

/// Calls the functions on the lanes that have changed.
pub(super) fn settle(
    program: &GatedProgram,
    units: &[UnitLayout],
    memory: &mut Memory,
    lanes: &mut Vec<u32>,
) {
    for run in &program.settle {
        match run.unit {
            TOP => call(memory, run, &run.lanes, false),
            _ => settle_lanes(run, units[run.unit].changed, memory, lanes),
        }
    }
}

fn settle_lanes(run: &GatedRun, changed: Cell, memory: &mut Memory, active: &mut Vec<u32>) {
    for block in run.lanes.chunk_by(|a, b| a / BLOCK as u32 == b / BLOCK as u32) {
        let marks = &memory.bytes()[changed.at(0, 0)..];
        active.clear();
        active.extend(block.iter().filter(|lane| marks[**lane as usize] != 0));
        if run.vector.is_some() && active.len() >= VECTOR_PAYS {
            let first = block[0] / BLOCK as u32 * BLOCK as u32;
            call(memory, run, &[first], true);
        } else if !active.is_empty() {
            call(memory, run, active, false);
        }
    }
}

fn call(memory: &mut Memory, run: &GatedRun, lanes: &[u32], is_vector: bool) {
    let entry = if is_vector { run.vector.expect("there is one") } else { run.scalar };
    // SAFETY: the block is as large as the layout that the function was compiled for.
    unsafe { entry(memory.pointer(), lanes.as_ptr(), lanes.len()) }
}

/// Marks all lanes.
pub(super) fn mark_all(units: &[UnitLayout], memory: &mut Memory) {
    units[TOP + 1..].iter().for_each(|cells| memory.bytes_mut()[cells.changed.range()].fill(1));
}

/// Clears all marks.
pub(super) fn clear(units: &[UnitLayout], memory: &mut Memory) {
    units[TOP + 1..].iter().for_each(|cells| memory.bytes_mut()[cells.changed.range()].fill(0));
}

/// Marks the lanes of which a register is about to take another value.
pub(super) fn mark_registers(units: &[UnitLayout], memory: &mut Memory) {
    for cells in &units[TOP + 1..] {
        // All registers at once, and one by one only where they differ.
        if memory.bytes()[cells.present.clone()] == memory.bytes()[cells.next_range()] {
            continue;
        }
        for (register, present) in cells.registers.iter().enumerate() {
            mark_register(memory, *present, cells.next(register), cells.changed);
        }
    }
}

fn mark_register(memory: &mut Memory, present: Cell, next: Cell, changed: Cell) {
    if memory.bytes()[present.range()] == memory.bytes()[next.range()] {
        return;
    }
    for start in (0..present.bytes()).step_by(present.lanes * present.size()) {
        for lane in 0..present.lanes {
            let element = |cell: Cell| {
                let first = cell.offset + start + lane * cell.size();
                first..first + cell.size()
            };
            if memory.bytes()[element(present)] != memory.bytes()[element(next)] {
                memory.bytes_mut()[changed.at(lane, 0)] = 1;
            }
        }
    }
}

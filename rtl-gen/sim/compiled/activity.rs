//! Skips instances in which nothing has changed: when it pays, and how changes are marked.

use super::differences;
use super::emit::Entry;
use super::layout::{BLOCK, Cell, UnitLayout};
use super::memory::Memory;
use super::options::Gating;
use super::plan::TOP;
use super::program::{GatedProgram, GatedRun, VECTOR_PAYS};
use std::time::{Duration, Instant};

/// Cycles before the first trial: a short run is over before the code for it would be compiled.
const FIRST: u64 = 16_384;

/// Cycles whose time a trial measures, both ways.
const TRIAL: u64 = 32;

/// Cycles between trials: enough that trials cost little even if half of them are in vain.
const BETWEEN: u64 = 8192;

/// Decides, cycle by cycle, whether lanes are skipped.
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
    /// For a design with lanes to skip, or without.
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

    /// Ends a cycle. True if lanes are skipped from now on, so that all count as changed.
    pub fn advance(&mut self) -> bool {
        if self.gating != Gating::Adaptive {
            return false;
        }
        self.cycles += 1;
        let before = self.is_gated;
        match self.cycles.checked_sub(self.until_trial) {
            Some(0) => self.is_gated = false,
            // The first gated cycle computes everything, so it tells nothing about the gain.
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
        if run.unit == TOP {
            call(memory, run.scalar, &run.lanes);
            continue;
        }
        if run.follows_inputs {
            mark_inputs(&units[run.unit], memory);
        }
        settle_lanes(run, units[run.unit].changed, memory, lanes);
    }
}

fn settle_lanes(run: &GatedRun, changed: Cell, memory: &mut Memory, active: &mut Vec<u32>) {
    for block in run.lanes.chunk_by(|a, b| a / BLOCK as u32 == b / BLOCK as u32) {
        let marks = &memory.bytes()[changed.range()];
        active.clear();
        active.extend(block.iter().filter(|lane| marks[**lane as usize] != 0));
        match run.vector {
            Some(vector) if active.len() >= VECTOR_PAYS => {
                call(memory, vector, &[block[0] / BLOCK as u32 * BLOCK as u32]);
            }
            _ if !active.is_empty() => call(memory, run.scalar, active),
            _ => {}
        }
    }
}

fn call(memory: &mut Memory, entry: Entry, lanes: &[u32]) {
    // SAFETY: the block is as large as the layout that the function was compiled for.
    unsafe { entry(memory.pointer(), lanes.as_ptr(), lanes.len()) }
}

/// Marks all lanes.
pub(super) fn mark_all(units: &[UnitLayout], memory: &mut Memory) {
    units[TOP + 1..].iter().for_each(|cells| memory.bytes_mut()[cells.changed.range()].fill(1));
}

/// Marks, before a clock edge, the lanes that it will change.
pub(super) fn mark_state(program: &GatedProgram, units: &[UnitLayout], memory: &mut Memory) {
    for (cells, enables) in units.iter().zip(&program.write_enables).skip(TOP + 1) {
        memory.bytes_mut()[cells.changed.range()].fill(0);
        differences::mark(memory, cells.registers.iter().copied(), &cells.present, cells.changed);
        for enable in enables {
            for lane in 0..enable.lanes {
                let is_written = memory.bytes()[enable.at(lane, 0)];
                memory.bytes_mut()[cells.changed.at(lane, 0)] |= is_written;
            }
        }
    }
}

/// Marks the lanes whose inputs differ from the last settling.
fn mark_inputs(cells: &UnitLayout, memory: &mut Memory) {
    differences::mark(memory, cells.input_cells(), &cells.input_values, cells.changed);
    memory.bytes_mut().copy_within(cells.input_values.first(), cells.input_values.second().start);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs cycles that take the given nanoseconds, with all lanes computed or some skipped; gives how many skipped
    /// some.
    fn run(policy: &mut Policy, cycles: u64, times: [u64; 2]) -> u64 {
        let mut gated = 0;
        for _ in 0..cycles {
            if policy.is_trial() {
                policy.times[policy.is_gated as usize] +=
                    Duration::from_nanos(times[policy.is_gated as usize]);
            }
            gated += u64::from(policy.is_gated);
            policy.advance();
        }
        gated
    }

    #[test]
    fn what_does_not_pay_is_tried_and_left() {
        let mut policy = Policy::new(Gating::Adaptive, true);
        assert_eq!(run(&mut policy, FIRST, [100, 150]), 0);
        assert_eq!(run(&mut policy, 10 * BETWEEN, [100, 150]) / (TRIAL + 1), 10);
        assert!(!policy.is_gated);
    }

    #[test]
    fn what_pays_stays_but_for_trials() {
        let mut policy = Policy::new(Gating::Adaptive, true);
        run(&mut policy, FIRST + 2 * TRIAL + 2, [100, 30]);
        assert!(policy.is_gated);
        let gated = run(&mut policy, 10 * BETWEEN, [100, 30]);
        assert!(gated > 10 * (BETWEEN - 2 * TRIAL), "{gated}");
        run(&mut policy, BETWEEN + 2 * TRIAL + 2, [100, 300]);
        assert!(!policy.is_gated, "the design has become busy");
    }

    #[test]
    fn a_design_without_lanes_has_no_trials() {
        let mut policy = Policy::new(Gating::Always, false);
        assert_eq!(run(&mut policy, 3 * FIRST, [100, 1]), 0);
    }
}

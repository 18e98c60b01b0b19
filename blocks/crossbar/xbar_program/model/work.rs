//! The word that is programmed, and what follows from a read.

use super::registers::Registers;
use super::sweep::{Point, point, points};
use crate::crossbar::cell::Polarity;
use crate::crossbar::xbar_program::params::{Config, Limits, Verify};

/// What follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// A pulse.
    Pulse,
    /// Another read.
    Read,
    /// The level after this one.
    Level,
    /// The word is done.
    Done,
}

/// A word, and how far it is.
#[derive(Clone, Debug)]
pub struct Work {
    verify: Verify,
    levels: Vec<u64>,
    mask: Vec<bool>,
    /// The level that is programmed, with `verify=level`.
    pub level: u64,
    /// The cells that the next pulse is for.
    pub cells: Vec<bool>,
    /// The cells that are given up.
    pub failed: Vec<bool>,
    /// The polarity of the phase.
    pub polarity: Polarity,
    /// Pulses of the phase.
    pub phase_pulses: u64,
    /// Another phase was before, in this level or word.
    pub is_later_phase: bool,
    /// Pulses that count towards the limit.
    pub attempts: u64,
    /// Pulses of the word.
    pub pulses: u64,
    /// Reads of the word.
    pub reads: u64,
    /// A level had contradictory bounds.
    pub has_empty_bounds: bool,
    /// Cells were given up because the limit of pulses was reached.
    pub at_limit: bool,
}

/// The box of a polarity.
pub fn limits(config: &Config<u64>, polarity: Polarity) -> Limits<u64> {
    match polarity {
        Polarity::Set => config.set,
        Polarity::Reset => config.reset,
    }
}

fn first(config: &Config<u64>) -> Polarity {
    if config.reset_first == 1 { Polarity::Reset } else { Polarity::Set }
}

impl Work {
    /// A word that comes.
    pub fn new(verify: Verify, levels: Vec<u64>, mask: Vec<bool>) -> Work {
        Work {
            verify,
            cells: vec![false; mask.len()],
            failed: vec![false; mask.len()],
            levels,
            mask,
            level: 0,
            polarity: Polarity::Set,
            phase_pulses: 0,
            is_later_phase: false,
            attempts: 0,
            pulses: 0,
            reads: 0,
            has_empty_bounds: false,
            at_limit: false,
        }
    }

    /// Begins with the word, or with the level.
    fn begin(&mut self, registers: &Registers) {
        self.polarity = first(&registers.config);
        (self.phase_pulses, self.is_later_phase, self.attempts) = (0, false, 0);
    }

    fn flip(&mut self) {
        self.polarity = self.polarity.flipped();
        (self.phase_pulses, self.is_later_phase) = (0, true);
    }

    /// Where the next pulse is in its box.
    pub fn point(&self, registers: &Registers) -> Point {
        let limits = limits(&registers.config, self.polarity);
        point(&limits, self.phase_pulses % points(&limits))
    }

    /// A pulse was given.
    pub fn pulsed(&mut self) {
        self.phase_pulses += 1;
        self.attempts += 1;
        self.pulses += 1;
    }

    fn is_limit_reached(&self, registers: &Registers) -> bool {
        self.attempts >= registers.config.attempts
    }

    fn may_pulse(&self, registers: &Registers) -> bool {
        registers.has_legal_boxes() && !self.is_limit_reached(registers)
    }

    /// All sweeps of the phase are done.
    fn is_swept(&self, registers: &Registers) -> bool {
        let config = &registers.config;
        let sweeps = config.repeats + 1;
        registers.has_legal_boxes() && self.phase_pulses >= sweeps * points(&limits(config, self.polarity))
    }

    /// A word begins that is verified by converters.
    pub fn begin_word(&mut self, registers: &Registers) -> Next {
        self.begin(registers);
        if self.mask.contains(&true) { Next::Read } else { Next::Done }
    }

    /// The cells of the level that are not given up.
    fn left(&self) -> Vec<bool> {
        let is_left = |cell: usize| self.mask[cell] && self.levels[cell] == self.level && !self.failed[cell];
        (0..self.mask.len()).map(is_left).collect()
    }

    /// A level begins.
    pub fn begin_level(&mut self, registers: &Registers) -> Next {
        self.begin(registers);
        self.cells = self.left();
        if !self.cells.contains(&true) {
            return Next::Level;
        }
        let (lower, upper) = registers.bounds(self.level);
        if lower < upper {
            return Next::Read;
        }
        self.has_empty_bounds = true;
        self.give_up(self.cells.clone());
        Next::Level
    }

    /// A read tells nothing of an upper bound, since cells that it is for have none.
    pub fn reads_without_upper_bound(&self, registers: &Registers) -> bool {
        let is_open = |level: u64| !registers.has_upper_bound(level);
        match self.verify {
            Verify::Level => self.polarity == Polarity::Reset && is_open(self.level),
            Verify::Adc => self.levels.iter().zip(&self.mask).any(|(level, mask)| *mask && is_open(*level)),
        }
    }

    fn give_up(&mut self, cells: Vec<bool>) {
        self.failed.iter_mut().zip(cells).for_each(|(failed, is_given_up)| *failed |= is_given_up);
    }

    /// What follows from a read: `sensed` is what it tells of each cell.
    pub fn judge(&mut self, registers: &Registers, sensed: &[u64]) -> Next {
        self.reads += 1;
        match self.verify {
            Verify::Level => self.judge_level(registers, sensed),
            Verify::Adc => self.judge_codes(registers, sensed),
        }
    }

    fn judge_level(&mut self, registers: &Registers, sensed: &[u64]) -> Next {
        // Below the lower bound in a phase of SET; at the upper one or above in one of RESET, if there is one.
        let outside = match self.polarity {
            Polarity::Set => Some(0),
            Polarity::Reset => registers.has_upper_bound(self.level).then_some(1),
        };
        let wants = |(cell, sensed): (&bool, &u64)| *cell && outside == Some(*sensed);
        let wants: Vec<bool> = self.cells.iter().zip(sensed).map(wants).collect();
        if wants.contains(&true) {
            if self.may_pulse(registers) && !self.is_swept(registers) {
                self.cells = wants;
                return Next::Pulse;
            }
            self.at_limit |= self.is_limit_reached(registers);
            self.give_up(wants);
        }
        self.cells = self.left();
        let is_verified = self.is_later_phase && self.phase_pulses == 0;
        if is_verified || !self.cells.contains(&true) {
            return Next::Level;
        }
        self.flip();
        Next::Read
    }

    fn judge_codes(&mut self, registers: &Registers, codes: &[u64]) -> Next {
        let mut wanted = [vec![false; codes.len()], vec![false; codes.len()]];
        for cell in 0..codes.len() {
            let (lower, upper) = registers.bounds(self.levels[cell]);
            let wants = match codes[cell] {
                code if code < lower => Polarity::Set,
                code if code >= upper => Polarity::Reset,
                _ => continue,
            };
            if !self.mask[cell] || self.failed[cell] {
                continue;
            }
            let is_empty = lower >= upper;
            self.has_empty_bounds |= is_empty;
            self.at_limit |= !is_empty && self.is_limit_reached(registers);
            let is_swept = wants == self.polarity && self.is_swept(registers);
            if is_empty || is_swept || !self.may_pulse(registers) {
                self.failed[cell] = true;
            } else {
                wanted[usize::from(wants == Polarity::Reset)][cell] = true;
            }
        }
        let of = |polarity: Polarity| wanted[usize::from(polarity == Polarity::Reset)].clone();
        if !of(self.polarity).contains(&true) {
            if !of(self.polarity.flipped()).contains(&true) {
                return Next::Done;
            }
            self.flip();
        }
        self.cells = of(self.polarity);
        Next::Pulse
    }
}

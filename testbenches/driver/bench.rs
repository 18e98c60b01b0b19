//! State of a run, for either timing.

use super::wiring::Wiring;
use super::{Cancelled, Observer};
use blocks::stimulus::Space;
use hdl::{Bits, Port};
use sim::Simulator;
use std::ops::Range;

/// Number of cases between two calls of [`Observer::advance`].
const CASES_PER_ADVANCE: u64 = 4096;

/// A failure before its case is reported in full.
pub(crate) struct Fault {
    pub(crate) case: u64,
    pub(crate) cycle: u64,
    pub(crate) signal: String,
    pub(crate) expected: String,
    pub(crate) found: String,
}

/// Why a run ended early.
pub(super) enum Halt {
    Fault(Fault),
    Cancelled,
}

impl From<Fault> for Halt {
    fn from(fault: Fault) -> Halt {
        Halt::Fault(fault)
    }
}

impl From<Cancelled> for Halt {
    fn from(_: Cancelled) -> Halt {
        Halt::Cancelled
    }
}

/// A design under test, and the progress of the run.
pub(super) struct Bench<'r, S: ?Sized, O> {
    pub(super) wiring: &'r Wiring,
    pub(super) simulator: &'r mut S,
    pub(super) observer: &'r mut O,
    pub(super) space: &'r Space,
    pub(super) cases: Range<u64>,
    /// The case that entered the design last.
    pub(super) case: u64,
    /// Cycles since power-up.
    pub(super) cycle: u64,
}

/// A cycle, for the report of a fault in it.
#[derive(Clone, Copy)]
pub(super) struct Moment<'r> {
    pub(super) cycle: u64,
    ports: &'r [Port],
}

impl Moment<'_> {
    /// An error at a port.
    pub(super) fn fault(self, case: u64, port: usize, expected: String, found: String) -> Fault {
        Fault { case, cycle: self.cycle, signal: self.ports[port].name.clone(), expected, found }
    }
}

impl<'r, S: Simulator + ?Sized, O: Observer<S>> Bench<'r, S, O> {
    /// The present cycle.
    pub(super) fn now(&self) -> Moment<'r> {
        Moment { cycle: self.cycle, ports: &self.wiring.ports }
    }

    /// Drives the fields of an input channel.
    pub(super) fn drive(&mut self, channel: usize, beat: &[Bits]) {
        let fields = &self.wiring.inputs[channel].fields;
        assert_eq!(beat.len(), fields.len(), "fields in a beat of space `{}`", self.space.name);
        for (field, value) in fields.iter().zip(beat) {
            assert_eq!(value.width(), field.width, "width of a field in space `{}`", self.space.name);
            match value.limbs() {
                &[limb] => self.simulator.poke_u64(field.port, limb),
                _ => self.simulator.poke(field.port, value),
            }
        }
    }

    /// Ends the cycle.
    pub(super) fn tick(&mut self) -> Result<(), Fault> {
        self.simulator.tick();
        self.cycle += 1;
        match self.observer.ticked(self.simulator) {
            None => Ok(()),
            Some(rule) => Err(rule.fault(self.case, self.cycle - 1)),
        }
    }

    /// Tells the observer, now and then, how many cases precede `next`.
    pub(super) fn advance_to(&mut self, next: u64) -> Result<(), Cancelled> {
        let since_start = next - self.cases.start;
        match since_start % CASES_PER_ADVANCE {
            0 => self.observer.advance(CASES_PER_ADVANCE),
            rest if next == self.cases.end => self.observer.advance(rest),
            _ => Ok(()),
        }
    }
}

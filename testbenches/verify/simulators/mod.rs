//! Simulators behind one type: one file per simulator, and a line in [`ALL`].

mod builtin;
mod icarus;
mod verilator;

pub use builtin::BUILTIN;
pub use icarus::ICARUS;
pub use verilator::VERILATOR;

use super::VerifyError;
use super::ended::Ended;
use super::observers::Watch;
use super::subject::Subject;
use crate::driver::{Cancelled, Failure, Passed};
use crate::tools::{Tool, ToolError};
use crate::verilator::Optimize;
use crate::{Mismatch, Trace};
use blocks::stimulus::Space;
use hdl::Netlist;
use sim::{Interpreter, Simulator};
use std::fmt;
use std::ops::Range;

/// Every simulator, in the order of listings.
pub const ALL: [&SimulatorKind; 3] = [&BUILTIN, &VERILATOR, &ICARUS];

/// A simulator: its capabilities, and how it is started. Its name identifies it.
pub struct SimulatorKind {
    /// Name on the command line.
    pub name: &'static str,
    /// What it is, in a few words.
    pub about: &'static str,
    /// The programs that it runs.
    pub tools: &'static [Tool],
    /// Whether it is fast enough for every case of a block's spaces; if not, it gets random ones instead.
    pub enumerates: bool,
    /// Starts a design that is driven cycle by cycle; `None` for a simulator that repeats recorded runs.
    pub drive: Option<Drive>,
    /// Finds it, and builds the design of a subject for it.
    start: Start,
}

/// Starts a simulation of a design at power-up.
pub type Drive = fn(&Netlist) -> Result<Box<dyn Simulator>, VerifyError>;

/// `Optimize` is for simulators that compile; the seed is for registers without a reset, if they start at random.
type Start = fn(&Subject, Optimize, u64) -> Result<Ready, VerifyError>;

/// A simulator with a design, and its name with its version.
pub(super) struct Ready {
    pub(super) tool: String,
    pub(super) engine: Box<dyn Engine>,
}

/// A simulator that is ready to run the design of a subject.
pub(super) trait Engine: Sync {
    /// Runs the block's testbench over some cases, from power-up.
    fn run(
        &self,
        subject: &Subject,
        space: &Space,
        cases: Range<u64>,
        watch: &mut Watch,
    ) -> Result<Passed, Ended>;

    /// Itself, if it supports many runs at once.
    fn many(&self) -> Option<&dyn Many>;

    /// Repeats a recorded run, and returns the first output that differs.
    fn repeat(&self, subject: &Subject, trace: &Trace) -> Result<Option<Mismatch>, ToolError>;

    /// The built-in simulator at power-up: this one, or the one most like it.
    fn interpreter<'s>(&'s self, subject: &'s Subject) -> &'s Interpreter {
        &subject.zeroed
    }
}

/// A simulator with many runs at once, for a space that [allows it](crate::driver::Testbench::can_run_many).
pub(super) trait Many {
    fn run_many(
        &self,
        subject: &Subject,
        space: &Space,
        cases: Range<u64>,
        watch: &Watch,
    ) -> Result<Result<Passed, Box<Failure>>, Cancelled>;
}

impl SimulatorKind {
    /// The simulator with a name; an error if there is none.
    pub fn find(name: &str) -> Result<&'static SimulatorKind, String> {
        let names = || ALL.map(|kind| kind.name).join(", ");
        let found = ALL.into_iter().find(|kind| kind.name == name);
        found.ok_or_else(|| format!("there is no simulator `{name}`: there are {}", names()))
    }

    /// Finds it, and builds the design of a subject for it.
    pub(super) fn start(
        &self,
        subject: &Subject,
        optimize: Optimize,
        seed: u64,
    ) -> Result<Ready, VerifyError> {
        (self.start)(subject, optimize, seed)
    }
}

impl PartialEq for SimulatorKind {
    fn eq(&self, other: &SimulatorKind) -> bool {
        self.name == other.name
    }
}

impl Eq for SimulatorKind {}

impl fmt::Debug for SimulatorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl fmt::Display for SimulatorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

//! A simulator of a block, ready to run.

use super::ended::Ended;
use super::observers::Watch;
use super::simulators::{Engine, Many, Ready, SimulatorKind};
use super::subject::Subject;
use super::{CHUNK, VerifyError};
use crate::driver::{Cancelled, Compared, Passed, Stop};
use crate::tools::ToolError;
use crate::verilator::Optimize;
use crate::{Mismatch, Trace};
use blocks::stimulus::Space;
use sim::Interpreter;
use std::ops::Range;

/// A simulator of a block, ready to run.
pub(super) struct Backend<'a> {
    subject: &'a Subject<'a>,
    tool: String,
    engine: Box<dyn Engine>,
}

impl<'a> Backend<'a> {
    /// Finds the simulator, and builds the design for it.
    pub(super) fn start(
        subject: &'a Subject<'a>,
        simulator: &SimulatorKind,
        optimize: Optimize,
        seed: u64,
    ) -> Result<Backend<'a>, VerifyError> {
        let Ready { tool, engine } = simulator.start(subject, optimize, seed)?;
        Ok(Backend { subject, tool, engine })
    }

    /// The simulator with its version.
    pub(super) fn tool(&self) -> &str {
        &self.tool
    }

    /// The names of the outputs that were not compared.
    pub(super) fn uncompared(&self, compared: &Compared) -> Vec<String> {
        self.subject.testbench.uncompared(compared)
    }

    /// The built-in simulator at power-up: the one that runs, or the one most like it.
    pub(super) fn interpreter(&self) -> &Interpreter {
        self.engine.interpreter(self.subject)
    }

    /// The interface for [many runs at once](Backend::run_many) of a space, if available.
    pub(super) fn many(&self, space: &Space) -> Option<&dyn Many> {
        self.engine.many().filter(|_| self.subject.testbench.can_run_many(space))
    }

    /// Runs the block's testbench over some cases, from power-up.
    pub(super) fn run(&self, space: &Space, cases: Range<u64>, watch: &mut Watch) -> Result<Passed, Ended> {
        self.engine.run(self.subject, space, cases, watch)
    }

    /// The same, many runs at once.
    ///
    /// A failure is reproduced by a beat-by-beat run that begins shortly before it; if that run does not fail, it is
    /// reported as found.
    pub(super) fn run_many(
        &self,
        many: &dyn Many,
        space: &Space,
        cases: Range<u64>,
        watch: &mut Watch,
    ) -> Result<Passed, Ended> {
        let ended = many.run_many(self.subject, space, cases.clone(), watch);
        match ended.map_err(|Cancelled| Stop::Cancelled)? {
            Ok(passed) => Ok(passed),
            Err(failure) => {
                self.tell(space, cases, failure.case, watch)?;
                Err(Stop::Failed(failure).into())
            }
        }
    }

    /// Runs beat by beat, in pieces, from the piece with the failed case to the last one: an assertion may have
    /// failed in any of them.
    fn tell(&self, space: &Space, cases: Range<u64>, case: u64, watch: &mut Watch) -> Result<(), Ended> {
        let piece = (case - cases.start) / CHUNK * CHUNK.get();
        for first in (cases.start + piece..cases.end).step_by(CHUNK.get() as usize) {
            self.run(space, first..cases.end.min(first + CHUNK.get()), watch)?;
        }
        Ok(())
    }

    /// Repeats a recorded run, and returns the first output that differs.
    pub(super) fn repeat(&self, trace: &Trace) -> Result<Option<Mismatch>, ToolError> {
        self.engine.repeat(self.subject, trace)
    }
}

//! The simulator of this project.

use super::{Engine, Many, Ready, SimulatorKind};
use crate::driver::{Cancelled, Failure, Passed};
use crate::tools::ToolError;
use crate::verify::ended::Ended;
use crate::verify::observers::{Watch, WithAssertions};
use crate::verify::subject::Subject;
use crate::{Mismatch, Trace, replay};
use blocks::stimulus::Space;
use sim::{Batch, Compiled, Interpreter, Options, Simulator};
use std::ops::Range;

/// This project's own: nothing to install.
pub static BUILTIN: SimulatorKind = SimulatorKind {
    name: "builtin",
    about: "The built-in simulator: nothing to install",
    tools: &[],
    enumerates: true,
    drive: Some(|netlist| Ok(Box::new(Compiled::new(netlist, Options::default())?))),
    start: |subject, _, seed| {
        let batch = subject.testbench.is_pure().then(|| subject.batch(seed)).transpose()?;
        let (interpreter, compiled) = (subject.randomized(seed)?, subject.compiled(seed)?);
        let engine = Box::new(Builtin { interpreter, compiled, batch });
        Ok(Ready { tool: "built-in".into(), engine })
    },
};

/// Its engines, at power-up, registers without a reset at random.
struct Builtin {
    /// The reference, for signals in waveforms.
    interpreter: Interpreter,
    compiled: Compiled,
    /// For many cases at once, if the block allows it.
    batch: Option<Batch>,
}

impl Engine for Builtin {
    fn run(
        &self,
        subject: &Subject,
        space: &Space,
        cases: Range<u64>,
        watch: &mut Watch,
    ) -> Result<Passed, Ended> {
        let mut simulator = self.compiled.clone();
        let passed = subject.testbench.run(&mut simulator, space, cases, &mut WithAssertions(&mut *watch))?;
        watch.coverage.iter_mut().for_each(|coverage| coverage.count(simulator.covered()));
        Ok(passed)
    }

    fn many(&self) -> Option<&dyn Many> {
        self.batch.as_ref().map(|batch| batch as &dyn Many)
    }

    fn repeat(&self, subject: &Subject, trace: &Trace) -> Result<Option<Mismatch>, ToolError> {
        Ok(replay(trace, &mut subject.zeroed.clone()).err())
    }

    fn interpreter<'s>(&'s self, _: &'s Subject) -> &'s Interpreter {
        &self.interpreter
    }
}

impl Many for Batch {
    fn run_many(
        &self,
        subject: &Subject,
        space: &Space,
        cases: Range<u64>,
        watch: &Watch,
    ) -> Result<Result<Passed, Box<Failure>>, Cancelled> {
        subject.testbench.run_many(&mut self.clone(), space, cases, |cases| watch.cases_driven(cases))
    }
}

//! The three simulators behind one type.

use super::observers::{Watch, WithAssertions};
use super::recording::Recording;
use super::subject::Subject;
use super::{CHUNK, SimulatorKind, VerifyError};
use crate::driver::{Cancelled, Compared, Failure, Passed, Single, Stop};
use crate::tools::{self, ToolError};
use crate::verilator::{Optimize, Verilator, VerilatorModel, VerilatorOptions};
use crate::{Mismatch, Trace, VerilogDesign, icarus, replay};
use blocks::stimulus::Space;
use sim::{Batch, Compiled, Interpreter, Simulator};
use std::ops::Range;
use std::process::Command;

/// A simulator of a block, ready to run.
pub(super) struct Backend<'a> {
    subject: &'a Subject<'a>,
    tool: String,
    engine: Engine,
}

enum Engine {
    /// At power-up, registers without a reset at random.
    Builtin(Box<Builtin>),
    Verilator(VerilatorModel),
    Icarus(VerilogDesign),
}

/// The engines of the built-in simulator.
struct Builtin {
    /// The reference, for what goes into reports and waveforms.
    interpreter: Interpreter,
    compiled: Compiled,
    /// For many cases at once, where the block allows it.
    batch: Option<Batch>,
}

/// Why a run of some cases did not reach its end.
pub(super) enum Ended {
    Stopped(Stop),
    Tool(ToolError),
}

impl Ended {
    /// The failure; any other end is an error.
    pub(super) fn into_failure(self) -> Result<Failure, VerifyError> {
        match self {
            Ended::Stopped(Stop::Failed(failure)) => Ok(*failure),
            Ended::Stopped(Stop::Cancelled) => Err(VerifyError::Cancelled),
            Ended::Tool(error) => Err(error.into()),
        }
    }
}

impl From<Stop> for Ended {
    fn from(stop: Stop) -> Ended {
        Ended::Stopped(stop)
    }
}

impl From<ToolError> for Ended {
    fn from(error: ToolError) -> Ended {
        Ended::Tool(error)
    }
}

impl<'a> Backend<'a> {
    /// Finds the simulator, and builds the design for it; `optimize` is for Verilator.
    pub(super) fn start(
        subject: &'a Subject<'a>,
        simulator: SimulatorKind,
        optimize: Optimize,
        seed: u64,
    ) -> Result<Backend<'a>, VerifyError> {
        let (tool, engine) = match simulator {
            SimulatorKind::Builtin => {
                let builtin = Builtin {
                    interpreter: subject.randomized(seed)?,
                    compiled: subject.compiled(seed)?,
                    batch: subject.testbench.is_pure().then(|| subject.batch(seed)).transpose()?,
                };
                ("built-in".into(), Engine::Builtin(Box::new(builtin)))
            }
            SimulatorKind::Verilator => {
                let verilator = Verilator::newest()?;
                let tool = format!("Verilator {}", verilator.version);
                let options =
                    VerilatorOptions { verilator: Some(verilator), optimize, ..VerilatorOptions::default() };
                (tool, Engine::Verilator(VerilatorModel::build(&subject.verilog(), &options)?))
            }
            SimulatorKind::Icarus => (icarus_version()?, Engine::Icarus(subject.verilog())),
        };
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
    pub(super) fn builtin(&self) -> &Interpreter {
        match &self.engine {
            Engine::Builtin(builtin) => &builtin.interpreter,
            Engine::Verilator(_) | Engine::Icarus(_) => &self.subject.zeroed,
        }
    }

    /// Whether many cases of a space can be [run at once](Backend::run_many).
    pub(super) fn can_run_many(&self, space: &Space) -> bool {
        !matches!(self.engine, Engine::Icarus(_)) && self.subject.testbench.can_run_many(space)
    }

    /// Runs the block's testbench over some cases, from power-up.
    pub(super) fn run(&self, space: &Space, cases: Range<u64>, watch: &mut Watch) -> Result<Passed, Ended> {
        let testbench = &self.subject.testbench;
        match &self.engine {
            Engine::Builtin(builtin) => {
                let mut simulator = builtin.compiled.clone();
                let passed = testbench.run(&mut simulator, space, cases, &mut WithAssertions(&mut *watch))?;
                watch.coverage.iter_mut().for_each(|coverage| coverage.count(simulator.covered()));
                Ok(passed)
            }
            Engine::Verilator(model) => Ok(testbench.run(&mut model.start(), space, cases, watch)?),
            Engine::Icarus(_) => {
                let recording = Recording::new(self.subject, space, cases, watch)?;
                match self.repeat(&recording.trace)? {
                    None => {
                        Ok(Passed { cycles: recording.trace.cycles() as u64, compared: recording.compared })
                    }
                    Some(mismatch) => {
                        let failure = recording.failure(self.subject, space, &mismatch);
                        Err(Stop::Failed(Box::new(failure)).into())
                    }
                }
            }
        }
    }

    /// The same for a space that [allows it](Backend::can_run_many), many runs at once.
    ///
    /// A failure is told by a run beat by beat, which begins nearer to it; where none fails, as it was found.
    pub(super) fn run_many(
        &self,
        space: &Space,
        cases: Range<u64>,
        watch: &mut Watch,
    ) -> Result<Passed, Ended> {
        let (testbench, advance) = (&self.subject.testbench, |cases| watch.cases_driven(cases));
        let ended = match &self.engine {
            Engine::Builtin(builtin) => {
                let mut batch = builtin.batch.clone().expect("the block is pure");
                testbench.run_many(&mut batch, space, cases.clone(), advance)
            }
            Engine::Verilator(model) => {
                testbench.run_many(&mut Single(model.start()), space, cases.clone(), advance)
            }
            Engine::Icarus(_) => unreachable!("a recording is one run"),
        };
        match ended.map_err(|Cancelled| Stop::Cancelled)? {
            Ok(passed) => Ok(passed),
            Err(failure) => {
                self.tell(space, cases, failure.case, watch)?;
                Err(Stop::Failed(failure).into())
            }
        }
    }

    /// Runs beat by beat, in pieces, from the one that has the case that failed among many to the last one. A rule may
    /// have been broken in any of them.
    fn tell(&self, space: &Space, cases: Range<u64>, case: u64, watch: &mut Watch) -> Result<(), Ended> {
        let piece = (case - cases.start) / CHUNK * CHUNK.get();
        for first in (cases.start + piece..cases.end).step_by(CHUNK.get() as usize) {
            self.run(space, first..cases.end.min(first + CHUNK.get()), watch)?;
        }
        Ok(())
    }

    /// Repeats a recorded run, and gives the first output that differs.
    pub(super) fn repeat(&self, trace: &Trace) -> Result<Option<Mismatch>, ToolError> {
        match &self.engine {
            Engine::Builtin(_) => Ok(replay(trace, &mut self.subject.zeroed.clone()).err()),
            Engine::Verilator(model) => Ok(replay(trace, &mut model.start()).err()),
            Engine::Icarus(design) => Ok(icarus::run(design, trace)?.mismatches.into_iter().next()),
        }
    }
}

fn icarus_version() -> Result<String, ToolError> {
    let printed = tools::run_checked(Command::new(tools::IVERILOG.find()?).arg("-V"))?;
    let version = printed.split_whitespace().skip_while(|word| *word != "version").nth(1);
    Ok(format!("Icarus Verilog {}", version.unwrap_or("of unknown version")))
}

//! Whether the simulators agree, cycle by cycle.

use super::VerifyError;
use super::backend::Backend;
use super::recording::Recording;
use super::simulators::SimulatorKind;
use super::subject::Subject;
use crate::driver::{Failure, Stop};
use crate::verilator::Optimize;
use blocks::block::Configured;

/// The comparison of a simulator with the built-in one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agreement {
    /// The simulator.
    pub simulator: &'static SimulatorKind,
    /// The simulator with its version.
    pub tool: String,
    /// Number of cycles; in each, every output was compared.
    pub cycles: u64,
    /// The first output that differs.
    pub mismatch: Option<Failure>,
}

/// Runs the block's testbench over random cases on the built-in simulator, repeats the run on others, and compares
/// every output in every cycle.
///
/// An unknown bit, which only Icarus has, is a mismatch if the golden model specifies the output; otherwise, as in data
/// without `valid`, it is not. The error is [`VerifyError::Wrong`] if the design already differs from its golden model,
/// and [`VerifyError::NothingCompared`] if the model gave no answer.
pub fn agreement(
    block: &dyn Configured,
    simulators: &[&'static SimulatorKind],
    cases: u64,
    seed: u64,
) -> Result<Vec<Agreement>, VerifyError> {
    let subject = Subject::new(block, seed)?;
    let space = block.random(seed);
    let recording = Recording::new(&subject, &space, 0..cases, ())?.with_comparisons(&space)?;
    let optimize = Optimize::for_cycles(recording.trace.cycles() as u64);
    let compare = |&simulator: &&'static SimulatorKind| {
        let backend = Backend::start(&subject, simulator, optimize, seed)?;
        let mismatch = backend.repeat(&recording.trace)?;
        Ok(Agreement {
            simulator,
            tool: backend.tool().into(),
            cycles: recording.trace.cycles() as u64,
            mismatch: mismatch.map(|mismatch| recording.failure(&subject, &space, &mismatch)),
        })
    };
    simulators.iter().map(compare).collect()
}

impl From<Stop> for VerifyError {
    fn from(stop: Stop) -> VerifyError {
        match stop {
            Stop::Failed(failure) => VerifyError::Wrong(failure),
            Stop::Cancelled => VerifyError::Cancelled,
        }
    }
}

//! The waveform of a verification.

use super::subject::Subject;
use super::{CHUNK, VerifyError};
use crate::driver::Failure;
use blocks::stimulus::Space;
use sim::{Interpreter, Simulator, Traced, WaveError, WaveFile, WaveOptions, WaveSink};
use std::ops::Range;
use std::path::Path;

/// Cycles that a waveform shows.
const CYCLES: u64 = 1000;

/// Writes the waveform of a run of `simulator`, which is at power-up: of the cycles up to the failure, else of the
/// first ones of the space.
pub(super) fn write(
    subject: &Subject,
    simulator: Interpreter,
    space: &Space,
    cases: &Range<u64>,
    failure: Option<&Failure>,
    path: &Path,
) -> Result<(), VerifyError> {
    let end = failure.map_or(CYCLES, |failure| failure.cycle + 1);
    let first_case =
        failure.map_or(cases.start, |failure| cases.start.max(failure.case / CHUNK * CHUNK.get()));
    let cycles = end.saturating_sub(CYCLES)..end;
    let options = WaveOptions { first_cycle: cycles.start, ..WaveOptions::of(&simulator) };
    let file = WaveFile::create(path, &simulator, &options)?;
    let mut traced = Traced::new(simulator, Window { file, cycle: 0, cycles });
    // How the run ends is known already.
    let _ = subject.testbench.run(
        &mut traced,
        space,
        first_case..cases.end.min(first_case + CHUNK.get()),
        &mut (),
    );
    let (_, window) = traced.finish()?;
    Ok(window.file.finish()?)
}

/// A waveform of some cycles of a run.
struct Window {
    file: WaveFile,
    /// The cycle that is sampled next.
    cycle: u64,
    cycles: Range<u64>,
}

impl WaveSink for Window {
    fn sample(&mut self, simulator: &mut dyn Simulator) -> Result<(), WaveError> {
        let is_shown = self.cycles.contains(&self.cycle);
        self.cycle += 1;
        if is_shown { self.file.sample(simulator) } else { Ok(()) }
    }
}

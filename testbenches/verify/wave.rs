//! The waveform of a verification.

use super::VerifyError;
use super::subject::Subject;
use crate::driver::Failure;
use blocks::stimulus::Space;
use sim::{Interpreter, Simulator, Traced, WaveError, WaveFile, WaveOptions, WaveSink};
use std::ops::Range;
use std::path::Path;

/// Number of cycles in a waveform.
const CYCLES: u64 = 1000;

/// The subject of a waveform.
pub(super) struct Shown<'a> {
    pub(super) space: &'a Space,
    /// The run that it shows if nothing failed.
    pub(super) first_run: Range<u64>,
    pub(super) failure: Option<&'a Failure>,
}

/// Writes the waveform of a run of `simulator`, which is at power-up: of the cycles up to the failure in the run that
/// failed, or of the first ones.
pub(super) fn write(
    subject: &Subject,
    simulator: Interpreter,
    Shown { space, first_run, failure }: Shown,
    path: &Path,
) -> Result<(), VerifyError> {
    let end = failure.map_or(CYCLES, |failure| failure.cycle + 1);
    let run = failure.map_or(first_run, |failure| failure.run.clone());
    let cycles = end.saturating_sub(CYCLES)..end;
    let options = WaveOptions { first_cycle: cycles.start, ..WaveOptions::of(&simulator) };
    let file = WaveFile::create(path, &simulator, &options)?;
    let mut traced = Traced::new(simulator, Window { file, cycle: 0, cycles });
    // The outcome of the run is known already.
    let _ = subject.testbench.run(&mut traced, space, run, &mut ());
    let (_, window) = traced.finish()?;
    Ok(window.file.finish()?)
}

/// A waveform of some cycles of a run.
struct Window {
    file: WaveFile,
    /// The next cycle to sample.
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

//! A waveform in a file.

use super::format::{Format, Output};
use super::fst::Fst;
use super::hierarchy::Hierarchy;
use super::vcd::Vcd;
use super::{Watched, WaveError, WaveSink};
use crate::interpreter::Interpreter;
use crate::simulator::Simulator;
use hdl::Bits;
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use tempfile::{NamedTempFile, TempPath};

/// Nanoseconds of a clock period.
const PERIOD: u64 = 10;

/// How a waveform file shows a design.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaveOptions {
    /// Name of the outermost scope: the top module's.
    pub top: String,
    /// Name of the clock in the waveform; `None` for a design without one.
    pub clock: Option<String>,
    /// The number of the first sampled cycle.
    pub first_cycle: u64,
}

impl WaveOptions {
    /// For a design on the built-in simulator, from the cycle it is in.
    pub fn of(interpreter: &Interpreter) -> WaveOptions {
        WaveOptions {
            top: interpreter.top().into(),
            clock: interpreter.clock().map(String::from),
            first_cycle: interpreter.cycle(),
        }
    }
}

/// A waveform file being written: VCD or FST, depending on the extension of its name.
///
/// The unit of time is 1 ns. A cycle lasts from one rising clock edge to the next, 10 ns. Ports and internal signals
/// are in the scopes of their instances, and only changes are written. The file appears under its name when it is
/// finished; one that is dropped before leaves nothing behind.
pub struct WaveFile {
    path: PathBuf,
    temporary: TempPath,
    format: Box<dyn Format>,
    watched: Vec<Watched>,
    latest: Vec<Option<Bits>>,
    has_clock: bool,
    cycle: u64,
}

impl WaveFile {
    /// Begins a file that shows all ports of `simulator` and all its internal signals.
    pub fn create(
        path: impl Into<PathBuf>,
        simulator: &dyn Simulator,
        options: &WaveOptions,
    ) -> Result<WaveFile, WaveError> {
        let path = path.into();
        let hierarchy = Hierarchy::of(simulator, &options.top, options.clock.as_deref());
        let begin = format_of(&path)?;
        let begun = temporary_beside(&path).and_then(|file| {
            let (file, temporary) = file.into_parts();
            Ok((temporary, begin(BufWriter::new(file), &hierarchy)?))
        });
        let (temporary, format) = begun.map_err(|error| WaveError::Io { path: path.clone(), error })?;
        Ok(WaveFile {
            path,
            temporary,
            format,
            latest: vec![None; hierarchy.watched.len()],
            watched: hierarchy.watched,
            has_clock: options.clock.is_some(),
            cycle: options.first_cycle,
        })
    }

    /// Ends the file after the last sampled cycle and moves it to its name.
    pub fn finish(mut self) -> Result<(), WaveError> {
        let written = self.format.time(PERIOD * self.cycle).and_then(|()| self.format.finish());
        let named = written.and_then(|()| self.temporary.persist(&self.path).map_err(io::Error::from));
        named.map_err(|error| WaveError::Io { path: self.path, error })
    }

    fn draw_cycle(&mut self, simulator: &mut dyn Simulator) -> io::Result<()> {
        let start = PERIOD * self.cycle;
        self.format.time(start)?;
        for (code, watched) in self.watched.iter().enumerate() {
            let value = watched.value(simulator);
            if self.latest[code].as_ref() != Some(&value) {
                self.format.change(code, &value)?;
                self.latest[code] = Some(value);
            }
        }
        if self.has_clock {
            let clock = self.watched.len();
            self.format.change(clock, &Bits::from(true))?;
            self.format.time(start + PERIOD / 2)?;
            self.format.change(clock, &Bits::from(false))?;
        }
        self.cycle += 1;
        Ok(())
    }
}

impl WaveSink for WaveFile {
    fn sample(&mut self, simulator: &mut dyn Simulator) -> Result<(), WaveError> {
        self.draw_cycle(simulator).map_err(|error| WaveError::Io { path: self.path.clone(), error })
    }
}

/// Begins a file of some format.
type Begin = fn(Output, &Hierarchy) -> io::Result<Box<dyn Format>>;

/// The format for the extension of a file's name.
fn format_of(path: &Path) -> Result<Begin, WaveError> {
    let extension = path.extension().unwrap_or_default().to_ascii_lowercase();
    match extension.to_str() {
        Some("vcd") => Ok(|output, hierarchy| Ok(Box::new(Vcd::begin(output, hierarchy)?))),
        Some("fst") => Ok(|output, hierarchy| Ok(Box::new(Fst::begin(output, hierarchy)?))),
        _ => Err(WaveError::Extension { path: path.into() }),
    }
}

/// A new file in the folder of `path`, with the permissions that a file created there has.
fn temporary_beside(path: &Path) -> io::Result<NamedTempFile> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.prefix(".wave-").tempfile_in(folder)
}

//! The waveform file of a verification, which appears whole or not at all.

use crate::files::place::Place;
use crate::terminal::error::Error;
use crate::terminal::interrupt;
use scratch::Scratch;
use std::io;
use std::path::{Path, PathBuf};

/// A waveform that is being written.
pub struct Wave {
    target: PathBuf,
    place: Place,
    scratch: Scratch,
}

/// Parses the name of a waveform: its extension tells the format.
pub fn parse_path(text: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(text);
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("vcd" | "fst") => Ok(path),
        _ => Err("the name must end in .vcd or .fst".into()),
    }
}

impl Wave {
    /// Begins a waveform beside its final place, so that a place that cannot be written fails early.
    pub fn new(target: &Path) -> Result<Wave, Error> {
        let begin = || {
            let place = Place::of(target)?;
            let scratch = place.scratch()?;
            Ok(Wave { target: target.into(), place, scratch })
        };
        begin().map_err(|error| refused(target, error))
    }

    /// The temporary path; it has the final extension.
    pub fn path(&self) -> PathBuf {
        self.scratch.path().join(self.target.file_name().unwrap_or_default())
    }

    /// Moves it to its final place.
    pub fn finish(self) -> Result<(), Error> {
        self.place.put(&self.path()).map_err(|error| refused(&self.target, error))?;
        interrupt::keeps(&self.target, "");
        Ok(())
    }
}

fn refused(target: &Path, error: io::Error) -> Error {
    Error::io(format!("write {}", target.display()), error)
}

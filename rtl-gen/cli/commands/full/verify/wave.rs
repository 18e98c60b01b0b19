//! The waveform of a verification, as a file that is there whole or not at all.

use crate::files::place::Place;
use crate::terminal::error::Error;
use scratch::Scratch;
use std::io;
use std::path::{Path, PathBuf};

/// A waveform that is being written.
pub struct Wave {
    target: PathBuf,
    place: Place,
    scratch: Scratch,
}

/// Reads the name of a waveform: the way it ends tells the format.
pub fn parse_path(text: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(text);
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("vcd" | "fst") => Ok(path),
        _ => Err("its name is to end in .vcd or .fst".into()),
    }
}

impl Wave {
    /// Begins a waveform beside its place. That fails where it could not be written there.
    pub fn new(target: &Path) -> Result<Wave, Error> {
        let begin = || {
            let place = Place::of(target)?;
            let scratch = place.scratch()?;
            Ok(Wave { target: target.into(), place, scratch })
        };
        begin().map_err(|error| refused(target, error))
    }

    /// Where to write it for now; the name ends as the final one.
    pub fn path(&self) -> PathBuf {
        self.scratch.path().join(self.target.file_name().unwrap_or_default())
    }

    /// Moves it to its place.
    pub fn finish(self) -> Result<(), Error> {
        self.place.put(&self.path()).map_err(|error| refused(&self.target, error))
    }
}

fn refused(target: &Path, error: io::Error) -> Error {
    Error::io(format!("write {}", target.display()), error)
}

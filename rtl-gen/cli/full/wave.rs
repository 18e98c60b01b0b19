//! The waveform of a verification, as a file that is there whole or not at all.

use crate::error::Error;
use crate::folder::parent;
use crate::scratch::{Scratch, uninterrupted};
use std::fs;
use std::path::{Path, PathBuf};

/// A waveform that is being written.
pub struct Wave {
    target: PathBuf,
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
        if target.is_dir() {
            return Err(Error::io(format!("write {}", target.display()), "there is a folder of this name"));
        }
        let scratch = Scratch::new_in(parent(target))
            .map_err(|error| Error::io(format!("write {}", target.display()), error))?;
        Ok(Wave { target: target.into(), scratch })
    }

    /// Where to write it for now; the name ends as the final one.
    pub fn path(&self) -> PathBuf {
        self.scratch.path().join(self.target.file_name().unwrap_or_default())
    }

    /// Moves it to its place.
    pub fn finish(self) -> Result<(), Error> {
        uninterrupted(|| fs::rename(self.path(), &self.target))
            .map_err(|error| Error::io(format!("write {}", self.target.display()), error))
    }
}

//! What can go wrong with a waveform.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// Why there is no waveform.
#[derive(Debug)]
pub enum WaveError {
    /// The extension of the file's name stands for no format.
    Extension {
        /// The file.
        path: PathBuf,
    },
    /// The file cannot be written.
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// No port or internal signal has this name.
    UnknownSignal {
        /// The name asked for.
        name: String,
        /// The names that there are.
        known: Vec<String>,
    },
}

impl fmt::Display for WaveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WaveError::Extension { path } => {
                write!(f, "the name of waveform `{}` must end in .vcd or .fst", path.display())
            }
            WaveError::Io { path, error } => {
                write!(f, "waveform `{}` cannot be written: {error}", path.display())
            }
            WaveError::UnknownSignal { name, known } => {
                write!(f, "there is no signal `{name}`: there are {}", known.join(", "))
            }
        }
    }
}

impl std::error::Error for WaveError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            WaveError::Io { error, .. } => Some(error),
            WaveError::Extension { .. } | WaveError::UnknownSignal { .. } => None,
        }
    }
}

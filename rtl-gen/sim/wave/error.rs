//! Errors of waveforms.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// Why a waveform could not be written.
#[derive(Debug)]
pub enum WaveError {
    /// The extension of the file's name is not that of a format.
    Extension {
        /// The file.
        path: PathBuf,
    },
    /// The file cannot be written.
    Io {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        error: io::Error,
    },
    /// No port or internal signal has this name.
    UnknownSignal {
        /// The requested name.
        name: String,
        /// The existing names.
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

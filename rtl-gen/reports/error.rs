//! Errors of reports.

use std::fmt;
use std::path::PathBuf;
use testbenches::{ToolError, VerifyError};

/// Why a report could not be made.
#[derive(Debug)]
pub enum ReportError {
    /// A file of spikes is malformed.
    Spikes {
        /// The file.
        path: PathBuf,
        /// The error.
        reason: String,
    },
    /// A file of samples is malformed.
    Data {
        /// The file.
        path: PathBuf,
        /// The error.
        reason: String,
    },
    /// A layer of a user's network does not fit.
    Layer {
        /// Its name.
        layer: String,
        /// The error.
        reason: String,
    },
    /// The hardware gave a wrong result.
    Wrong(String),
    /// A tool is missing or failed.
    Tool(ToolError),
    /// The report was interrupted.
    Cancelled,
}

impl fmt::Display for ReportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ReportError::Spikes { path, reason } => {
                write!(f, "cannot read spikes from {}: {reason}", path.display())
            }
            ReportError::Data { path, reason } => write!(f, "cannot read {}: {reason}", path.display()),
            ReportError::Layer { layer, reason } => write!(f, "layer `{layer}`: {reason}"),
            ReportError::Wrong(what) => write!(f, "wrong result from the hardware: {what}"),
            ReportError::Tool(error) => error.fmt(f),
            ReportError::Cancelled => f.write_str("interrupted"),
        }
    }
}

impl std::error::Error for ReportError {}

impl From<VerifyError> for ReportError {
    fn from(error: VerifyError) -> ReportError {
        match error {
            VerifyError::Tool(error) => ReportError::Tool(error),
            VerifyError::Cancelled => ReportError::Cancelled,
            VerifyError::Design(_)
            | VerifyError::Simulator(_)
            | VerifyError::Interface(_)
            | VerifyError::Wrong(_)
            | VerifyError::NothingCompared { .. }
            | VerifyError::NoMutant { .. }
            | VerifyError::NoModule { .. }
            | VerifyError::NotEnumerable
            | VerifyError::Wave(_) => ReportError::Wrong(error.to_string()),
        }
    }
}

impl From<ToolError> for ReportError {
    fn from(error: ToolError) -> ReportError {
        ReportError::Tool(error)
    }
}

//! Why a block could not be verified.

use crate::ToolError;
use crate::driver::Failure;
use blocks::stimulus::Space;
use hdl::Diagnostics;
use sim::{BuildError, WaveError};
use std::fmt;
use std::ops::Range;

/// Why a block could not be verified. A wrong design is not such an error, except where it must serve as a reference.
#[derive(Debug)]
pub enum VerifyError {
    /// An external simulator is missing, or failed.
    Tool(ToolError),
    /// The design has errors.
    Design(Diagnostics),
    /// The built-in simulator cannot run the design.
    Simulator(BuildError),
    /// The design's ports are not those of the block's interface.
    Interface(String),
    /// The design differs from its golden model, so its run cannot be used.
    Wrong(Box<Failure>),
    /// The golden model answered no case of a run, so nothing was compared and nothing can be said about the design.
    NothingCompared {
        /// Name of the space.
        space: String,
        /// The cases that were driven.
        cases: Range<u64>,
    },
    /// No mutant was made, so nothing can be said about the testbench.
    NoMutant {
        /// Number of possible changes.
        possible: usize,
    },
    /// No module has a name that begins so.
    NoModule {
        /// The requested name.
        name: String,
        /// All modules.
        modules: Vec<String>,
    },
    /// All inputs are requested, but there are too many to enumerate.
    NotEnumerable,
    /// The waveform could not be written.
    Wave(WaveError),
    /// The verification was cancelled.
    Cancelled,
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            VerifyError::Tool(error) => error.fmt(f),
            VerifyError::Design(errors) => errors.fmt(f),
            VerifyError::Simulator(error) => error.fmt(f),
            VerifyError::Interface(reason) => f.write_str(reason),
            VerifyError::Wrong(failure) => write!(f, "the design is wrong: {failure}"),
            VerifyError::NothingCompared { space, cases } if cases.is_empty() => {
                write!(f, "nothing was compared: no case of `{space}` was requested")
            }
            VerifyError::NothingCompared { space, cases: Range { start, end } } => write!(
                f,
                "nothing was compared: the golden model answers none of the cases {start} to {} of `{space}`",
                end - 1
            ),
            VerifyError::NoMutant { possible } => {
                write!(f, "no mutant was tried, of {possible} possible ones")
            }
            VerifyError::NoModule { name, modules } => {
                write!(f, "no module begins with `{name}`; modules: {}", modules.join(", "))
            }
            VerifyError::NotEnumerable => {
                f.write_str("the block has too many inputs to run all of them: give a number of cases")
            }
            VerifyError::Wave(error) => error.fmt(f),
            VerifyError::Cancelled => f.write_str("cancelled"),
        }
    }
}

impl std::error::Error for VerifyError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            VerifyError::Tool(error) => Some(error),
            VerifyError::Design(errors) => Some(errors),
            VerifyError::Simulator(error) => Some(error),
            VerifyError::Wave(error) => Some(error),
            VerifyError::Interface(_)
            | VerifyError::Wrong(_)
            | VerifyError::NothingCompared { .. }
            | VerifyError::NoMutant { .. }
            | VerifyError::NoModule { .. }
            | VerifyError::NotEnumerable
            | VerifyError::Cancelled => None,
        }
    }
}

impl VerifyError {
    /// The error for cases of a space in which nothing was compared.
    pub(crate) fn nothing_compared(space: &Space, cases: &Range<u64>) -> VerifyError {
        VerifyError::NothingCompared { space: space.name.clone(), cases: cases.clone() }
    }
}

impl From<ToolError> for VerifyError {
    fn from(error: ToolError) -> VerifyError {
        VerifyError::Tool(error)
    }
}

impl From<Diagnostics> for VerifyError {
    fn from(errors: Diagnostics) -> VerifyError {
        VerifyError::Design(errors)
    }
}

impl From<BuildError> for VerifyError {
    fn from(error: BuildError) -> VerifyError {
        VerifyError::Simulator(error)
    }
}

impl From<WaveError> for VerifyError {
    fn from(error: WaveError) -> VerifyError {
        VerifyError::Wave(error)
    }
}

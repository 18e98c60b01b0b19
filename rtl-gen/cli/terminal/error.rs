//! How a command ends.

use crate::terminal::{program, style};
use std::fmt;
use std::io::{self, Write};

/// The outcome of a command that did its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// All is well: exit status 0.
    Done,
    /// A check of the hardware failed: exit status 1.
    CheckFailed,
}

impl Outcome {
    /// `Done` if `passed`.
    pub fn of_check(passed: bool) -> Outcome {
        if passed { Outcome::Done } else { Outcome::CheckFailed }
    }

    /// The exit status.
    pub fn status(self) -> u8 {
        match self {
            Outcome::Done => 0,
            Outcome::CheckFailed => 1,
        }
    }
}

/// Why a command could not do its work.
#[derive(Debug)]
pub enum Error {
    /// Wrong usage, or an error of the operating system: exit status 2.
    Refused {
        /// The error, with the names and values at fault.
        message: String,
        /// Advice, one line each.
        help: Vec<String>,
    },
    /// The block is wrong, and the command cannot continue: exit status 1. Holds the first failure.
    Wrong(String),
    /// A check compared nothing, and so did not pass: exit status 1. Holds the reason.
    Unchecked(String),
    /// The block cannot be built with these parameters: exit status 2.
    Design(hdl::Diagnostics),
    /// The reader of standard output has closed it: the exit status of a program killed by SIGPIPE.
    ClosedOutput,
}

impl Error {
    /// A refusal without advice.
    pub fn new(message: impl Into<String>) -> Error {
        Error::Refused { message: message.into(), help: vec![] }
    }

    /// The same refusal with the place where it is, such as a layer.
    pub fn inside(self, place: &str) -> Error {
        match self {
            Error::Refused { message, help } => {
                Error::Refused { message: format!("{place}: {message}"), help }
            }
            other @ (Error::Wrong(_) | Error::Unchecked(_) | Error::Design(_) | Error::ClosedOutput) => other,
        }
    }

    /// A failed operation on a file or a process, such as "read x.toml".
    pub fn io(action: impl fmt::Display, reason: impl fmt::Display) -> Error {
        Error::new(format!("cannot {action}: {reason}"))
    }

    /// Adds a line of advice.
    pub fn help(mut self, advice: impl Into<String>) -> Error {
        if let Error::Refused { help, .. } = &mut self {
            help.push(advice.into());
        }
        self
    }

    /// What is wrong, without advice.
    pub fn message(&self) -> String {
        match self {
            Error::Refused { message, .. } => message.clone(),
            Error::Wrong(failure) => format!("the block differs from its golden model: {failure}"),
            Error::Unchecked(reason) => reason.clone(),
            Error::Design(diagnostics) => diagnostics.to_string(),
            Error::ClosedOutput => "standard output was closed".into(),
        }
    }

    /// Prints the error on standard error.
    pub fn report(&self) {
        if !matches!(self, Error::ClosedOutput) {
            // If standard error is closed too, nobody is left to tell.
            let _ = writeln!(io::stderr(), "{}", style::message(&program::as_called(&self.to_string())));
        }
    }

    /// The exit status.
    pub fn status(&self) -> u8 {
        match self {
            Error::Wrong(_) | Error::Unchecked(_) => Outcome::CheckFailed.status(),
            Error::Refused { .. } | Error::Design(_) => 2,
            Error::ClosedOutput => 128 + signal_hook::consts::SIGPIPE as u8,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Refused { help, .. } => {
                write!(f, "error: {}", self.message())?;
                help.iter().try_for_each(|advice| write!(f, "\n  help: {advice}"))
            }
            Error::Wrong(_) | Error::Unchecked(_) | Error::ClosedOutput => {
                write!(f, "error: {}", self.message())
            }
            // Each diagnostic says that it is an error.
            Error::Design(diagnostics) => diagnostics.fmt(f),
        }
    }
}

/// Errors of standard output; errors of files name the file, by [`Error::io`].
impl From<io::Error> for Error {
    fn from(error: io::Error) -> Error {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Error::ClosedOutput,
            _ => Error::io("write to standard output", error),
        }
    }
}

impl From<hdl::Diagnostics> for Error {
    fn from(diagnostics: hdl::Diagnostics) -> Error {
        Error::Design(diagnostics)
    }
}

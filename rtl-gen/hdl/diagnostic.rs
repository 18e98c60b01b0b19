//! Errors of a design under construction.

use std::fmt;
use std::panic::Location;

/// A place in the user's Rust source.
pub type Source = &'static Location<'static>;

/// One error: what is wrong, where, and advice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Name of the module under construction; empty if the design as a whole is wrong.
    pub module: String,
    /// What is wrong: the operator, every operand with its name and width.
    pub message: String,
    /// The user's source line.
    pub source: Source,
    /// Further places and advice, one per line.
    pub notes: Vec<String>,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "error: {}", self.message)?;
        write!(f, "  --> {}", self.source)?;
        if !self.module.is_empty() {
            write!(f, " in module `{}`", self.module)?;
        }
        self.notes.iter().try_for_each(|note| write!(f, "\n  note: {note}"))
    }
}

/// Every error found, in order; at least one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostics(pub Vec<Diagnostic>);

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().enumerate().try_for_each(|(i, diagnostic)| {
            if i > 0 {
                writeln!(f)?;
            }
            write!(f, "{diagnostic}")
        })
    }
}

impl std::error::Error for Diagnostics {}

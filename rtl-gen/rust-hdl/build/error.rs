//! What can be wrong with a list of blocks.

use blocks::registry;
use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

/// Why the blocks were not wrapped. It is shown in words by `{:?}` too, since that is how a `main` prints it.
#[derive(Clone)]
pub enum Error {
    /// The library has no block of this name.
    UnknownBlock(String),
    /// The name is none that a struct can have.
    NoStructName(String),
    /// Two structs have this name.
    NameTaken(String),
    /// The block does not take the parameters.
    Refused {
        /// Of the struct.
        name: String,
        /// The block.
        block: &'static str,
        /// What is wrong with them.
        reason: String,
    },
    /// `OUT_DIR` is not set: Cargo sets it for build scripts.
    NoBuildScript,
    /// The file cannot be written.
    Write {
        /// Which.
        path: PathBuf,
        /// Why.
        error: Arc<io::Error>,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::UnknownBlock(name) => {
                let known: Vec<&str> = registry::blocks().iter().map(|block| block.name).collect();
                write!(f, "there is no block `{name}`; the library has {}", known.join(", "))
            }
            Error::NoStructName(name) => write!(f, "`{name}` cannot be the name of a struct"),
            Error::NameTaken(name) => write!(f, "two structs have the name `{name}`"),
            Error::Refused { name, block, reason } => write!(f, "{name}, block `{block}`: {reason}"),
            Error::NoBuildScript => f.write_str("OUT_DIR is not set: call this from a build script"),
            Error::Write { path, error } => write!(f, "cannot write {}: {error}", path.display()),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Error {}

//! For build scripts: writes hardware blocks as blocks of rust-hdl.
//!
//! ```no_run
//! use gen_rtl_rust_hdl_build::{Error, Wrappers};
//!
//! fn main() -> Result<(), Error> {
//!     Wrappers::new()
//!         .block("Multiplier", "pacq_mul", "product=rounded")
//!         .block("Softmax", "softmax", "lanes=4 length=16")
//!         .write("blocks.rs")
//! }
//! ```
//!
//! The file is for `include!(concat!(env!("OUT_DIR"), "/blocks.rs"))` in a module of its own. It has a struct for each line, with a
//! signal for each port of the block with those parameters, and needs the crate `gen-rtl-rust-hdl`.

mod cores;
mod error;
mod fields;
mod source;

pub use error::Error;

use blocks::block::{Block, elaborate};
use blocks::registry;
use std::path::PathBuf;
use std::{env, fs};

/// The blocks that a crate wraps.
#[derive(Default)]
pub struct Wrappers {
    wanted: Vec<Wanted>,
}

/// A block that is wanted as a struct.
struct Wanted {
    /// Of the struct.
    name: String,
    /// In the library.
    block: Result<&'static Block, Error>,
    /// The Rust expression that finds it when the design runs.
    found_by: String,
    parameters: String,
}

impl Wrappers {
    /// None yet.
    pub fn new() -> Wrappers {
        Wrappers::default()
    }

    /// Wraps a block of the library as a struct of this name. The parameters are those of `gen-rtl describe`, as
    /// `name=value ...`; the others have their defaults.
    pub fn block(self, name: &str, block: &str, parameters: &str) -> Wrappers {
        let found = registry::find(block).ok_or_else(|| Error::UnknownBlock(block.into()));
        self.wanted(name, found, format!("::gen_rtl_rust_hdl::library({block:?})"), parameters)
    }

    /// Wraps a block of your own. `path` is what the crate that includes the file calls it, such as `my_blocks::ADDER`.
    pub fn own_block(self, name: &str, block: &'static Block, path: &str, parameters: &str) -> Wrappers {
        self.wanted(name, Ok(block), format!("&{path}"), parameters)
    }

    fn wanted(
        mut self,
        name: &str,
        block: Result<&'static Block, Error>,
        found_by: String,
        parameters: &str,
    ) -> Wrappers {
        let (name, parameters) = (name.into(), parameters.into());
        self.wanted.push(Wanted { name, block, found_by, parameters });
        self
    }

    /// The Rust source of all structs. The error says which of them cannot be, and why.
    pub fn source(self) -> Result<String, Error> {
        let mut text = source::head();
        let mut names = vec![];
        for wanted in self.wanted {
            if names.contains(&wanted.name) {
                return Err(Error::NameTaken(wanted.name));
            }
            text += &wanted.source()?;
            names.push(wanted.name);
        }
        Ok(text)
    }

    /// Writes the source into a file of Cargo's `OUT_DIR`.
    pub fn write(self, file: &str) -> Result<(), Error> {
        let folder = env::var_os("OUT_DIR").ok_or(Error::NoBuildScript)?;
        let path = PathBuf::from(folder).join(file);
        fs::write(&path, self.source()?).map_err(|error| Error::Write { path, error: error.into() })
    }
}

impl Wanted {
    fn source(&self) -> Result<String, Error> {
        if !fields::is_identifier(&self.name) {
            return Err(Error::NoStructName(self.name.clone()));
        }
        let block = self.block.as_ref().map_err(Error::clone)?;
        let refused = |reason| Error::Refused { name: self.name.clone(), block: block.name, reason };
        let configured = block.variant(&self.parameters).map_err(refused)?;
        let netlist = elaborate(&*configured).map_err(|errors| refused(errors.to_string()))?;
        Ok(source::wrapper(self, block, &configured.values(), &netlist))
    }
}

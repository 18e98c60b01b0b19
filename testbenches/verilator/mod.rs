//! Verilator as a simulator: the design compiled to a shared library and loaded into this process.
//!
//! The library holds Verilator's classes and a thin interface in C (see `shim.rs`) that hands out the addresses of the
//! ports, so that a port is read or written as fast as any variable. Everything compiled is kept in a cache
//! (see `cache.rs`), so a design that did not change is loaded in milliseconds.

mod cache;
mod compile;
mod install;
mod model;
mod shim;
mod simulator;

pub use install::{Verilator, Version};
pub use model::VerilatorModel;
pub use simulator::VerilatorSimulator;

use std::path::PathBuf;

/// How a model is built.
#[derive(Clone, Debug, Default)]
pub struct VerilatorOptions {
    /// The Verilator to use; the newest that is found if none is given.
    pub verilator: Option<Verilator>,
    /// What the compiler optimises for.
    pub optimize: Optimize,
    /// What becomes of its warnings.
    pub warnings: Warnings,
    /// Folder of the cache; `gen-rtl` in the user's cache folder if none is given.
    pub cache: Option<PathBuf>,
}

/// What becomes of Verilator's warnings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Warnings {
    /// Any of `-Wall` is an error.
    #[default]
    Errors,
    /// Nobody looks at them: for netlists and models that other programs wrote.
    Ignored,
}

impl Warnings {
    fn flags(self) -> &'static [&'static str] {
        match self {
            Warnings::Errors => &["-Wall"],
            Warnings::Ignored => &["-Wno-lint", "-Wno-fatal"],
        }
    }
}

/// What the compiler of a model optimises for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Optimize {
    /// A short build: half the time on a large design, for a model up to a tenth slower.
    #[default]
    Build,
    /// A fast model, for runs of minutes.
    Speed,
}

impl Optimize {
    fn flag(self) -> &'static str {
        match self {
            Optimize::Build => "-O1",
            Optimize::Speed => "-O2",
        }
    }
}

//! Verilator as a simulator: the design compiled to a shared library and loaded into this process.
//!
//! The library holds Verilator's classes and a thin C interface (see `shim.rs`) that returns the addresses of the
//! ports, so that a port is read or written as fast as any variable. Everything compiled is kept in a cache (see
//! `cache.rs`), so an unchanged design is loaded in milliseconds.

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
    /// How its warnings are handled.
    pub warnings: Warnings,
    /// Folder of the cache; `gen-rtl` in the user's cache folder if none is given.
    pub cache: Option<PathBuf>,
}

/// How Verilator's warnings are handled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Warnings {
    /// Any of `-Wall` is an error.
    #[default]
    Errors,
    /// Ignored: for netlists and models that other programs wrote.
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
    /// The shortest build: half the time of the next one for a large design, but a model that is several times slower.
    Start,
    /// A short build: half the time for a large design, but a model up to a tenth slower.
    #[default]
    Build,
    /// A fast model, for runs of minutes.
    Speed,
}

/// Number of cycles from which a model is worth the longer build of [`Optimize::Build`], and of [`Optimize::Speed`].
const SHORT: u64 = 1 << 12;
const LONG: u64 = 1 << 26;

impl Optimize {
    /// The option with the least total time for a run of `cycles` cycles.
    pub fn for_cycles(cycles: u64) -> Optimize {
        match cycles {
            ..SHORT => Optimize::Start,
            SHORT..LONG => Optimize::Build,
            LONG.. => Optimize::Speed,
        }
    }

    fn flag(self) -> &'static str {
        match self {
            Optimize::Start => "-O0",
            Optimize::Build => "-O1",
            Optimize::Speed => "-O2",
        }
    }
}

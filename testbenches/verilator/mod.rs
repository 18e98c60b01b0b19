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
    /// The shortest build: half the time of the next on a large design, for a model several times slower.
    Start,
    /// A short build: half the time on a large design, for a model up to a tenth slower.
    #[default]
    Build,
    /// A fast model, for runs of minutes.
    Speed,
}

/// Cycles from which on a model is worth the longer build of [`Optimize::Build`], and of [`Optimize::Speed`].
const SHORT: u64 = 1 << 12;
const LONG: u64 = 1 << 26;

impl Optimize {
    /// What a run of so many cycles is built soonest with.
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

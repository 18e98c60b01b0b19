//! Whatever runs a workload.

mod builtin;

use crate::workload::Workload;
use std::error::Error;

pub use builtin::{Builtin, Driven};

/// Something that builds a workload and runs it.
pub trait Engine {
    /// Its name in tables and on the command line.
    fn name(&self) -> String;

    /// The workload, built and out of its reset.
    fn build(&self, workload: &Workload) -> Result<Box<dyn Run>, Box<dyn Error>>;
}

/// A workload that runs.
pub trait Run {
    /// Runs on for so many cycles, and gives the signature of all outputs since the reset.
    fn run(&mut self, cycles: u64) -> Result<u64, Box<dyn Error>>;
}

/// Every tier of the built-in simulator: a line each.
pub fn builtin() -> Vec<Box<dyn Engine>> {
    vec![Box::new(Builtin::new("interpreter", |netlist| sim::Interpreter::new(netlist, Default::default())))]
}

//! A workload under way.

use std::error::Error;

/// A workload that runs.
pub trait Run {
    /// Runs on for so many cycles, and gives the signature of all outputs since the reset.
    fn run(&mut self, cycles: u64) -> Result<u64, Box<dyn Error>>;
}

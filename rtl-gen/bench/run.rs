//! A workload under way.

use std::error::Error;

/// A workload that runs.
pub trait Run {
    /// Runs for `cycles` more cycles, and returns the signature of all outputs since the reset.
    fn run(&mut self, cycles: u64) -> Result<u64, Box<dyn Error>>;
}

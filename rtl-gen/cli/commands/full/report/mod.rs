//! `gen-rtl report`: figures of a system from simulation of its RTL, beside the published ones.

mod loas;
mod pacq;

use crate::terminal::error::{Error, Outcome};
use clap::{Args, Subcommand};
use std::io::Write;

/// Print a system's figures, from simulation of its RTL, beside the published ones
#[derive(Args)]
#[command(after_help = "\
Examples:
  gen-rtl report loas
  gen-rtl report pacq --no-synthesis
  gen-rtl report loas --help")]
pub struct Report {
    #[command(subcommand)]
    system: System,
}

#[derive(Subcommand)]
enum System {
    Loas(loas::LoasReport),
    Pacq(pacq::PacqReport),
}

impl Report {
    /// Measures and prints.
    pub fn run(&self, out: &mut dyn Write) -> Result<Outcome, Error> {
        match &self.system {
            System::Loas(report) => report.run(out),
            System::Pacq(report) => report.run(out),
        }
    }
}

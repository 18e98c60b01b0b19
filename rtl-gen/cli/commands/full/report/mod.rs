//! `gen-rtl report`: a system's figures, from simulation of its RTL or a model, beside the published ones.

mod crossbar;
mod loas;
mod meadow;
mod network;
mod pacq;
mod respike;
mod sensing;
mod statten;

use crate::terminal::error::{Error, Outcome};
use crate::terminal::progress::Bar;
use crate::terminal::{interrupt, json};
use clap::{Args, Subcommand};
use reports::ReportError;
use serde::Serialize;
use std::io::Write;

/// Print a system's figures, from simulation of its RTL or a model, beside the published ones
#[derive(Args)]
#[command(after_help = "\
Examples:
  gen-rtl report loas
  gen-rtl report pacq --no-synthesis
  gen-rtl report meadow --bandwidth 1,12
  gen-rtl report crossbar
  gen-rtl report respike --frames video.npy
  gen-rtl report statten
  gen-rtl report loas --help")]
pub struct Report {
    #[command(subcommand)]
    system: System,
}

#[derive(Subcommand)]
enum System {
    Crossbar(crossbar::CrossbarReport),
    Loas(loas::LoasReport),
    Meadow(meadow::MeadowReport),
    Pacq(pacq::PacqReport),
    Respike(respike::RespikeReport),
    Sensing(sensing::SensingReport),
    Statten(statten::StattenReport),
}

/// Measures, and prints the result as JSON or with `print`.
fn show<V: Serialize>(
    out: &mut dyn Write,
    is_json: bool,
    measure: impl FnOnce(&Bar) -> Result<V, ReportError>,
    print: impl FnOnce(&mut dyn Write, &V) -> Result<(), Error>,
) -> Result<Outcome, Error> {
    let bar = Bar::default();
    let view = interrupt::orderly(|| measure(&bar));
    drop(bar);
    let view = view?;
    match is_json {
        true => json::write(out, &view)?,
        false => print(out, &view)?,
    }
    Ok(Outcome::Done)
}

impl Report {
    /// Measures and prints.
    pub fn run(&self, out: &mut dyn Write) -> Result<Outcome, Error> {
        match &self.system {
            System::Crossbar(report) => report.run(out),
            System::Loas(report) => report.run(out),
            System::Meadow(report) => report.run(out),
            System::Pacq(report) => report.run(out),
            System::Respike(report) => report.run(out),
            System::Sensing(report) => report.run(out),
            System::Statten(report) => report.run(out),
        }
    }
}

//! `gen-rtl verify`: a block against its golden model, in simulators.

mod report;
mod wave;

use crate::block::selection::{Chosen, Selection};
use crate::block::views;
use crate::commands::full::shared::{Named, one_or_all};
use crate::files::place;
use crate::terminal::error::{Error, Outcome};
use crate::terminal::progress::Bar;
use crate::terminal::{interrupt, json, number};
use blocks::registry::Registry;
use clap::Args;
use report::{RunView, VerifyView};
use std::io::Write;
use std::num::NonZero;
use std::path::PathBuf;
use std::thread;
use testbenches::simulators::{self, BUILTIN};
use testbenches::{Request, SimulatorKind, Vectors, verify};
use wave::{Wave, parse_path};

/// The default length of a run, in cycles, if the number of cases is not given.
const DEFAULT_CYCLES: u64 = 100_000;

/// Verify a block against its golden model
///
/// Drives the block and its golden model with the same beats, and compares every output in every cycle. Prints how many
/// cases each simulator ran and how often each coverage point was hit.
#[derive(Args)]
#[command(after_help = "\
Examples:
  gen-rtl verify pacq_mul
  gen-rtl verify pacq_mul --vectors all --simulator verilator
  gen-rtl verify pacq_mul --set stages=2 --vectors 100 --wave pacq_mul.vcd

Exit status: 0 all agree; 1 an output differs; 2 wrong usage, or a simulator is missing; 130 Ctrl-C.")]
pub struct Verify {
    #[command(flatten)]
    selection: Selection,
    /// The simulator to run
    #[arg(long, default_value = BUILTIN.name, value_parser = one_or_all(&simulators::ALL, |kind| kind.name, |kind| kind.about, "One after the other"))]
    simulator: Named<&'static SimulatorKind>,
    /// Number of corner-weighted random cases, at least 1, or `all`: every case of the block's input spaces (Icarus
    /// runs a corner-weighted subset) [default: 100000, fewer if a case takes many cycles]
    #[arg(long, value_name = "N|all", value_parser = parse_vectors)]
    vectors: Option<Vectors>,
    /// Seed of the random cases and stalls
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = number::seed)]
    seed: u64,
    /// Write a waveform of the cycles before the failure, or of the first cycles if there is none; the name must end in
    /// .vcd or .fst
    #[arg(long, value_name = "FILE", value_parser = parse_path)]
    wave: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

fn parse_vectors(text: &str) -> Result<Vectors, String> {
    match text.parse() {
        _ if text == "all" => Ok(Vectors::All),
        Ok(count) if count > 0 => Ok(Vectors::Count(count)),
        _ => Err("expected a number of cases, at least 1, or `all`".into()),
    }
}

impl Verify {
    /// Runs every simulator, even after one has found a failure.
    pub fn run(&self, registry: &Registry, out: &mut dyn Write) -> Result<Outcome, Error> {
        let chosen = self.selection.configure(registry)?;
        if let Some(wave) = &self.wave {
            place::refuse_input("--wave", wave, &self.selection.parameters.files())?;
        }
        let wave = self.wave.as_deref().map(Wave::new).transpose()?;
        if !self.json {
            writeln!(out, "{}, seed {}", chosen.title(), self.seed)?;
        }
        let mut runs: Vec<RunView> = vec![];
        for &simulator in &self.simulator.0 {
            // The waveform of a failure must not be overwritten by a later run.
            let path = wave.as_ref().filter(|_| runs.iter().all(RunView::passed)).map(Wave::path);
            let run = self.run_on(&chosen, simulator, path)?;
            if !self.json {
                write!(out, "\n{run}")?;
                out.flush()?;
            }
            runs.push(run);
        }
        wave.map_or(Ok(()), Wave::finish)?;
        self.conclude(out, &chosen, runs)
    }

    fn run_on(
        &self,
        chosen: &Chosen,
        simulator: &'static SimulatorKind,
        wave: Option<PathBuf>,
    ) -> Result<RunView, Error> {
        let threads = thread::available_parallelism().map_or(1, NonZero::get);
        let by_default = || Vectors::Count(chosen.configured.cases_in(DEFAULT_CYCLES));
        let vectors = self.vectors.unwrap_or_else(by_default);
        let request = Request { simulator, vectors, seed: self.seed, wave, threads };
        let bar = Bar::default();
        let report = interrupt::orderly(|| verify(chosen.configured.as_ref(), &request, &bar));
        drop(bar);
        Ok(RunView::from(report?))
    }

    fn conclude(
        &self,
        out: &mut dyn Write,
        chosen: &Chosen,
        simulators: Vec<RunView>,
    ) -> Result<Outcome, Error> {
        let passed = simulators.iter().all(RunView::passed);
        if self.json {
            let subject = views::subject(chosen.block, chosen.configured.as_ref());
            json::write(
                out,
                &VerifyView { subject, seed: self.seed, passed, simulators, wave: self.wave.clone() },
            )?;
        } else if let Some(path) = &self.wave {
            writeln!(out, "\nwaveform: {}", path.display())?;
        }
        Ok(Outcome::of_check(passed))
    }
}

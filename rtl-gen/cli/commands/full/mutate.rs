//! `gen-rtl mutate`: whether a block's testbench would detect a fault.

use crate::block::selection::Selection;
use crate::block::views;
use crate::block::views::Subject;
use crate::terminal::error::{Error, Outcome};
use crate::terminal::progress::Bar;
use crate::terminal::verbosity::{self, Verbosity};
use crate::terminal::{interrupt, json, number};
use blocks::registry::Registry;
use clap::Args;
use serde::Serialize;
use std::io::Write;
use std::num::NonZero;
use std::thread;
use testbenches::mutation::{Mutant, MutationReport, Options, Verdict, mutate};

/// Measure how many faults in a block its testbench detects
///
/// Makes single changes to the block, such as another operator or a flipped constant, and runs the testbench on each
/// mutant. A mutant is killed if the testbench fails, and equivalent if its outputs never differ from the block's. Any
/// other mutant survived, and shows a hole in the testbench. Prints the survivors and a summary; with --verbose every
/// mutant.
#[derive(Args)]
#[command(after_help = "\
Examples:
  gen-rtl mutate pacq_mul
  gen-rtl mutate pacq_mul --set product=rounded --mutants 500
  gen-rtl mutate meadow_attention_head --module meadow_scores

Exit status: 0 none survived; 1 one did; 2 wrong usage; 130 Ctrl-C.")]
pub struct Mutate {
    #[command(flatten)]
    selection: Selection,
    /// Change only modules whose names begin so; may be given several times
    #[arg(long = "module", value_name = "NAME")]
    modules: Vec<String>,
    /// Number of mutants, at most; 1 to 1000000
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = number::between(1, 1_000_000))]
    mutants: u64,
    /// Seed of the mutants, the random cases and the stalls
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = number::seed)]
    seed: u64,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct ReportView {
    #[serde(flatten)]
    subject: Subject,
    seed: u64,
    possible: usize,
    killed: usize,
    equivalent: usize,
    retimed: usize,
    survived: usize,
    mutants: Vec<MutantView>,
}

#[derive(Serialize)]
struct MutantView {
    module: String,
    node: Option<String>,
    source: String,
    change: String,
    verdict: &'static str,
    reason: String,
}

impl Mutate {
    /// Tries the mutants.
    pub fn run(&self, registry: &Registry, out: &mut dyn Write) -> Result<Outcome, Error> {
        let chosen = self.selection.configure(registry)?;
        let options = Options {
            modules: self.modules.clone(),
            mutants: self.mutants as usize,
            seed: self.seed,
            threads: thread::available_parallelism().map_or(1, NonZero::get),
            ..Options::default()
        };
        let bar = Bar::default();
        let report = interrupt::orderly(|| mutate(chosen.configured.as_ref(), &options, &bar));
        drop(bar);
        let report = report?;
        let outcome = Outcome::of_check(report.survived() == 0);
        if self.json {
            let subject = views::subject(chosen.block, chosen.configured.as_ref());
            json::write(out, &self.view(subject, report))?;
        } else {
            let is_shown = |verdict: &Verdict| {
                verbosity::chosen() == Verbosity::Verbose || matches!(verdict, Verdict::Survived { .. })
            };
            writeln!(out, "{}", report.table(is_shown))?;
        }
        Ok(outcome)
    }

    fn view(&self, subject: Subject, report: MutationReport) -> ReportView {
        ReportView {
            subject,
            seed: self.seed,
            possible: report.possible,
            killed: report.killed(),
            equivalent: report.equivalent(),
            retimed: report.retimed(),
            survived: report.survived(),
            mutants: report.mutants.into_iter().map(MutantView::from).collect(),
        }
    }
}

impl From<Mutant> for MutantView {
    fn from(mutant: Mutant) -> MutantView {
        let Mutant { module, node, source, change, verdict } = mutant;
        let word = match verdict {
            Verdict::Killed(_) => "killed",
            Verdict::Equivalent { .. } => "equivalent",
            Verdict::Retimed { .. } => "retimed",
            Verdict::Survived { .. } => "survived",
        };
        MutantView { module, node, source, change, verdict: word, reason: verdict.to_string() }
    }
}

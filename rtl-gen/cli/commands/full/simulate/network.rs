//! A spiking network through the RTL of `loas_array`.

use super::Simulate;
use crate::commands::full::shared::{NetworkFiles, NetworkRun};
use crate::files::place;
use crate::networks;
use crate::terminal::error::{Error, Outcome};
use crate::terminal::interrupt;
use crate::terminal::progress::Bar;
use crate::terminal::table::Table;
use clap::Args;
use indicatif::HumanCount;
use reports::snn::{self, Baseline, Figures};
use std::io::Write;
use std::path::{Path, PathBuf};

/// The files of a network.
#[derive(Args)]
pub struct Options {
    /// A spiking network: its description in TOML, the folder with its network.toml, or a NIR graph (HDF5)
    #[arg(long, value_name = "NETWORK", requires = "input", conflicts_with_all = ["a", "b", "memory", "list"])]
    snn: Option<PathBuf>,
    /// The samples for --snn, a .npy file: spikes of shape [samples, time steps, ...], booleans or numbers that are 0 or 1; or
    /// frames of shape [samples, ...] if the network has thresholds for them
    #[arg(long, value_name = "FILE", requires = "snn")]
    input: Option<PathBuf>,
    /// The classes of the samples, from 0 on: a .npy file of integers
    #[arg(long, value_name = "FILE", requires = "snn")]
    labels: Option<PathBuf>,
    /// Run only so many of the samples, the first ones
    #[arg(long, value_name = "N", requires = "snn", value_parser = clap::value_parser!(u32).range(1..))]
    samples: Option<u32>,
}

/// What a network is to be run on.
pub struct Work {
    files: NetworkFiles,
    labels: Option<PathBuf>,
}

impl Options {
    /// The files, if there is a network.
    pub fn work(&self) -> Option<Work> {
        let (network, input) = self.snn.clone().zip(self.input.clone())?;
        let samples = self.samples.map_or(usize::MAX, |samples| samples as usize);
        Some(Work { files: NetworkFiles { network, input, samples }, labels: self.labels.clone() })
    }
}

/// Predictions that are printed.
const SHOWN: usize = 20;

impl Simulate {
    pub(super) fn network(&self, work: &Work, out: &mut dyn Write) -> Result<Outcome, Error> {
        if let Some(out) = &self.out {
            let inputs: Vec<&Path> =
                [Some(&work.files.network), Some(&work.files.input), work.labels.as_ref()]
                    .into_iter()
                    .flatten()
                    .map(PathBuf::as_path)
                    .collect();
            place::refuse_input("--out", out, &inputs)?;
            place::refuse_other_format("--out", out, "npy")?;
        }
        let NetworkRun { loaded, samples, all_samples, prepared, params } =
            work.files.load(&self.parameters)?;
        if let Some(out) = &self.out {
            let files: Vec<&Path> = loaded.files.iter().map(PathBuf::as_path).collect();
            place::refuse_input("--out", out, &files)?;
        }
        let outputs = loaded.network.output().shape.size();
        let labels =
            work.labels.as_ref().map(|path| networks::labels(path, all_samples, outputs)).transpose()?;
        let bar = Bar::default();
        let run = interrupt::orderly(|| {
            snn::run(
                &loaded.network,
                &prepared,
                &params,
                &samples.words,
                (self.simulator, Baseline::None),
                &bar,
            )
        });
        drop(bar);
        let run = run?;
        let count = samples.words.len();
        writeln!(out, "{}: samples: {count}, time steps: {}", loaded.path.display(), samples.steps)?;
        loaded.notes.iter().try_for_each(|note| writeln!(out, "{note}"))?;
        if run.arrays.len() > 1 {
            let arrays = run.arrays.len();
            writeln!(out, "layers differ in leak, reset or comparison: {arrays} arrays are elaborated")?;
        }
        write!(out, "{}", layers(&run.layers))?;
        let cycles: u64 = run.layers.iter().map(|layer| layer.cycles).sum();
        writeln!(out, "{} cycles for each sample", HumanCount(cycles.div_ceil(count as u64)))?;
        if let Some(difference) = &run.difference {
            writeln!(out, "the RTL differs from the golden network first in {difference}")?;
            return Ok(Outcome::CheckFailed);
        }
        writeln!(out, "all {} results agree with the golden network", HumanCount(run.compared))?;
        predictions(&run.outputs, labels.as_deref(), out)?;
        if let Some(path) = &self.out {
            networks::write_outputs(path, &run.outputs)?;
        }
        Ok(Outcome::Done)
    }
}

/// A row for each layer, and one for all.
fn layers(layers: &[Figures]) -> Table {
    let mut table = Table::new([
        "layer", ">rows", ">K", ">columns", ">weights", ">spikes", ">cycles", ">limit", ">dense",
    ]);
    let count = |value: u64| HumanCount(value).to_string();
    let share = |value: f64| format!("{:.1} %", 100.0 * value);
    for Figures { name, shape, cycles, dense, limit, density, weights, .. } in layers {
        let [rows, k, columns] = shape.map(|size| count(size as u64));
        let [cycles, limit, dense] = [cycles, limit, dense].map(|cycles| count(*cycles));
        table.row([name.clone(), rows, k, columns, share(*weights), share(*density), cycles, limit, dense]);
    }
    let sum = |figure: fn(&Figures) -> u64| count(layers.iter().map(figure).sum());
    let [none, two, three, four, five] = [const { String::new() }; 5];
    let all = [sum(|layer| layer.cycles), sum(|layer| layer.limit), sum(|layer| layer.dense)];
    let [cycles, limit, dense] = all;
    table.row(["all".into(), none, two, three, four, five, cycles, limit, dense]);
    table
}

fn predictions(outputs: &[Vec<i64>], labels: Option<&[usize]>, out: &mut dyn Write) -> Result<(), Error> {
    let found: Vec<usize> = outputs.iter().map(|outputs| snn::largest(outputs)).collect();
    let shown: Vec<String> = found.iter().take(SHOWN).map(usize::to_string).collect();
    let more = if found.len() > SHOWN { " ..." } else { "" };
    writeln!(out, "predictions: {}{more}", shown.join(" "))?;
    if let Some(labels) = labels {
        let right = found.iter().zip(labels).filter(|(found, label)| found == label).count();
        let share = 100.0 * right as f64 / found.len() as f64;
        writeln!(out, "accuracy: {right} of {} right, {share:.1} %", found.len())?;
    }
    Ok(())
}

//! `gen-rtl report loas` on a user's network.

use super::show;
use crate::block::selection::Parameters;
use crate::commands::full::shared::{NetworkFiles, NetworkRun};
use crate::terminal::error::{Error, Outcome};
use crate::terminal::progress::Bar;
use crate::terminal::table::Table;
use indicatif::HumanCount;
use reports::ReportError;
use reports::snn::{self, Baseline, Figures};
use serde::Serialize;
use std::io::Write;
use std::path::Path;
use testbenches::simulators::BUILTIN;

/// What is measured.
#[derive(Serialize)]
struct NetworkView {
    network: String,
    samples: usize,
    time_steps: usize,
    layers: Vec<Figures>,
}

/// Measures and prints.
pub fn run(networks: &[String], input: &Path, is_json: bool, out: &mut dyn Write) -> Result<Outcome, Error> {
    let [network] = networks else {
        return Err(Error::new(format!("--input is for one --network: {} are given", networks.len())));
    };
    let files = NetworkFiles { network: network.into(), input: input.into(), samples: usize::MAX };
    let NetworkRun { loaded, samples, prepared, params, .. } = files.load(&Parameters::default())?;
    let drive = BUILTIN.drive.expect("the built-in simulator is driven");
    let measure = |bar: &Bar| {
        let baseline = Baseline::Sparten;
        let run = snn::run(&loaded.network, &prepared, &params, &samples.words, (drive, baseline), bar)?;
        match run.difference {
            None => Ok(NetworkView {
                network: loaded.path.display().to_string(),
                samples: samples.words.len(),
                time_steps: samples.steps,
                layers: run.layers,
            }),
            Some(difference) => Err(ReportError::Wrong(difference)),
        }
    };
    show(out, is_json, measure, print)
}

fn print(out: &mut dyn Write, view: &NetworkView) -> Result<(), Error> {
    let NetworkView { network, samples, time_steps, layers } = view;
    writeln!(
        out,
        "{network} on 16 elements, samples: {samples}, time steps: {time_steps}: every spike agrees with the dense network"
    )?;
    writeln!(
        out,
        "\ncycles (limit: the matches alone; dense: every weight with every input; both four per row and cycle)"
    )?;
    let mut table =
        Table::new(["layer", ">matches", ">limit", ">cycles", ">dense", ">SparTen", ">SparTen / ours"]);
    let mut row = |name: &str, of: &[Figures]| {
        let sum = |figure: fn(&Figures) -> u64| of.iter().map(figure).sum::<u64>();
        let count = |figure: fn(&Figures) -> u64| HumanCount(sum(figure)).to_string();
        // SparTen's join has four time steps.
        let sparten: Option<u64> = of.iter().map(|layer| layer.sparten).sum();
        let ratio = |sparten: u64| format!("{:.2}", sparten as f64 / sum(|layer| layer.cycles) as f64);
        table.row([
            name.into(),
            count(|layer| layer.matches),
            count(|layer| layer.limit),
            count(|layer| layer.cycles),
            count(|layer| layer.dense),
            sparten.map_or("-".into(), |cycles| HumanCount(cycles).to_string()),
            sparten.map_or("-".into(), ratio),
        ]);
    };
    layers.iter().for_each(|layer| row(&layer.name, std::slice::from_ref(layer)));
    row("all", layers);
    Ok(write!(out, "{table}")?)
}

//! `gen-rtl report loas`.

use super::{network, show};
use crate::commands::full::shared::check_tools;
use crate::terminal::error::{Error, Outcome};
use crate::terminal::number;
use crate::terminal::progress::Bar;
use crate::terminal::table::Table;
use blocks::loas::loas_array::Params;
use clap::Args;
use indicatif::HumanCount;
use reports::loas::energy::{self, Energy};
use reports::loas::{self, Measured, Prefix, Request, Structure};
use reports::{Area, ReportError};
use serde::Serialize;
use std::io::Write;
use std::path::PathBuf;
use testbenches::tools::YOSYS;

/// Measure the cycles of spiking networks' layers on 16 processing elements
///
/// Each layer runs through the RTL of `loas_array` and, for comparison, of 16 `sparten_inner_join`s, on the same
/// operands: random weights with the layer's sparsity, and spikes from recorded maps or random ones with the layer's
/// sparsity. Neurons that fire only once are masked. Every output spike is compared with a dense matrix product
/// followed by the neuron. Cycles count from the first beat to the last spikes, with loading, laggy counts, stalls,
/// empty joins, draining and neurons.
#[derive(Args)]
#[command(after_help = "\
Examples:
  gen-rtl report loas
  gen-rtl report loas --network alexnet --no-synthesis
  gen-rtl report loas --traces maps --json
  gen-rtl report loas --network net --input spikes.npy

Exit status: 0 done; 2 wrong usage, a file or a tool is missing, or an answer was wrong; 130 Ctrl-C.")]
pub struct LoasReport {
    /// Measure only this network, alexnet, vgg16 or resnet19; may be given several times [default: alexnet and vgg16]. Or a network
    /// of your own, with --input: a file or a folder as for `simulate --snn`
    #[arg(long, value_name = "NETWORK")]
    network: Vec<String>,
    /// The samples for a network of your own, as for `simulate --snn`
    #[arg(long, value_name = "FILE", requires = "network", conflicts_with_all = ["traces", "seed", "no_synthesis", "energy"])]
    input: Option<PathBuf>,
    /// Read spike maps from this folder, `<network>_layer<two digits>.npy` of shape (T, C, H, W), booleans or numbers
    /// that are 0 or 1 [default: random spikes]
    #[arg(long, value_name = "DIR")]
    traces: Option<PathBuf>,
    /// Seed of the weights and of random spikes
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = number::seed)]
    seed: u64,
    /// Leave out areas, which take Yosys a few minutes
    #[arg(long)]
    no_synthesis: bool,
    /// Measure energies of elements in standard cells, on the layer with the most matches, which takes some minutes more
    #[arg(long)]
    energy: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// All measurements.
#[derive(Serialize)]
struct LoasView {
    spikes: String,
    seed: u64,
    layers: Vec<Measured>,
    structures: Vec<Structure>,
    sparten: Option<Area>,
    energies: Vec<Energy>,
    prefixes: Vec<Prefix>,
}

impl LoasReport {
    /// Measures and prints.
    pub fn run(&self, out: &mut dyn Write) -> Result<Outcome, Error> {
        if let Some(input) = &self.input {
            return network::run(&self.network, input, self.json, out);
        }
        let [first @ .., last] = loas::NETWORKS;
        if let Some(other) = self.network.iter().find(|name| !loas::NETWORKS.contains(&name.as_str())) {
            let known = format!("{} or {last}", first.join(", "));
            return Err(Error::new(format!("--network {other}: expected {known}, or your own with --input")));
        }
        if !self.no_synthesis {
            check_tools([YOSYS]).map_err(|error| error.help("give --no-synthesis to leave out areas"))?;
        }
        if self.energy {
            check_tools(energy::needed()).map_err(|error| error.help("leave out --energy"))?;
        }
        show(out, self.json, |bar| self.measure(bar), print)
    }

    fn measure(&self, bar: &Bar) -> Result<LoasView, ReportError> {
        let request = Request {
            networks: self.network.clone(),
            traces: self.traces.clone(),
            seed: self.seed,
            params: Params::default(),
        };
        let with_area = !self.no_synthesis;
        let workloads = loas::workloads(&request, bar)?;
        Ok(LoasView {
            spikes: match &self.traces {
                Some(folder) => format!("of {}", folder.display()),
                None => "random".into(),
            },
            seed: self.seed,
            layers: loas::cycles(&request, &workloads, bar)?,
            structures: loas::structures(&request.params, &workloads, with_area, bar)?,
            sparten: with_area.then(loas::sparten_area).transpose()?,
            energies: if self.energy { energy::energies(&workloads, bar)? } else { vec![] },
            prefixes: if with_area { loas::prefixes(bar)? } else { vec![] },
        })
    }
}

fn print(out: &mut dyn Write, view: &LoasView) -> Result<(), Error> {
    writeln!(
        out,
        "LoAS on 16 elements, spikes {}, seed {}: every spike agrees with the dense product",
        view.spikes, view.seed
    )?;
    writeln!(out, "\ncycles (limit: one match per row and cycle)\n{}", layers(&view.layers))?;
    writeln!(out, "cycles of all layers and area of an element, by structure\n{}", structures(view))?;
    if let Some(Energy { network, layer, .. }) = view.energies.first() {
        writeln!(
            out,
            "energy of an element, {network} layer {layer} (memories are not included)\n{}",
            energies(view)
        )?;
    }
    if !view.prefixes.is_empty() {
        writeln!(out, "prefix sums (exclusive)\n{}", prefixes(&view.prefixes))?;
    }
    Ok(())
}

fn count(value: u64) -> String {
    HumanCount(value).to_string()
}

fn ratio(a: u64, b: u64) -> String {
    format!("{:.2}", a as f64 / b as f64)
}

/// A row for each layer and for each network.
fn layers(layers: &[Measured]) -> Table {
    let mut table = Table::new([
        "network",
        "layer",
        ">matches",
        ">limit",
        ">cycles",
        ">published",
        ">SparTen",
        ">published",
        ">SparTen / ours",
        ">bits per cycle",
    ]);
    let mut row = |network: &str, name: String, of: &[&Measured]| {
        let sum = |figure: fn(&Measured) -> u64| of.iter().map(|layer| figure(layer)).sum::<u64>();
        let (cycles, sparten) = (sum(|layer| layer.cycles), sum(|layer| layer.sparten));
        let bits: f64 = of.iter().map(|layer| layer.bits_per_cycle * layer.cycles as f64).sum();
        table.row([
            network.into(),
            name,
            count(sum(|layer| layer.matches)),
            count(sum(|layer| layer.limit)),
            count(cycles),
            count(sum(|layer| layer.published)),
            count(sparten),
            count(sum(|layer| layer.published_sparten)),
            ratio(sparten, cycles),
            format!("{:.0}", bits / cycles as f64),
        ]);
    };
    for network in networks(layers) {
        let of: Vec<&Measured> = layers.iter().filter(|layer| layer.network == network).collect();
        of.iter().for_each(|layer| row(network, layer.layer.to_string(), &[layer]));
        row(network, "all".into(), &of);
    }
    table
}

/// The networks of some layers, in order.
fn networks(layers: &[Measured]) -> Vec<&'static str> {
    let mut networks: Vec<&str> = layers.iter().map(|layer| layer.network).collect();
    networks.dedup();
    networks
}

fn structures(view: &LoasView) -> Table {
    let networks = networks(&view.layers);
    let headers = networks.iter().map(|network| format!(">{network}"));
    let areas = [">LUT4", ">flip-flops", ">gates", ">LUT4 deep"].map(String::from);
    let mut table = Table::of(["structure".to_string()].into_iter().chain(headers).chain(areas));
    let areas = |area: Option<Area>| match area {
        None => ["-"; 4].map(String::from),
        Some(area) => [area.luts, area.flip_flops, area.gates, area.lut_depth].map(count),
    };
    let mut row = |name: &str, cycles: &[(&'static str, u64)], area: Option<Area>| {
        let of = |network: &&str| {
            cycles.iter().find(|(name, _)| name == network).map_or("-".into(), |(_, cycles)| count(*cycles))
        };
        table.row_of([name.to_string()].into_iter().chain(networks.iter().map(of)).chain(areas(area)));
    };
    let total = |network: &&'static str| {
        let of = view.layers.iter().filter(|layer| layer.network == *network);
        (*network, of.map(|layer| layer.sparten).sum::<u64>())
    };
    let sparten: Vec<_> = networks.iter().map(total).collect();
    row("sparten_inner_join (the join alone)", &sparten, view.sparten);
    view.structures.iter().for_each(|structure| row(structure.name, &structure.cycles, structure.area));
    table
}

/// The baseline first; each beside it.
fn energies(view: &LoasView) -> Table {
    let mut table = Table::new([
        "element",
        ">GE",
        ">ns",
        ">matches",
        ">cycles",
        ">pJ a match",
        ">no glitches",
        ">baseline / it",
        ">no glitches",
        ">published",
    ]);
    let Some(baseline) = view.energies.first() else { return table };
    for energy in &view.energies {
        let published =
            if energy.name == energy::LOAS { format!("{:.2}", energy::PUBLISHED) } else { "-".into() };
        table.row([
            energy.name.into(),
            count(energy.gate_equivalents as u64),
            format!("{:.2}", energy.period),
            count(energy.matches),
            count(energy.cycles),
            format!("{:.1}", energy.per_match),
            format!("{:.1}", energy.without_glitches),
            format!("{:.2}", baseline.per_match / energy.per_match),
            format!("{:.2}", baseline.without_glitches / energy.without_glitches),
            published,
        ]);
    }
    table
}

fn prefixes(prefixes: &[Prefix]) -> Table {
    let mut table = Table::new([">bits", "structure", ">gates", ">LUT4", ">LUT4 deep"]);
    for Prefix { lanes, structure, area } in prefixes {
        table.row([
            lanes.to_string(),
            structure.clone(),
            count(area.gates),
            count(area.luts),
            count(area.lut_depth),
        ]);
    }
    table
}

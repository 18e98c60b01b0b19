//! `gen-rtl synth`: the size and speed of a block on a device or in standard cells.

mod report;

use crate::block::selection::{Chosen, Selection};
use crate::block::views;
use crate::commands::full::shared::{SynthOptions, check_tools, targets_help};
use crate::files::folder;
use crate::files::manifest::{self, ProjectManifest};
use crate::terminal::error::{Error, Outcome};
use crate::terminal::progress::Bar;
use crate::terminal::{interrupt, json};
use blocks::registry::Registry;
use clap::Args;
use report::{SynthView, print};
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use synthesis::{Figures, Request, Target, targets};
use testbenches::Progress;

const EXAMPLES: &str = "\
Examples:
  gen-rtl synth pacq_mul --target ice40
  gen-rtl synth pacq_mul --target all --json
  gen-rtl synth pacq_mul --set stages=2 --target asic --effort delay
  gen-rtl synth pacq_mul --target asic --liberty cells.lib

Exit status: 0 done; 1 the netlist differs from the block; 2 wrong usage, or a tool is missing; 130 Ctrl-C.";

/// Synthesise a block: cells, delay, area, energy
///
/// Yosys maps the block. nextpnr places and routes it between registers for iCE40 and ECP5. OpenSTA times standard
/// cells and computes their energy from the switching activity of a gate-level simulation. The netlist then repeats a
/// run of the block's testbench in Verilator, with models of its cells. Results of earlier runs come from the cache.
#[derive(Args)]
#[command(after_help = format!("Targets:\n{}\n\n{EXAMPLES}", targets_help()))]
pub struct Synth {
    #[command(flatten)]
    selection: Selection,
    #[command(flatten)]
    options: SynthOptions,
    /// Also write a Vivado project into this folder, with the block between registers and without pads; for xcup or xc7
    #[arg(long, value_name = "DIR")]
    vivado: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Synth {
    /// Synthesises for each target, and prints what was found.
    pub fn run(&self, registry: &Registry, out: &mut dyn Write) -> Result<Outcome, Error> {
        let chosen = self.selection.configure(registry)?;
        let requests = self.options.requests()?;
        check_tools(requests.iter().flat_map(synthesis::needed))?;
        if let Some(folder) = &self.vivado {
            write_vivado(&chosen, &requests, folder)?;
        }
        let bar = Bar::default();
        let figures = requests.iter().map(|request| {
            bar.start(&format!("{} for {}", chosen.block.name, request.target.name), 1);
            interrupt::orderly(|| {
                synthesis::synthesize(chosen.configured.as_ref(), request, self.options.cache.as_deref())
            })
        });
        let figures = figures.collect::<Result<Vec<Figures>, _>>();
        drop(bar);
        let figures = figures?;
        let differs =
            figures.iter().flat_map(|figures| &figures.gate_level).any(|run| run.mismatch.is_some());
        let subject = views::subject(chosen.block, chosen.configured.as_ref());
        match self.json {
            true => json::write(out, &SynthView { subject, targets: figures })?,
            false => print(out, &chosen.title(), &figures)?,
        }
        Ok(Outcome::of_check(!differs))
    }
}

/// Writes the project for the first target that Vivado supports.
fn write_vivado(chosen: &Chosen, requests: &[Request], folder: &Path) -> Result<(), Error> {
    let mut targets = requests.iter().filter_map(|request| with_part(request.target));
    let (target, part) = targets.next().ok_or_else(|| {
        let known = targets::ALL.into_iter().filter_map(with_part);
        let names: Vec<String> = known.map(|(target, _)| format!("--target {}", target.name)).collect();
        Error::new("--vivado needs an AMD device among the targets")
            .help(format!("add {}", names.join(" or ")))
    })?;
    let mut files = synthesis::vivado::project(chosen.configured.as_ref(), part)?;
    let manifest = ProjectManifest::new(chosen, target_view(target), &files).text();
    files.push((manifest::FILE_NAME.into(), manifest));
    folder::write(folder, &files, false)
}

/// A target that Vivado supports, with its device.
fn with_part(target: &'static Target) -> Option<(&'static Target, &'static str)> {
    Some((target, target.family()?.vivado_part?))
}

fn target_view(target: &Target) -> BTreeMap<&'static str, &'static str> {
    BTreeMap::from([("target", target.name)])
}

//! `gen-rtl synth`: what a block takes on a device or in standard cells.

use crate::error::{Error, Outcome};
use crate::full::progress::Bar;
use crate::full::synth_report::{SynthView, print};
use crate::manifest::{self, ProjectManifest};
use crate::selection::{Chosen, Selection};
use crate::{folder, interrupt, json, number, views};
use clap::{Args, ValueEnum};
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use synthesis::{Device, Effort, Figures, Request, Target};
use testbenches::Progress;
use testbenches::tools::Tool;

/// Synthesise a block: cells, delay, area, energy
///
/// Yosys maps the block; nextpnr places and routes it between registers, for iCE40 and ECP5; OpenSTA times
/// standard cells, and finds their energy from the switching of a simulation of the gates. Then the netlist
/// repeats a run of the block's testbench, in Verilator with models of its cells. Figures found before come
/// from the user's cache.
#[derive(Args)]
#[command(after_help = "\
Targets:
  ice40  Lattice iCE40 HX8K or UP5K        Yosys, nextpnr
  ecp5   Lattice ECP5 25k or 85k           Yosys, nextpnr
  xcup   AMD UltraScale+                   Yosys: cells only
  xc7    AMD 7 series                      Yosys: cells only
  asic   standard cells of osu018, or of any --liberty

Examples:
  gen-rtl synth pacq_mul --target ice40
  gen-rtl synth pacq_mul --target all --json
  gen-rtl synth pacq_mul --set stages=2 --target asic --effort delay
  gen-rtl synth pacq_mul --target asic --liberty cells.lib

Exit status: 0 done; 1 the netlist differs from the block; 2 wrong usage, or a tool is missing; 130 Ctrl-C.")]
pub struct Synth {
    #[command(flatten)]
    selection: Selection,
    #[command(flatten)]
    options: SynthOptions,
    /// Also write a project for Vivado into this folder: the block between registers, without pads; for xcup or xc7
    #[arg(long, value_name = "DIR")]
    vivado: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// What synthesis is to find, and for what.
#[derive(Args)]
pub struct SynthOptions {
    /// What to synthesise for; may be given several times
    #[arg(long, value_enum, required = true)]
    pub target: Vec<TargetName>,
    /// The device to place on: hx8k or up5k of iCE40, 25k or 85k of ECP5 [default: hx8k, 85k]
    #[arg(long, value_parser = parse_device)]
    device: Option<Device>,
    /// What standard cells are chosen for
    #[arg(long, value_enum, default_value_t = EffortName::Balanced)]
    effort: EffortName,
    /// A library of standard cells in Liberty's format [default: osu018 of Debian's package qflow-tech-osu018]
    #[arg(long, value_name = "FILE")]
    liberty: Option<PathBuf>,
    /// Verilog models of the library's cells; may be given several times [default: made from the library]
    #[arg(long, value_name = "FILE", requires = "liberty")]
    cell_models: Vec<PathBuf>,
    /// Use multipliers of the device; the netlist is then not run, for want of models
    #[arg(long)]
    dsp: bool,
    /// Do not place and route: no delays for iCE40 and ECP5
    #[arg(long)]
    no_place: bool,
    /// Do not measure energy
    #[arg(long)]
    no_energy: bool,
    /// About how many cycles the netlist is compared with the block; 0: not at all
    #[arg(long, value_name = "N", default_value_t = synthesis::DEFAULT_CYCLES, value_parser = number::between(0, 1_000_000))]
    gate_level: u64,
    /// Chooses the cases of the runs
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = number::seed)]
    seed: u64,
    /// Keep figures below this folder [default: gen-rtl in the user's cache]
    #[arg(long, value_name = "DIR")]
    pub cache: Option<PathBuf>,
}

/// The targets by their names on the command line.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TargetName {
    /// Lattice iCE40
    Ice40,
    /// Lattice ECP5
    Ecp5,
    /// AMD UltraScale+
    Xcup,
    /// AMD 7 series
    Xc7,
    /// Standard cells
    Asic,
    /// All of them
    All,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum EffortName {
    /// The least area, whatever its delay
    Area,
    /// Little area, buffered and with cells of fitting strength
    Balanced,
    /// The shortest path
    Delay,
}

fn parse_device(text: &str) -> Result<Device, String> {
    let found = Device::ALL.into_iter().find(|device| device.name() == text);
    found.ok_or_else(|| format!("it is to be one of {}", Device::ALL.map(Device::name).join(", ")))
}

impl SynthOptions {
    /// A request for each target, in the order of targets.
    pub fn requests(&self) -> Result<Vec<Request>, Error> {
        let mut targets: Vec<Target> = self.target.iter().flat_map(|name| name.targets()).collect();
        targets.sort();
        targets.dedup();
        if let Some(device) = self.device
            && !targets.contains(&device.target())
        {
            let (device, family) = (device.name(), device.target().name());
            return Err(Error::new(format!(
                "--device {device} is of {family}, which is not among the targets"
            ))
            .help(format!("give --target {family} too")));
        }
        Ok(targets.into_iter().map(|target| self.request(target)).collect())
    }

    /// The options as arguments of another command.
    pub fn arguments(&self) -> Vec<String> {
        let mut arguments: Vec<String> = self
            .target
            .iter()
            .flat_map(|name| name.targets())
            .map(|target| format!("--target={}", target.name()))
            .collect();
        let path =
            |path: &PathBuf| path.canonicalize().unwrap_or_else(|_| path.clone()).display().to_string();
        arguments.extend(self.device.map(|device| format!("--device={}", device.name())));
        let effort = self.effort.to_possible_value().expect("no effort is hidden");
        arguments.push(format!("--effort={}", effort.get_name()));
        arguments.extend(self.liberty.iter().map(|file| format!("--liberty={}", path(file))));
        arguments.extend(self.cell_models.iter().map(|file| format!("--cell-models={}", path(file))));
        let flags = [(self.dsp, "--dsp"), (self.no_place, "--no-place"), (self.no_energy, "--no-energy")];
        arguments.extend(flags.iter().filter(|(is_set, _)| *is_set).map(|(_, flag)| flag.to_string()));
        arguments.extend([format!("--gate-level={}", self.gate_level), format!("--seed={}", self.seed)]);
        arguments
    }

    fn request(&self, target: Target) -> Request {
        Request {
            device: self.device.filter(|device| device.target() == target),
            effort: match self.effort {
                EffortName::Area => Effort::Area,
                EffortName::Balanced => Effort::Balanced,
                EffortName::Delay => Effort::Delay,
            },
            liberty: self.liberty.clone(),
            cell_models: self.cell_models.clone(),
            use_dsps: self.dsp,
            place: !self.no_place,
            energy: !self.no_energy,
            gate_level_cycles: (self.gate_level > 0).then_some(self.gate_level),
            seed: self.seed,
            ..Request::new(target)
        }
    }
}

impl TargetName {
    fn targets(self) -> Vec<Target> {
        match self {
            TargetName::Ice40 => vec![Target::Ice40],
            TargetName::Ecp5 => vec![Target::Ecp5],
            TargetName::Xcup => vec![Target::Xcup],
            TargetName::Xc7 => vec![Target::Xc7],
            TargetName::Asic => vec![Target::Asic],
            TargetName::All => Target::ALL.to_vec(),
        }
    }
}

impl Synth {
    /// Synthesises for each target, and prints what was found.
    pub fn run(&self, out: &mut dyn Write) -> Result<Outcome, Error> {
        let chosen = self.selection.configure()?;
        let requests = self.options.requests()?;
        check_tools(requests.iter().flat_map(synthesis::needed))?;
        if let Some(folder) = &self.vivado {
            write_vivado(&chosen, &requests, folder)?;
        }
        let bar = Bar::new();
        let figures = requests.iter().map(|request| {
            bar.start(&format!("{} for {}", chosen.block.name(), request.target.name()), 1);
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

/// Writes the project for the first of the targets that Vivado knows.
fn write_vivado(chosen: &Chosen, requests: &[Request], folder: &Path) -> Result<(), Error> {
    let mut targets = requests.iter().map(|request| request.target);
    let target = targets.find(|target| matches!(target, Target::Xcup | Target::Xc7));
    let target = target.ok_or_else(|| {
        Error::new("--vivado needs a device of AMD among the targets")
            .help("give --target xcup or --target xc7")
    })?;
    let mut files = synthesis::vivado::project(chosen.configured.as_ref(), target)?;
    let manifest = ProjectManifest::new(chosen, target_view(target), &files).text();
    files.push((manifest::FILE_NAME.into(), manifest));
    folder::write(folder, &files, false)
}

fn target_view(target: Target) -> BTreeMap<&'static str, &'static str> {
    BTreeMap::from([("target", target.name())])
}

/// A missing program is told before the work begins.
pub fn check_tools(tools: impl IntoIterator<Item = Tool>) -> Result<(), Error> {
    for tool in tools {
        tool.find().map_err(|error| Error::new(error.to_string()))?;
    }
    Ok(())
}

//! `gen-rtl synth`: what a block takes on a device or in standard cells.

use crate::error::{Error, Outcome};
use crate::progress::Bar;
use crate::selection::Selection;
use crate::synth_report::{SynthView, print};
use crate::{interrupt, json, views};
use clap::{Args, ValueEnum, value_parser};
use std::io::Write;
use std::path::PathBuf;
use synthesis::{Device, Effort, Figures, Request, Target};
use testbenches::Progress;

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
  gen-rtl synth pacq_mul --target asic --liberty NangateOpenCellLibrary_typical.lib

Exit status: 0 done; 1 the netlist differs from the block; 2 wrong usage, or a tool is missing; 130 Ctrl-C.")]
pub struct Synth {
    #[command(flatten)]
    selection: Selection,
    #[command(flatten)]
    options: SynthOptions,
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
    #[arg(long, value_enum, default_value_t = EffortName::Area)]
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
    #[arg(long, value_name = "N", default_value_t = synthesis::DEFAULT_CYCLES, value_parser = value_parser!(u64).range(0..=1_000_000))]
    gate_level: u64,
    /// Chooses the cases of the runs
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
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
    /// The least area
    Area,
    /// The shortest path
    Delay,
}

fn parse_device(text: &str) -> Result<Device, String> {
    let found = Device::ALL.into_iter().find(|device| device.name() == text);
    found.ok_or_else(|| format!("it is to be one of {}", Device::ALL.map(Device::name).join(", ")))
}

impl SynthOptions {
    /// A request for each target.
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

    fn request(&self, target: Target) -> Request {
        Request {
            device: self.device.filter(|device| device.target() == target),
            effort: match self.effort {
                EffortName::Area => Effort::Area,
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
        check_tools(&requests)?;
        let bar = Bar::new();
        let figures = requests.iter().map(|request| {
            bar.start(&format!("{} for {}", chosen.block.name(), request.target.name()), 1);
            interrupt::orderly(|| synthesis::synthesize(chosen.configured.as_ref(), request, None))
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

/// A missing program is told before the work begins.
pub fn check_tools(requests: &[Request]) -> Result<(), Error> {
    for tool in requests.iter().flat_map(synthesis::needed) {
        tool.find().map_err(|error| Error::new(error.to_string()))?;
    }
    Ok(())
}

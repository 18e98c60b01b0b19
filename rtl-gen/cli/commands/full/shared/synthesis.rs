//! What synthesis is asked for, on the command line.

use crate::terminal::error::Error;
use crate::terminal::number;
use clap::{Args, ValueEnum};
use std::path::PathBuf;
use synthesis::{Device, Effort, Request, Target};

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

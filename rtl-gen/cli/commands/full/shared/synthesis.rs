//! The options of synthesis on the command line.

use super::one_or_all::{Named, one_or_all};
use crate::terminal::error::Error;
use crate::terminal::number;
use clap::{Args, ValueEnum};
use std::path::PathBuf;
use synthesis::targets::{self, Placer};
use synthesis::{Device, Effort, Request, Target};

/// The options of synthesis.
#[derive(Args)]
pub struct SynthOptions {
    /// The target of the synthesis; may be given several times
    #[arg(long, required = true, value_name = "TARGET", value_parser = one_or_all(&targets::ALL, |target| target.name, |target| target.about, "All of them"))]
    target: Vec<Named<&'static Target>>,
    #[arg(long, help = device_help(), value_parser = parse_device)]
    device: Option<&'static Device>,
    /// What to optimise standard cells for
    #[arg(long, value_enum, default_value_t = EffortName::Balanced)]
    effort: EffortName,
    /// Standard cell library in Liberty format [default: osu018 of Debian's package qflow-tech-osu018]
    #[arg(long, value_name = "FILE")]
    liberty: Option<PathBuf>,
    /// Verilog models of the library's cells; may be given several times [default: generated from the library]
    #[arg(long, value_name = "FILE", requires = "liberty")]
    cell_models: Vec<PathBuf>,
    /// Use the device's multipliers; the netlist is then not simulated, for lack of models
    #[arg(long)]
    dsp: bool,
    /// Do not place and route: no delays for iCE40 and ECP5
    #[arg(long)]
    no_place: bool,
    /// Do not measure energy
    #[arg(long)]
    no_energy: bool,
    /// Compare the netlist with the block for about this many cycles, 0 to 1000000; 0 skips the comparison
    #[arg(long, value_name = "N", default_value_t = synthesis::DEFAULT_CYCLES, value_parser = number::between(0, 1_000_000))]
    gate_level: u64,
    /// Seed of the simulated cases
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = number::seed)]
    seed: u64,
    /// Keep results in this folder [default: gen-rtl in the user's cache folder]
    #[arg(long, value_name = "DIR")]
    pub cache: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum EffortName {
    /// Smallest area, whatever the delay
    Area,
    /// Small area, with buffers and sized cells
    Balanced,
    /// Shortest path
    Delay,
}

/// Every device that can be placed, with its target.
fn devices() -> impl Iterator<Item = (&'static Target, &'static Device)> {
    let of = |target: &'static Target| target.placer().map(move |placer| (target, placer));
    let placers = targets::ALL.into_iter().filter_map(of);
    placers.flat_map(|(target, placer)| placer.devices.iter().map(move |device| (target, *device)))
}

fn parse_device(text: &str) -> Result<&'static Device, String> {
    let found = devices().map(|(_, device)| device).find(|device| device.name == text);
    let names = || devices().map(|(_, device)| device.name).collect::<Vec<_>>().join(", ");
    found.ok_or_else(|| format!("expected one of {}", names()))
}

fn device_help() -> String {
    let placers: Vec<&Placer> = targets::ALL.into_iter().filter_map(|target| target.placer()).collect();
    let names = |placer: &&Placer| {
        let names: Vec<&str> = placer.devices.iter().map(|device| device.name).collect();
        format!("{} of {}", names.join(" or "), placer.family)
    };
    let listed: Vec<String> = placers.iter().map(names).collect();
    let usual: Vec<&str> = placers.iter().map(|placer| placer.usual.name).collect();
    format!("The device to place on: {} [default: {}]", listed.join(", "), usual.join(", "))
}

/// The list of targets for the help.
pub fn targets_help() -> String {
    let line = |target: &Target| {
        let line = format!("  {:6} {:34}{}", target.name, target.devices, target.programs);
        line.trim_end().to_string()
    };
    targets::ALL.map(line).join("\n")
}

impl SynthOptions {
    /// The targets, each once, in order.
    fn targets(&self) -> Vec<&'static Target> {
        let is_named = |target: &&Target| self.target.iter().any(|Named(named)| named.contains(target));
        targets::ALL.into_iter().filter(is_named).collect()
    }

    /// A request for each target, in the same order.
    pub fn requests(&self) -> Result<Vec<Request>, Error> {
        let targets = self.targets();
        if let Some((target, device)) = self.device()
            && !targets.contains(&target)
        {
            let (device, family) = (device.name, target.name);
            return Err(Error::new(format!(
                "--device {device} belongs to {family}, which is not among the targets"
            ))
            .help(format!("add --target {family}")));
        }
        Ok(targets.into_iter().map(|target| self.request(target)).collect())
    }

    /// The requested device, with its target.
    fn device(&self) -> Option<(&'static Target, &'static Device)> {
        devices().find(|(_, device)| Some(*device) == self.device)
    }

    /// The options as arguments for another command.
    pub fn arguments(&self) -> Vec<String> {
        let targets = self.targets().into_iter().map(|target| format!("--target={}", target.name));
        let mut arguments: Vec<String> = targets.collect();
        let path =
            |path: &PathBuf| path.canonicalize().unwrap_or_else(|_| path.clone()).display().to_string();
        arguments.extend(self.device.map(|device| format!("--device={}", device.name)));
        let effort = self.effort.to_possible_value().expect("no effort is hidden");
        arguments.push(format!("--effort={}", effort.get_name()));
        arguments.extend(self.liberty.iter().map(|file| format!("--liberty={}", path(file))));
        arguments.extend(self.cell_models.iter().map(|file| format!("--cell-models={}", path(file))));
        let flags = [(self.dsp, "--dsp"), (self.no_place, "--no-place"), (self.no_energy, "--no-energy")];
        arguments.extend(flags.iter().filter(|(is_set, _)| *is_set).map(|(_, flag)| flag.to_string()));
        arguments.extend([format!("--gate-level={}", self.gate_level), format!("--seed={}", self.seed)]);
        arguments
    }

    fn request(&self, target: &'static Target) -> Request {
        Request {
            device: self.device().filter(|(its, _)| *its == target).map(|(_, device)| device),
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

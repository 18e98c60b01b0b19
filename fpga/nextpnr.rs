//! Place and route.

use crate::names::Names;
use crate::targets::{Device, Placer};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;
use testbenches::tools::{self, Finished, ToolError};

/// The frequency that the placer and the router aim at, in MHz, when it should be as high as possible.
pub const AS_FAST_AS_CAN_BE: u32 = 400;

/// The command without the files; its placement is deterministic.
fn command(placer: &Placer, device: &Device, aim: u32) -> Result<Command, ToolError> {
    let mut command = Command::new(placer.nextpnr.find()?);
    command.arg(format!("--{}", device.name)).args(["--package", device.package, "--seed", "1"]);
    command.args(["--freq", &aim.to_string(), "--timing-allow-fail", "--quiet"]);
    Ok(command)
}

/// nextpnr's report, as far as it is used.
#[derive(Deserialize)]
struct Report {
    critical_paths: Vec<CriticalPath>,
    fmax: BTreeMap<String, Frequency>,
}

#[derive(Deserialize)]
struct CriticalPath {
    from: String,
    to: String,
    path: Vec<Step>,
}

#[derive(Deserialize)]
struct Step {
    net: Option<String>,
}

#[derive(Deserialize)]
struct Frequency {
    achieved: f64,
}

/// A routed design.
pub struct Routed {
    /// In MHz; `None` if there is no path between registers.
    pub f_max: Option<f64>,
    /// The signals on the longest path between registers.
    pub path: Vec<String>,
}

/// The outcome of place and route.
pub enum Placed {
    Routed(Routed),
    /// The design is too large, in nextpnr's words.
    TooLarge(String),
}

/// Places and routes `<top>.json` in a folder, aiming at a frequency in MHz; `files` are further options with file
/// names.
pub fn place_and_route(
    placer: &Placer,
    device: &Device,
    aim: u32,
    folder: &Path,
    top: &str,
    files: &[&str],
    names: &Names,
) -> Result<Placed, ToolError> {
    let mut command = command(placer, device, aim)?;
    command.current_dir(folder).args(["--json", &format!("{top}.json"), "--report", "report.json"]);
    command.args(files);
    let finished = tools::run(&mut command)?;
    if !finished.status.success() {
        return too_large(finished).map(Placed::TooLarge);
    }
    let path = folder.join("report.json");
    let failed = |source| ToolError::Io { action: format!("read {}", path.display()), source };
    let report: Report =
        serde_json::from_slice(&fs::read(&path).map_err(failed)?).map_err(|error| failed(error.into()))?;
    let critical = report.critical_paths.iter().find(|path| is_clocked(&path.from) && path.from == path.to);
    let nets = critical.into_iter().flat_map(|critical| critical.path.iter().flat_map(|step| &step.net));
    Ok(Placed::Routed(Routed {
        f_max: report.fmax.values().map(|frequency| frequency.achieved).reduce(f64::min),
        path: names.path(nets.map(String::as_str)),
    }))
}

fn is_clocked(edge: &str) -> bool {
    edge.starts_with("posedge") || edge.starts_with("negedge")
}

/// nextpnr's messages for a design that does not fit; any other failure is an error.
fn too_large(finished: Finished) -> Result<String, ToolError> {
    let is_full = |line: &&str| {
        let line = line.to_ascii_lowercase();
        ["no bels remaining", "unable to place", "unable to find a placement", "failed to expand"]
            .iter()
            .any(|words| line.contains(words))
    };
    match finished.output.lines().find(is_full).map(|line| line.trim_start_matches("ERROR: ").to_string()) {
        Some(line) => Ok(line),
        None => Err(finished.into_error()),
    }
}

//! Standard cells: Yosys and ABC, delays and power from OpenSTA, switching from a simulation of the gates.

mod areas;
mod cells;
mod delays;
mod gates;
mod liberty;
mod sta;
mod switching;

use crate::figures::{Energy, Figures, Resources, Timing};
use crate::gate_level;
use crate::job::{Effort, Job};
use crate::netlist::Netlist;
use crate::tools::{OPENSTA, name_and_version};
use crate::yosys;
use gates::Gates;
use liberty::{Library, LibraryCell, nand_area};
use sta::Session;
use std::collections::BTreeMap;
use std::path::Path;
use testbenches::tools::YOSYS;
use testbenches::{ToolError, Trace, VerifyError};

/// The ways in which ABC maps logic; the best result is taken.
const AREA: [(&str, &str); 2] =
    [("area.abc", include_str!("area.abc")), ("area_by_luts.abc", include_str!("area_by_luts.abc"))];
const BALANCED: [(&str, &str); 1] = [("balanced.abc", include_str!("balanced.abc"))];
const DELAY: [(&str, &str); 2] =
    [("delay.abc", include_str!("delay.abc")), ("delay_by_luts.abc", include_str!("delay_by_luts.abc"))];

/// The inputs of the flow besides the job.
pub struct Inputs {
    library: Library,
    /// The run in which energy is measured, if it is.
    typical: Option<Trace>,
}

impl Inputs {
    /// Reads the library, and runs the block with typical stimulus.
    pub fn of(job: &Job) -> Result<Inputs, VerifyError> {
        let library = Library::open(job.request.liberty.as_deref(), &job.request.cell_models)?;
        let typical = job.request.energy.then(|| job.typical()).transpose()?;
        Ok(Inputs { library, typical })
    }
}

/// Everything besides the job that the results depend on, for the cache.
pub fn recipe(Inputs { library, typical }: &Inputs) -> String {
    let scripts = [&AREA[..], &BALANCED, &DELAY].concat();
    let scripts: String = scripts.into_iter().map(|(_, script)| script).collect();
    format!("{scripts}{} {:?}\n{}{typical:?}", library.path.display(), library.models, library.text)
}

/// A mapped netlist, with the figures by which it was chosen.
struct Mapped {
    netlist: Netlist,
    verilog: String,
    delay: sta::LongestPath,
    area: f64,
}

/// Synthesises a block for a library.
pub fn run(job: &Job, Inputs { library, typical }: &Inputs) -> Result<Figures, VerifyError> {
    let cells = library.cells(job.folder())?;
    let mapped = best(job, library, &cells)?;
    let (top, folder) = (&job.design.top, job.folder());
    let gates = Gates::new(top, &mapped.netlist, &cells)?;
    let session = Session { folder, library, gates: &gates, clock: clock(job, &gates) };
    let energy = typical.as_ref().map(|typical| energy(job, &session, typical, mapped.delay.delay));
    let energy = energy.transpose()?;
    let models = library.models(folder)?;
    let kinds = mapped.netlist.count_cells();
    let is_flip_flop =
        |kind: &String| cells[kind].function.as_ref().is_some_and(|function| function.flip_flop.is_some());
    Ok(Figures {
        target: job.request.target,
        device: library.name(),
        tools: vec![name_and_version(YOSYS)?, name_and_version(OPENSTA)?],
        resources: Resources {
            flip_flops: kinds.iter().filter(|(kind, _)| is_flip_flop(kind)).map(|(_, count)| count).sum(),
            area: Some(mapped.area),
            gate_equivalents: nand_area(&cells).map(|nand| mapped.area / nand),
            cells: kinds,
            ..Resources::default()
        },
        timing: Some(Timing {
            delay: mapped.delay.delay,
            f_max: 1000.0 / mapped.delay.delay,
            path: job.names.path(mapped.delay.nets.iter().map(|net| gates.net_names[*net].as_str())),
            method: "OpenSTA, without wires".into(),
        }),
        energy,
        gate_level: gate_level::check(job, &mapped.verilog, &models)?,
        remarks: vec![],
    })
}

/// Maps the block in each way, and returns the result with the least area or delay.
fn best(job: &Job, library: &Library, cells: &BTreeMap<String, LibraryCell>) -> Result<Mapped, ToolError> {
    let scripts: &[_] = match job.request.effort {
        Effort::Area => &AREA,
        Effort::Balanced => &BALANCED,
        Effort::Delay => &DELAY,
    };
    let mut best: Option<Mapped> = None;
    for (name, script) in scripts {
        let mapped = map(job, library, cells, name, script)?;
        let cost = |mapped: &Mapped| match job.request.effort {
            Effort::Area | Effort::Balanced => mapped.area,
            Effort::Delay => mapped.delay.delay,
        };
        if best.as_ref().is_none_or(|best| cost(&mapped) < cost(best)) {
            best = Some(mapped);
        }
    }
    Ok(best.expect("there is a script"))
}

fn map(
    job: &Job,
    library: &Library,
    cells: &BTreeMap<String, LibraryCell>,
    name: &str,
    script: &str,
) -> Result<Mapped, ToolError> {
    let top = &job.design.top;
    let (liberty, script_file) = (for_abc(job.folder(), &library.file()), for_abc(job.folder(), name));
    job.write(name, script)?;
    let commands = vec![
        yosys::read(job.design.file_names()),
        format!("synth -flatten -top {top}"),
        format!("dfflibmap -liberty {liberty}"),
        format!("abc -liberty {liberty} -script {script_file}"),
        "opt_clean -purge".into(),
        "write_verilog -noattr -noexpr mapped.v".into(),
    ];
    let netlist = yosys::synthesize(job.folder(), top, commands)?;
    let gates = Gates::new(top, &netlist, cells)?;
    let session = Session { folder: job.folder(), library, gates: &gates, clock: clock(job, &gates) };
    let delay = session.longest_path()?;
    let area = area(&gates, cells)?;
    Ok(Mapped { verilog: job.read("mapped.v")?, delay, area, netlist })
}

/// The path of a file for an ABC command. Yosys gives ABC the full path of the folder, which must not contain spaces;
/// if it does, the folder has another name, known to the programs that run in it.
fn for_abc(folder: &Path, file: &str) -> String {
    let is_odd =
        folder.to_string_lossy().contains(|c: char| !c.is_ascii_alphanumeric() && !"/_-.+".contains(c));
    if is_odd { format!("/proc/self/cwd/{file}") } else { file.into() }
}

/// The area of all cells.
fn area(gates: &Gates, cells: &BTreeMap<String, LibraryCell>) -> Result<f64, ToolError> {
    let of = |kind: &String| {
        cells[kind].area.ok_or_else(|| ToolError::Design {
            top: gates.top.clone(),
            reason: format!("the library gives no area for its cell `{kind}`"),
        })
    };
    gates.cells.iter().map(|cell| of(&cell.kind)).sum()
}

/// The net of the clock.
fn clock(job: &Job, gates: &Gates) -> Option<usize> {
    job.design.clock.as_ref().map(|clock| gates.inputs[clock][0])
}

/// Energy at the shortest period that the netlist allows.
fn energy(job: &Job, session: &Session, typical: &Trace, period: f64) -> Result<Energy, VerifyError> {
    let delays = delays::read(&session.sdf()?);
    let switching = switching::measure(session.gates, &delays, typical)?;
    let powers = session.cell_powers(period)?;
    let beats = job.beats(typical);
    let per_beat = |changes: &[u64]| {
        let joules: f64 = session
            .gates
            .cells
            .iter()
            .zip(&powers)
            .map(|(cell, power)| {
                power.idle * period * 1e-9 * switching.cycles as f64
                    + power.change * cell.output_changes(changes)
            })
            .sum();
        joules * 1e12 / beats as f64
    };
    Ok(Energy {
        per_beat: per_beat(&switching.changes),
        without_glitches: per_beat(&switching.settled),
        leakage: powers.iter().map(|power| power.leakage).sum::<f64>() * 1e6,
        beats,
        cycles: switching.cycles,
        period,
        model:
            "cells' delays from OpenSTA, inertial: a pulse shorter than a cell's delay dies there; no wires"
                .into(),
    })
}

//! Devices: cells from Yosys, delays from nextpnr for the devices that it supports.

use crate::figures::{Figures, Resources, Timing};
use crate::gate_level;
use crate::harness::INSTANCE;
use crate::job::Job;
use crate::nextpnr::{AS_FAST_AS_CAN_BE, Placed, place_and_route};
use crate::targets::{Counts, Family, Placer};
use crate::tools::name_and_version;
use crate::yosys;
use std::collections::BTreeMap;
use testbenches::tools::{YOSYS, working_folder};
use testbenches::{ToolError, VerifyError, VerilogDesign};

/// The cells of a design on a family of devices, without placing it.
pub fn cells(design: &VerilogDesign, family: &Family) -> Result<Counts, ToolError> {
    let folder = working_folder()?;
    design.write_to(folder.path())?;
    let commands = mapping(design.file_names(), &(family.command)(false), &design.top);
    let netlist = yosys::synthesize(folder.path(), &design.top, commands)?;
    Ok(family.cells.count(&netlist.count_cells()))
}

/// The commands that map files to cells.
fn mapping<'a>(files: impl Iterator<Item = &'a str>, synth: &str, top: &str) -> Vec<String> {
    vec![yosys::read(files), format!("{synth} -top {top}")]
}

/// Cells of the netlist that cannot be simulated.
fn without_model(resources: &Resources, family: &Family) -> Option<&'static str> {
    let has = |count: Option<u64>| count.is_some_and(|count| count > 0);
    match () {
        () if has(resources.dsps) => Some("multipliers"),
        () if has(resources.block_rams) && !family.models_block_rams => Some("block RAMs"),
        () => None,
    }
}

/// Synthesises a block for a device.
pub fn run(job: &Job, family: &Family) -> Result<Figures, VerifyError> {
    let request = job.request;
    let (top, synth) = (&job.design.top, (family.command)(request.use_dsps));
    let mut commands = mapping(job.design.file_names(), &synth, top);
    commands.push("write_verilog -noattr -noexpr mapped.v".into());
    let netlist = yosys::synthesize(job.folder(), top, commands)?;
    let counts = family.cells.count(&netlist.count_cells());
    let mut remarks: Vec<String> = counts.unknown.iter().map(|kind| unknown(kind)).collect();
    let resources = resources(counts, netlist.count_cells());
    let gate_level = match without_model(&resources, family) {
        None => gate_level::check(job, &job.read("mapped.v")?, &(family.models)()?)?,
        Some(cells) => {
            remarks.push(format!("the netlist was not simulated: there are no models of {cells}"));
            None
        }
    };
    let mut figures = Figures {
        target: request.target,
        device: request.target.name.into(),
        tools: vec![name_and_version(YOSYS)?],
        resources,
        timing: None,
        energy: None,
        gate_level,
        remarks,
    };
    if let Some(placer) = family.placer.filter(|_| request.place) {
        place(job, placer, &synth, &mut figures)?;
    }
    Ok(figures)
}

/// Adds the delay of the placed and routed block.
fn place(job: &Job, placer: &Placer, synth: &str, figures: &mut Figures) -> Result<(), VerifyError> {
    let device = job.request.device(placer)?;
    let files = job.write_harness()?;
    let commands = mapping(files.iter().map(String::as_str), synth, "harness");
    yosys::synthesize(job.folder(), "harness", commands)?;
    figures.device = format!("{} {}", device.name, device.package);
    figures.tools.push(name_and_version(placer.nextpnr)?);
    match place_and_route(placer, device, AS_FAST_AS_CAN_BE, job.folder(), "harness", &[], &job.names)? {
        Placed::Routed(routed) => {
            figures.timing = routed.f_max.map(|f_max| Timing {
                delay: 1000.0 / f_max,
                f_max,
                path: within_block(routed.path),
                method: "nextpnr, between registers, placed and routed".into(),
            });
        }
        Placed::TooLarge(reason) => {
            let remark = format!("with its harness it does not fit the {}: {reason}", device.name);
            figures.remarks.push(remark);
        }
    }
    Ok(())
}

/// Signals of the harness's instance by their names in the block.
fn within_block(path: Vec<String>) -> Vec<String> {
    let prefix = format!("{INSTANCE}.");
    path.into_iter().map(|name| name.strip_prefix(&prefix).map_or(name.clone(), String::from)).collect()
}

/// The number of cells of each class, and of each kind.
fn resources(counts: Counts, cells: BTreeMap<String, u64>) -> Resources {
    Resources {
        luts: Some(counts.luts),
        carries: Some(counts.carries),
        flip_flops: counts.flip_flops,
        dsps: Some(counts.dsps),
        block_rams: Some(counts.block_rams),
        lut_rams: Some(counts.lut_rams),
        area: None,
        gate_equivalents: None,
        cells,
    }
}

fn unknown(kind: &str) -> String {
    format!("cells `{kind}` are not counted: their class is unknown")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::targets::{ECP5, Flow, ICE40, Target, XC7, XCUP};

    fn without_model_of(target: &Target, cell: &str) -> Option<&'static str> {
        let Flow::Devices(family) = &target.flow else { panic!("{target:?} is no family of devices") };
        let cells = BTreeMap::from([(cell.to_string(), 1)]);
        without_model(&resources(family.cells.count(&cells), cells), family)
    }

    #[test]
    fn cells_without_a_model_are_not_simulated() {
        for (target, cell, expected) in [
            (&ICE40, "SB_RAM40_4K", None),
            (&ECP5, "DP16KD", None),
            (&XC7, "RAMB18E1", Some("block RAMs")),
            (&XCUP, "RAMB36E2", Some("block RAMs")),
            (&XC7, "RAM32M", None),
            (&XC7, "DSP48E1", Some("multipliers")),
        ] {
            assert_eq!(without_model_of(target, cell), expected, "{cell}");
        }
    }
}

//! Devices: Yosys for the cells, and nextpnr for what it knows.

use crate::figures::{Figures, Resources, Timing};
use crate::gate_level;
use crate::harness::INSTANCE;
use crate::job::Job;
use crate::netlist::Netlist;
use crate::nextpnr::{AS_FAST_AS_CAN_BE, Placed, place_and_route};
use crate::target::Target;
use crate::tools::name_and_version;
use crate::yosys;
use testbenches::tools::YOSYS;
use testbenches::{ToolError, VerifyError};

/// What Yosys is told for a family: the command without the top module.
pub fn command(target: Target, use_dsps: bool) -> String {
    let without = |option: &str| if use_dsps { String::new() } else { format!(" {option}") };
    match target {
        Target::Ice40 => format!("synth_ice40{}", if use_dsps { " -dsp" } else { "" }),
        Target::Ecp5 => format!("synth_ecp5{}", without("-nodsp")),
        Target::Xcup | Target::Xc7 => format!(
            "synth_xilinx -family {} -flatten -noiopad -noclkbuf -nowidelut{}",
            target.name(),
            without("-nodsp")
        ),
        Target::Asic => unreachable!("standard cells have a flow of their own"),
    }
}

/// What Yosys's model of ECP5's block memory lacks.
const DP16KD: &str = include_str!("dp16kd.v");

/// Models of a family's cells, of Yosys; it has none of multipliers.
pub fn models(target: Target) -> Result<String, ToolError> {
    match target {
        Target::Ice40 => {
            Ok(format!("`define NO_ICE40_DEFAULT_ASSIGNMENTS\n{}", yosys::shared_text("ice40/cells_sim.v")?))
        }
        Target::Ecp5 => ecp5_models(),
        _ => yosys::shared_text("xilinx/cells_sim.v"),
    }
}

fn ecp5_models() -> Result<String, ToolError> {
    let mut text = String::new();
    let mut is_memory = false;
    for file in ["cells_sim.v", "cells_ff.vh", "cells_io.vh"] {
        for line in yosys::shared_text(&format!("ecp5/{file}"))?.lines() {
            is_memory |= line.starts_with("module DP16KD");
            let ends = line.trim_start().starts_with("endmodule");
            if is_memory && ends {
                text += DP16KD;
            }
            is_memory &= !ends;
            if !line.trim_start().starts_with("`include") {
                text += line;
                text += "\n";
            }
        }
    }
    Ok(text)
}

/// Synthesises a block for a device.
pub fn run(job: &Job) -> Result<Figures, VerifyError> {
    let request = job.request;
    let (top, synth) = (&job.design.top, command(request.target, request.use_dsps));
    let commands = vec![
        yosys::read(job.design.file_names()),
        format!("{synth} -top {top}"),
        "write_verilog -noattr -noexpr mapped.v".into(),
    ];
    let netlist = yosys::synthesize(job.folder(), top, commands)?;
    let resources = resources(&netlist);
    let mut remarks = vec![];
    let gate_level = match resources.dsps {
        None | Some(0) => gate_level::check(job, &job.read("mapped.v")?, &models(request.target)?)?,
        Some(_) => {
            remarks.push("the netlist was not run: there are no models of multipliers".into());
            None
        }
    };
    let mut figures = Figures {
        target: request.target,
        device: request.target.name().into(),
        tools: vec![name_and_version(YOSYS)?],
        resources,
        timing: None,
        energy: None,
        gate_level,
        remarks,
    };
    if matches!(request.target, Target::Ice40 | Target::Ecp5) && request.place {
        place(job, &synth, &mut figures)?;
    }
    Ok(figures)
}

/// Adds the delay of the placed and routed block.
fn place(job: &Job, synth: &str, figures: &mut Figures) -> Result<(), VerifyError> {
    let device = job.request.device();
    let files = job.write_harness()?;
    let commands = vec![yosys::read(files.iter().map(String::as_str)), format!("{synth} -top harness")];
    yosys::synthesize(job.folder(), "harness", commands)?;
    figures.device = format!("{} {}", device.name(), device.package());
    figures.tools.push(name_and_version(device.nextpnr())?);
    match place_and_route(device, AS_FAST_AS_CAN_BE, job.folder(), "harness", &[], &job.names)? {
        Placed::Routed(routed) => {
            figures.timing = routed.f_max.map(|f_max| Timing {
                delay: 1000.0 / f_max,
                f_max,
                path: within_block(routed.path),
                method: "nextpnr, between registers, placed and routed".into(),
            });
        }
        Placed::TooLarge(reason) => {
            let remark = format!("with its harness it does not fit the {}: {reason}", device.name());
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

/// Cells by what they are, from the names that the vendors gave them.
fn resources(netlist: &Netlist) -> Resources {
    let none = Some(0);
    let mut resources = Resources {
        luts: none,
        carries: none,
        dsps: none,
        block_rams: none,
        lut_rams: none,
        cells: netlist.count_cells(),
        ..Resources::default()
    };
    for (kind, count) in &resources.cells.clone() {
        let begins = |prefixes: &[&str]| prefixes.iter().any(|prefix| kind.starts_with(prefix));
        let place = match kind.as_str() {
            _ if begins(&["SB_LUT4", "LUT"]) => resources.luts.get_or_insert(0),
            _ if begins(&["SB_CARRY", "CCU2C", "CARRY"]) => resources.carries.get_or_insert(0),
            _ if begins(&["SB_DFF", "TRELLIS_FF", "FD"]) => &mut resources.flip_flops,
            _ if begins(&["SB_MAC16", "MULT18X18D", "DSP48"]) => resources.dsps.get_or_insert(0),
            _ if begins(&["SB_RAM40", "SB_SPRAM", "DP16KD", "PDPW16KD", "RAMB"]) => {
                resources.block_rams.get_or_insert(0)
            }
            _ if begins(&["TRELLIS_DPR", "RAM", "SRL"]) => resources.lut_rams.get_or_insert(0),
            _ => continue,
        };
        *place += count;
    }
    resources
}

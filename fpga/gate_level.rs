//! Compares the synthesised netlist with the block's testbench, on Verilator with models of its cells.

use crate::figures::GateLevel;
use crate::job::Job;
use testbenches::verilator::{Optimize, Verilator, VerilatorModel, VerilatorOptions, Warnings};
use testbenches::{ToolError, VerilogDesign, replay_checked};

/// Repeats a recorded run of the block on its netlist, given as Verilog with the block's ports, with models of the
/// cells, and compares the outputs that the golden model specifies: the others depend on the initial state of the
/// device's registers.
pub fn check(job: &Job, netlist: &str, models: &str) -> Result<Option<GateLevel>, ToolError> {
    let Some(trace) = &job.recorded else { return Ok(None) };
    let cycles = trace.cycles() as u64;
    let model = model(&job.design, netlist, models, cycles)?;
    Ok(Some(GateLevel {
        cycles,
        checked_values: trace.checked_values() as u64,
        mismatch: replay_checked(trace, &mut model.start()).err().map(|mismatch| mismatch.to_string()),
    }))
}

/// A netlist with models of its cells on Verilator, ready for a run of `cycles` cycles; its ports are the design's.
pub fn model(
    design: &VerilogDesign,
    netlist: &str,
    models: &str,
    cycles: u64,
) -> Result<VerilatorModel, ToolError> {
    let files = [("netlist.v", netlist), ("models.v", models)];
    let files = files.map(|(name, text)| (name.into(), text.into())).into();
    let gates = VerilogDesign { files, ..design.clone() };
    let optimize = Optimize::for_cycles(cycles);
    let verilator = Some(Verilator::newest()?.for_netlists()?);
    let options =
        VerilatorOptions { optimize, warnings: Warnings::Ignored, verilator, ..VerilatorOptions::default() };
    VerilatorModel::build(&gates, &options)
}

//! The synthesised netlist against the block's testbench, on Verilator with models of its cells.

use crate::figures::GateLevel;
use crate::job::Job;
use hdl::Clocking;
use testbenches::verilator::{VerilatorModel, VerilatorOptions, Warnings};
use testbenches::{ToolError, Trace, VerilogDesign, replay_from};

/// Repeats the recorded run of the block on its netlist, given as Verilog with the block's ports, with models of the cells.
pub fn check(job: &Job, netlist: &str, models: &str) -> Result<Option<GateLevel>, ToolError> {
    let Some(trace) = &job.recorded else { return Ok(None) };
    let model = model(&job.design, netlist, models)?;
    Ok(Some(GateLevel {
        cycles: trace.cycles() as u64,
        checked_values: trace.checked_values() as u64,
        mismatch: replay_from(trace, &mut model.start(), end_of_reset(trace))
            .err()
            .map(|mismatch| mismatch.to_string()),
    }))
}

/// A netlist with models of its cells, for Verilator; its ports are the design's.
pub fn model(design: &VerilogDesign, netlist: &str, models: &str) -> Result<VerilatorModel, ToolError> {
    let files = [("netlist.v", netlist), ("models.v", models)];
    let files = files.map(|(name, text)| (name.into(), text.into())).into();
    let gates = VerilogDesign { files, ..design.clone() };
    let options = VerilatorOptions { warnings: Warnings::Ignored, ..VerilatorOptions::default() };
    VerilatorModel::build(&gates, &options)
}

/// The first cycle after the reset: before it a device's registers have values of their own.
fn end_of_reset(trace: &Trace) -> usize {
    let reset = trace.ports().iter().position(|port| port.name == Clocking::default().reset);
    let released = |reset: usize| (0..trace.cycles()).find(|cycle| trace.value(*cycle, reset).bit(0));
    reset.and_then(released).unwrap_or(0)
}

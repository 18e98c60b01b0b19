//! What the tests run on.

use testbenches::SimulatorKind;
use testbenches::tools::{GXX, IVERILOG, VERILATOR, VVP};

/// The simulators whose programs are installed; with `GEN_RTL_TOOLS=required` all, so that a missing one fails.
pub fn simulators() -> Vec<SimulatorKind> {
    let is_required = std::env::var("GEN_RTL_TOOLS").is_ok_and(|value| value == "required");
    let programs = |kind| match kind {
        SimulatorKind::Builtin => vec![],
        SimulatorKind::Verilator => vec![VERILATOR, GXX],
        SimulatorKind::Icarus => vec![IVERILOG, VVP],
    };
    let is_there =
        |kind: &SimulatorKind| is_required || programs(*kind).iter().all(|tool| tool.find().is_ok());
    SimulatorKind::ALL.into_iter().filter(is_there).collect()
}

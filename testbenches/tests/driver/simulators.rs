//! The simulators that the tests run on.

use testbenches::{SimulatorKind, simulators};

/// The simulators whose programs are installed; with `GEN_RTL_TOOLS=required` all, so that a missing one fails.
pub fn simulators() -> Vec<&'static SimulatorKind> {
    let is_required = std::env::var("GEN_RTL_TOOLS").is_ok_and(|value| value == "required");
    let is_there = |kind: &&SimulatorKind| is_required || kind.tools.iter().all(|tool| tool.find().is_ok());
    simulators::ALL.into_iter().filter(is_there).collect()
}

//! A testbench that runs without this program.

use super::VerifyError;
use super::recording::{RecordedRun, record};
use crate::icarus::{Style, testbench};
use blocks::block::Configured;

/// A self-checking testbench in Verilog, its vectors, and the design.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StandaloneTestbench {
    /// The testbench's module: the top of the simulation.
    pub module: String,
    /// The files of the testbench, Verilog first, as name and text. A comment at its beginning says how to run it.
    pub files: Vec<(String, String)>,
    /// The files of the design, as name and text.
    pub design: Vec<(String, String)>,
    /// Number of clock cycles.
    pub cycles: usize,
    /// Number of values that are compared with the golden model's.
    pub checked_values: usize,
}

/// A testbench with a number of corner-weighted random cases, for Icarus or any other Verilog simulator.
///
/// The error is [`VerifyError::Wrong`] if the design differs from its golden model.
pub fn standalone_testbench(
    block: &dyn Configured,
    vectors: u64,
    seed: u64,
) -> Result<StandaloneTestbench, VerifyError> {
    let RecordedRun { design, trace } = record(block, &block.random(seed), vectors, seed)?;
    let style = Style::of(&design);
    let bench = testbench(&design, &trace, &style)?;
    Ok(StandaloneTestbench {
        module: style.name,
        files: [(bench.file, bench.verilog)].into_iter().chain(bench.memory_files).collect(),
        design: design.files,
        cycles: trace.cycles(),
        checked_values: trace.checked_values(),
    })
}

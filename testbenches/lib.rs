//! One testbench on three simulators.

mod coverage;
mod design;
pub mod driver;
pub mod icarus;
pub mod lint;
pub mod mutation;
mod parallel;
pub mod tools;
mod trace;
pub mod user_cache;
mod verify;
pub mod verilator;

pub use coverage::CoverageReport;
pub use design::{AsynchronousReset, VerilogDesign};
pub use driver::Failure;
pub use tools::ToolError;
pub use trace::{Mismatch, Recorder, Trace, replay, replay_checked};
pub use verify::{
    Agreement, Progress, RecordedRun, Report, Request, SimulatorKind, SpaceReport, StandaloneTestbench,
    Vectors, VerifyError, agreement, record, simulators, standalone_testbench, verify,
};

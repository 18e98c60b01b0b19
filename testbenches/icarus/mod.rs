//! Icarus Verilog as a simulator: it repeats a recorded trace in a generated testbench.
//!
//! It models unknown bits (X), which the other simulators do not, and the testbench runs without this program.

mod run;
mod testbench;
mod vectors;

pub use run::{IcarusReport, run};
pub use testbench::{GeneratedTestbench, Style, testbench};

//! The command `gen-rtl`: its arguments, its output, and the files that it reads and writes.
//!
//! Its folders are layers, the upper ones first; each uses only those below it:
//!
//! - `commands`: a file or a folder for each command;
//! - `networks`: spiking networks in files;
//! - `weights`: weight matrices in file formats of other programs;
//! - `files`: output files and folders;
//! - `block`: the chosen block and its parameters;
//! - `terminal`: printed output, and how the command ends.
//!
//! Without the feature `full` it only writes Verilog, and builds in a fraction of the time. Simulators, synthesis
//! flows, reports and readers of weights are in `commands::full` and in `weights`.

pub mod block;
pub mod command;
pub mod commands;
pub mod files;
#[cfg(test)]
mod fuzz;
#[cfg(feature = "full")]
mod networks;
pub mod terminal;
#[cfg(feature = "full")]
mod weights;

pub use command::main;

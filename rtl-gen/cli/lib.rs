//! The command `gen-rtl`: what it understands, and what it prints and writes.
//!
//! Its folders are layers, the upper ones first; each takes from those below it only:
//!
//! - `commands`: a file or a folder for each;
//! - `weights`: matrices of weights in the files of others;
//! - `files`: what is written, and where;
//! - `block`: the block and its parameters, as they were asked for;
//! - `terminal`: what is printed, and how the command ends.
//!
//! Without the feature `full` it has what writes Verilog, which builds in a fraction of the time: simulators, flows of
//! synthesis, reports and readers of weights are in `commands::full` and in `weights`.

pub mod block;
pub mod command;
pub mod commands;
pub mod files;
#[cfg(test)]
mod fuzz;
pub mod terminal;
#[cfg(feature = "full")]
mod weights;

pub use command::main;

//! The command `gen-rtl`: what it understands, and what it prints and writes.
//!
//! Without the feature `full` it has what writes Verilog, which builds in a fraction of the time: simulators, flows of
//! synthesis, reports and readers of weights are in the module `full`.

pub mod children;
pub mod command;
pub mod completions;
pub mod config;
pub mod describe;
pub mod error;
pub mod folder;
#[cfg(feature = "full")]
pub mod full;
#[cfg(test)]
mod fuzz;
pub mod generate;
pub mod interrupt;
pub mod json;
pub mod kept;
pub mod list;
pub mod manifest;
pub mod not_built;
pub mod number;
pub mod output;
pub mod place;
pub mod refused;
pub mod rtl;
pub mod selection;
pub mod table;
pub mod version;
mod views;

pub use command::main;

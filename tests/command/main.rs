//! The `gen-rtl` command as a user runs it, and the layers that it is made of.

mod arguments;
mod config;
mod describe;
mod folder;
mod generate;
mod interrupts;
mod layers;
mod model;
mod mutate;
mod places;
mod report;
mod streams;
mod support;
mod synth;
mod testbench;
mod verify;
mod weights;

/// The program that runs.
const PROGRAM: &str = env!("CARGO_BIN_EXE_gen-rtl");

//! The `gen-rtl` command as a user runs it, and the layers of its code.

mod arguments;
mod config;
mod describe;
mod folder;
mod generate;
mod interrupts;
mod layers;
mod lists;
mod messages;
mod model;
mod mutate;
mod networks;
mod places;
mod reference;
mod report;
mod streams;
mod support;
mod synth;
mod testbench;
mod verify;
mod weights;

/// The program under test.
const PROGRAM: &str = env!("CARGO_BIN_EXE_gen-rtl");

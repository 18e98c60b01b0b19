//! The `gen-rtl` command as a user runs it.

mod arguments;
mod config;
mod describe;
mod folder;
mod generate;
mod interrupts;
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

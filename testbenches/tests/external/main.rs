//! The external simulators and linters, on small designs written by hand and on random ones. `scripts/install-tools` installs them.

mod designs;
mod icarus;
mod language;
mod lint;
mod random_designs;
mod regression;
mod rv32i;
mod trace;
mod verilator;
mod words;
mod yosys;

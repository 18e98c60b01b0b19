//! The external simulators and linters, on small designs written by hand. `scripts/install-tools` installs them.

mod designs;
mod icarus;
mod lint;
mod needed;
mod regression;
mod trace;
mod verilator;

//! The chosen block, its parameters and its Verilog.

pub mod config;
pub mod kept;
pub mod refused;
pub mod rtl;
pub mod selection;
pub mod version;
pub mod views;

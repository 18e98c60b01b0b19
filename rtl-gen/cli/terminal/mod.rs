//! Printed output, and how the command ends.

pub mod children;
pub mod error;
pub mod interrupt;
pub mod json;
pub mod number;
pub mod program;
#[cfg(feature = "full")]
pub mod programs;
#[cfg(feature = "full")]
pub mod progress;
pub mod size;
pub mod style;
pub mod table;
pub mod verbosity;

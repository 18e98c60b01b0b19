//! The commands.

pub mod completions;
pub mod describe;
#[cfg(feature = "full")]
pub mod full;
pub mod generate;
pub mod list;
pub mod man;
pub mod not_built;

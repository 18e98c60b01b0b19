//! Binary floating point: formats, and the steps of which operators are made.

pub mod fields;
mod format;
pub mod product;
pub mod scaled;
pub mod sum;

pub use format::{FloatClass, FloatFormat};

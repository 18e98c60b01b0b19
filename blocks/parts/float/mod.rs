//! Binary floating point: formats, and building blocks of operators.

pub mod fields;
mod format;
pub mod product;
pub mod scaled;
pub mod sum;

pub use format::{FloatClass, FloatFormat};

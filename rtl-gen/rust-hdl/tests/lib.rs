//! What the tests share: golden answers, and the tools that look at the Verilog.

mod tools;
mod vectors;

pub use tools::{icarus, lint, yosys};
pub use vectors::{Vectors, hex};

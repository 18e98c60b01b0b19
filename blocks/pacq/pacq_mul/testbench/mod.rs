//! Stimulus, coverage and the golden model in terms of beats.

mod coverage;
mod golden;
mod stimulus;

pub use coverage::{coverage_points, observe};
pub use golden::Golden;
pub use stimulus::{random, spaces, typical};

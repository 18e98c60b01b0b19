#![doc = include_str!("README.md")]

mod encoder;
mod frames;
pub mod fusion;
#[cfg(test)]
mod tests;

pub use encoder::{Encoding, THRESHOLDS, encodings};
pub use frames::{Frames, GROUP, scene};
pub use fusion::{Fusion, RtlCheck, STAGES, fusions, rtl_check};

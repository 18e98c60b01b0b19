//! Quantised weights whose rounding is trained against the output error: TesseraQ (arXiv 2410.19103), progressive adaptive
//! rounding with block reconstruction and tuned scales of dequantisation. The README beside describes the method.
//!
//! A [`Network`] is what is reconstructed: a [`Linear`] layer or a [`Decoder`] block of a language model. [`Training`] rounds its
//! matrices; [`scaling`] is the activation-aware scaling that results are compared with.

mod adam;
mod decoder;
mod linear;
mod network;
#[cfg(test)]
mod pattern;
mod product;
pub mod scaling;
mod schedule;
mod sigmoid;
mod soft;
#[cfg(test)]
mod tests;
mod training;

pub use decoder::{Decoder, MATRICES, Shape};
pub use linear::Linear;
pub use network::{Network, Readers, Sample, dequantised, relative_error};
pub use soft::State;
pub use training::{NotFinite, Options, Training, energies};

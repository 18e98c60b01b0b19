//! Performance of a system's hardware on real layers, measured in simulation, beside its paper's figures.

mod error;
pub mod loas;
pub mod npy;
pub mod pacq;
mod ports;
mod streams;
mod synthesis;

pub use error::ReportError;
pub use synthesis::Area;

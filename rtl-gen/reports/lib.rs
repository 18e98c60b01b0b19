//! Performance of a system's hardware on real layers, measured in simulation or modelled, beside its paper's figures.

pub mod crossbar;
mod error;
pub mod loas;
pub mod meadow;
pub mod npy;
pub mod pacq;
mod ports;
pub mod respike;
mod rig;
pub mod sensing;
pub mod snn;
pub mod statten;
mod streams;
mod synthesis;

pub use error::ReportError;
pub use synthesis::Area;

//! What the hardware of a system does on real layers, counted in simulation, beside what its paper says.

mod error;
pub mod loas;
pub mod npy;
pub mod pacq;
mod ports;
mod streams;
mod synthesis;

pub use error::ReportError;
pub use synthesis::Area;

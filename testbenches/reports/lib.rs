//! What the hardware of a system does on real layers, counted in simulation, beside what its paper says.

mod error;
pub mod loas;
mod synthesis;

pub use error::ReportError;
pub use synthesis::Area;

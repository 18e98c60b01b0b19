//! Code shared by the golden models and testbenches of several blocks.

pub mod exact;
pub mod float_stimulus;
pub mod row_framing;

//! What golden models and testbenches of several blocks share.

pub mod exact;
pub mod float_stimulus;

//! Code shared by several blocks: by their hardware, their golden models and their testbenches.

pub mod counter;
pub mod exact;
pub mod float_stimulus;
pub mod flow;
pub mod frames;
pub mod lanes;
pub mod memory;
pub mod registers;
pub mod row_framing;
pub mod saturate;

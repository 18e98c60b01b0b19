//! Hardware that several blocks share.

pub mod float;
pub mod leading_zeros;
pub mod pipeline;
pub mod shift;

//! What several blocks share: float formats, exact arithmetic for models, hardware for blocks.

pub mod exact;
pub mod float;
pub mod float_stimulus;
pub mod prefix;
pub mod registers;
pub mod rtl;

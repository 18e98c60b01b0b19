//! Activation and attention functions, in integers.

pub mod gelu;
pub mod rectified;
pub mod silu;
pub mod softmax;

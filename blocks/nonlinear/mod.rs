//! Activation and attention functions, in integers.

pub mod gelu;
pub mod layer_norm;
pub mod rectified;
pub mod silu;
pub mod softmax;

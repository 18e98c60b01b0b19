//! Functions of attention and of neurons, in integers.

pub mod gelu;
pub mod rectified;
pub mod silu;
pub mod softmax;

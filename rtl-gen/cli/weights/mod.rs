//! Weight matrices in files, for `pack`, `unpack`, `model` and `simulate`.

pub mod coded;
mod config;
pub mod decoder;
pub mod dense;
pub mod floats;
pub mod gguf;
mod groups;
pub mod int8;
pub mod kind;
pub mod layouts;
pub mod names;
mod npy;
pub mod packed;
pub mod source;
pub mod tensors;
pub mod write;

pub use npy::{Tokens, read_activations, read_tokens, write_int8, write_results};
pub use packed::{Packed, read as read_packed};

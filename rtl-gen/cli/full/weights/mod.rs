//! Weight matrices in files: what `pack`, `unpack`, `model` and `simulate` read and write.

mod coded;
mod config;
mod floats;
mod gguf;
mod groups;
mod kind;
mod layouts;
mod names;
mod npy;
mod pack;
mod packed;
mod source;
mod tensors;
mod unpack;
mod write;

pub use npy::{read_activations, write_results};
pub use pack::Pack;
pub use packed::{Packed, read as read_packed};
pub use unpack::Unpack;

//! Weight matrices in files: what `pack`, `unpack`, `model` and `simulate` read and write.

mod file;
mod layouts;
mod npy;
mod pack;
mod packed;
mod unpack;

pub use npy::{read_activations, write_results};
pub use pack::Pack;
pub use packed::read as read_packed;
pub use unpack::Unpack;

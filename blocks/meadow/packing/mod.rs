#![doc = include_str!("README.md")]

mod container;
mod huffman;
mod layout;
mod meadow;
mod pack;
mod statistics;
#[cfg(test)]
mod tests;
mod unpack;

pub use container::{BLOCK_BYTES, Dictionary, HEADER_BYTES, Header, MAGIC, Rows, Scheme, Shape, ShapeError};
pub use huffman::{ENOUGH_BITS, LONGEST};
pub use meadow::IdOrder;
pub use pack::{Choice, Dictionaries, Options, OptionsError, Packed, entropy, pack};
pub(crate) use pack::{Force, pack_as_asked};
pub use unpack::{Decoding, Fault, unpack};

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

pub use container::{Dictionary, HEADER_BYTES, Header, MAGIC, Rows, Scheme, Shape, ShapeError};
pub use meadow::IdOrder;
pub use pack::{Choice, Dictionaries, Options, OptionsError, Packed, entropy, pack};
pub use unpack::{Decoded, Fault, decode, unpack};

#![doc = include_str!("README.md")]

pub mod arithmetic;
pub mod axi;
pub mod coding;
pub mod float;
mod part;
pub mod registers;
pub mod storage;
pub mod stream;

pub use part::{PARTS, Part};

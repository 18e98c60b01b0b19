//! Parts of general use that blocks are made of.

pub mod arithmetic;
pub mod float;
pub mod registers;
pub mod storage;
pub mod stream;

//! Memories among gates: where they are, and their ports.

use super::Sink;
use std::ops::Range;

/// Where a memory's words are.
#[derive(Clone, Debug)]
pub enum Storage {
    /// In the gates that read it.
    Logic,
    /// In these rows of the state, word after word.
    Cells(Range<u32>),
    /// In an array, for each lane or, in a ROM, for all.
    Words,
}

/// A read port of a memory with words.
#[derive(Clone, Debug)]
pub struct Read {
    /// Index of the memory.
    pub memory: usize,
    /// The bits of the address, and the rows that they go to.
    pub address: Vec<Sink>,
    /// The rows of the word, in [`Bank::Values`](crate::batch::rows::Bank::Values).
    pub data: Range<u32>,
}

/// A write port of a memory with words: rows of [`Bank::Values`](crate::batch::rows::Bank::Values).
#[derive(Clone, Debug)]
pub struct Write {
    /// Index of the memory.
    pub memory: usize,
    pub enable: u32,
    pub address: Range<u32>,
    pub data: Range<u32>,
}

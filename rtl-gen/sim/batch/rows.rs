//! Rows: one bit of every lane.

use std::ops::Range;

/// A set of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bank {
    /// Inputs, outputs, and everything else that is not a register.
    Values,
    /// What registers hold.
    State,
    /// What registers take at the next clock edge.
    Next,
}

/// Where a row lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    pub bank: Bank,
    pub row: u32,
}

/// Consecutive rows, each of the same number of words: lane `i` is bit `i % 64` of word `i / 64`.
#[derive(Clone)]
pub struct Rows {
    words: usize,
    blocks: Vec<Block>,
}

/// As many words as the widest vector, aligned like it: no access crosses a cache line.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
struct Block([u64; 8]);

impl Rows {
    /// Rows of zeros.
    pub fn zero(count: usize, words: usize) -> Rows {
        Rows { words, blocks: vec![Block([0; 8]); (count * words).div_ceil(8)] }
    }

    /// The words of one row.
    pub fn row(&self, row: u32) -> &[u64] {
        self.range(row..row + 1)
    }

    /// The words of one row.
    pub fn row_mut(&mut self, row: u32) -> &mut [u64] {
        self.range_mut(row..row + 1)
    }

    /// The words of some rows, row after row.
    pub fn range(&self, rows: Range<u32>) -> &[u64] {
        &self.all()[self.words * rows.start as usize..self.words * rows.end as usize]
    }

    /// The words of some rows, row after row.
    pub fn range_mut(&mut self, rows: Range<u32>) -> &mut [u64] {
        let words = self.words;
        &mut self.all_mut()[words * rows.start as usize..words * rows.end as usize]
    }

    /// The bit of one lane.
    pub fn bit(&self, row: u32, lane: usize) -> bool {
        self.row(row)[lane / 64] >> (lane % 64) & 1 == 1
    }

    /// Sets the bit of one lane.
    pub fn set_bit(&mut self, row: u32, lane: usize, value: bool) {
        let word = &mut self.row_mut(row)[lane / 64];
        *word = *word & !(1 << (lane % 64)) | (value as u64) << (lane % 64);
    }

    /// The rows, where they are of 8 words.
    pub fn vectors(&self) -> &[[u64; 8]] {
        debug_assert_eq!(self.words, 8);
        self.all().as_chunks().0
    }

    /// The rows, where they are of 8 words.
    pub fn vectors_mut(&mut self) -> &mut [[u64; 8]] {
        debug_assert_eq!(self.words, 8);
        self.all_mut().as_chunks_mut().0
    }

    /// The address of row 0.
    pub fn as_ptr(&self) -> *const u8 {
        self.blocks.as_ptr().cast()
    }

    /// The address of row 0.
    pub fn as_mut_ptr(&mut self) -> *mut u8 {
        self.blocks.as_mut_ptr().cast()
    }

    fn all(&self) -> &[u64] {
        // SAFETY: a block is 8 words and nothing else.
        unsafe { std::slice::from_raw_parts(self.blocks.as_ptr().cast(), 8 * self.blocks.len()) }
    }

    fn all_mut(&mut self) -> &mut [u64] {
        // SAFETY: likewise.
        unsafe { std::slice::from_raw_parts_mut(self.blocks.as_mut_ptr().cast(), 8 * self.blocks.len()) }
    }
}

//! The contents of a memory before a list runs.

use crate::meadow::meadow_decoder_layer::params::Params;
use crate::meadow::meadow_decoder_layer::step::{Matrix, STEP_BYTES, Step};
use fastrand::Rng;
use std::ops::Range;

/// Steps of a list, with its end.
pub const MOST_STEPS: usize = 9;

/// The bytes from address 0 on: the list, and the matrices.
pub struct Image {
    /// All words that are used.
    pub bytes: Vec<u8>,
    /// Where results are written.
    pub results: Vec<Range<usize>>,
    steps: usize,
    word: usize,
    size: usize,
}

impl Image {
    /// An empty list.
    pub fn new(params: &Params) -> Image {
        let (word, words) = (params.bytes() as usize, params.ram().words as usize);
        let bytes = vec![0; MOST_STEPS * STEP_BYTES as usize];
        Image { bytes, results: vec![], steps: 0, word, size: word * words }
    }

    /// Adds a step to the list.
    pub fn step(&mut self, step: &Step<u64>) {
        let bytes = step.bytes();
        self.bytes[self.steps * bytes.len()..][..bytes.len()].copy_from_slice(&bytes);
        self.steps += 1;
    }

    /// A matrix behind the others, of rows of some bytes, which `byte` makes; at any address, with any room between rows. None if there is
    /// no room.
    pub fn matrix(
        &mut self,
        rng: &mut Rng,
        rows: u64,
        bytes: usize,
        mut byte: impl FnMut(&mut Rng, usize) -> u8,
    ) -> Option<Matrix<u64>> {
        let skipped = if rng.bool() { 0 } else { rng.usize(..self.word) };
        let stride = bytes + if rng.bool() { 0 } else { rng.usize(..self.word) };
        let address = self.bytes.len() + skipped;
        let end = (address + rows as usize * stride).next_multiple_of(self.word);
        if end > self.size {
            return None;
        }
        self.bytes.resize(end, 0);
        for row in 0..rows as usize {
            for place in 0..bytes {
                self.bytes[address + row * stride + place] = byte(rng, row * bytes + place);
            }
        }
        Some(Matrix { address: address as u64, stride: stride as u64 })
    }

    /// Room for results.
    pub fn result(&mut self, rng: &mut Rng, rows: u64, bytes: usize) -> Option<Matrix<u64>> {
        let matrix = self.matrix(rng, rows, bytes, |rng, _| rng.u8(..))?;
        let end = matrix.address + (rows - 1) * matrix.stride + bytes as u64;
        self.results.push(matrix.address as usize..end as usize);
        Some(matrix)
    }

    /// An address at which a part of a matrix is not there.
    pub fn beyond(&self, rng: &mut Rng) -> u64 {
        (self.size - rng.usize(..3) * self.word / 2) as u64
    }
}

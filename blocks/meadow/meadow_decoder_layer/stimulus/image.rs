//! The contents of a memory before a list runs.

use super::chip::Chip;
use crate::meadow::meadow_decoder_layer::params::Params;
use crate::meadow::meadow_decoder_layer::step::{Matrix, STEP_BYTES, Step};
use fastrand::Rng;
use std::ops::Range;

/// Steps of a list, with its end.
pub const MOST_STEPS: usize = 9;

/// A matrix, and whether it is in on-chip memory.
#[derive(Clone, Copy)]
pub struct Placed {
    /// Where it is in its memory.
    pub matrix: Matrix<u64>,
    /// 1: it is.
    pub is_local: u64,
}

/// The bytes from address 0 on: the list, and the matrices.
pub struct Image {
    /// All words that are used.
    pub bytes: Vec<u8>,
    /// Where results are written outside.
    pub results: Vec<Range<usize>>,
    /// What is in on-chip memory.
    pub chip: Option<Chip>,
    steps: usize,
    word: usize,
    size: usize,
    /// Where matrices end.
    limit: usize,
}

impl Image {
    /// An empty list.
    pub fn new(params: &Params) -> Image {
        let (word, words) = (params.bytes() as usize, params.ram().words as usize);
        let bytes = vec![0; MOST_STEPS * STEP_BYTES as usize];
        let (size, chip) = (word * words, Chip::new(params));
        let limit = chip.as_ref().map_or(size, |chip| chip.outside);
        Image { bytes, results: vec![], chip, steps: 0, word, size, limit }
    }

    /// Adds a step to the list.
    pub fn step(&mut self, step: &Step<u64>) {
        let bytes = step.bytes();
        self.bytes[self.steps * bytes.len()..][..bytes.len()].copy_from_slice(&bytes);
        self.steps += 1;
    }

    /// A matrix behind the others, of rows of some bytes, which `byte` makes; at any address, with any room between rows, in either
    /// memory. None if there is no room.
    pub fn matrix(
        &mut self,
        rng: &mut Rng,
        rows: u64,
        bytes: usize,
        mut byte: impl FnMut(&mut Rng, usize) -> u8,
    ) -> Option<Placed> {
        let skipped = if rng.bool() { 0 } else { rng.usize(..self.word) };
        let stride = bytes + if rng.bool() { 0 } else { rng.usize(..self.word) };
        let span = skipped + rows as usize * stride;
        let word = self.word;
        let room = |bytes: &[u8], size: usize| (bytes.len() + span).next_multiple_of(word) <= size;
        let chip = self.chip.as_mut().filter(|chip| room(&chip.bytes, chip.size) && rng.bool());
        let is_local = chip.is_some();
        let (all, size) = match chip {
            Some(chip) => (&mut chip.bytes, chip.size),
            None => (&mut self.bytes, self.limit),
        };
        if !room(all, size) {
            return None;
        }
        let address = all.len() + skipped;
        all.resize((address + rows as usize * stride).next_multiple_of(word), 0);
        for row in 0..rows as usize {
            for place in 0..bytes {
                all[address + row * stride + place] = byte(rng, row * bytes + place);
            }
        }
        let matrix = Matrix { address: address as u64, stride: stride as u64 };
        Some(Placed { matrix, is_local: is_local.into() })
    }

    /// Room for results.
    pub fn result(&mut self, rng: &mut Rng, rows: u64, bytes: usize) -> Option<Placed> {
        let placed = self.matrix(rng, rows, bytes, |rng, _| rng.u8(..))?;
        let Placed { matrix: Matrix { address, stride }, is_local } = placed;
        if is_local == 0 {
            let end = address + (rows - 1) * stride + bytes as u64;
            self.results.push(address as usize..end as usize);
        }
        Some(placed)
    }

    /// An address at which a part of a matrix is not there.
    pub fn beyond(&self, rng: &mut Rng, is_local: u64) -> u64 {
        let size = match &self.chip {
            Some(chip) if is_local == 1 => chip.end,
            Some(_) | None => self.size,
        };
        (size - rng.usize(..3) * self.word / 2) as u64
    }
}

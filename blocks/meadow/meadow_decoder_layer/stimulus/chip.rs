//! On-chip memory, which only steps reach: a list copies its contents there, and another one copies them back.

use crate::meadow::meadow_decoder_layer::params::{Params, WIDE_BITS};
use crate::meadow::meadow_decoder_layer::step::{Kind, Matrix, OnChip, STEP_BYTES, Step};
use crate::meadow::meadow_vector::params::First;
use fastrand::Rng;
use hdl::Encoded;

/// The most words that are used, besides the last one.
const MOST_WORDS: u32 = 256;
/// Steps of both lists, with their ends.
const STEPS: usize = 5;

/// Its contents before a list runs, and what moves them.
pub struct Chip {
    /// The words that matrices use.
    pub bytes: Vec<u8>,
    /// Bytes that they may use.
    pub size: usize,
    /// Bytes of the memory.
    pub end: usize,
    /// Where the lists are in the memory outside; behind them its contents before, and room for those afterwards.
    pub outside: usize,
    word: usize,
    /// Words of a row that is copied.
    row: usize,
}

impl Chip {
    /// Without a matrix. None if there is no such memory, or no room for its contents outside.
    pub fn new(params: &Params) -> Option<Chip> {
        let memory = params.local()?;
        let (word, words) = (params.bytes() as usize, params.ram().words as usize);
        let used = params.local_words.min(MOST_WORDS) as usize;
        let longest = (params.row_length / params.lanes()) as usize;
        let row = (1..=longest).rev().find(|row| used.is_multiple_of(*row))?;
        let room = STEPS * STEP_BYTES as usize + (2 * used + 1) * word;
        let outside = (words * word).checked_sub(room).filter(|outside| *outside > room)?;
        Some(Chip { bytes: vec![], size: used * word, end: memory.words as usize * word, outside, word, row })
    }

    /// Where the contents before are outside.
    fn before(&self) -> usize {
        self.outside + STEPS * STEP_BYTES as usize
    }

    /// Where those afterwards come: up to the end of the memory.
    pub fn after(&self) -> std::ops::Range<usize> {
        let start = self.before() + self.size + self.word;
        start..start + self.size
    }

    /// Copies some words, in rows of `row` words.
    fn copy(&self, from: usize, to: usize, words: usize, row: usize, local: OnChip<u64>) -> Step<u64> {
        let matrix = |address: usize| Matrix { address: address as u64, stride: (row * self.word) as u64 };
        Step {
            kind: Kind::Rows.code() as u64,
            first: First::Wide.code() as u64,
            local,
            a: matrix(from),
            y: matrix(to),
            rows: (words / row) as u64,
            inner: (row * self.word * 8 / WIDE_BITS as usize) as u64,
            multiplier: 1,
            ..Step::default()
        }
    }

    /// The address of the list that copies the contents there, and that of the one that copies them back.
    pub fn lists(&self) -> [usize; 2] {
        [self.outside, self.outside + 3 * STEP_BYTES as usize]
    }

    /// What is outside from `outside` on: the lists, and the contents before.
    pub fn image(&self, rng: &mut Rng) -> Vec<u8> {
        let end = Step { kind: Kind::End.code() as u64, ..Step::default() };
        let (into, back) = (OnChip { y: 1, ..OnChip::default() }, OnChip { a: 1, ..OnChip::default() });
        let words = self.size / self.word;
        let steps: [Step<u64>; STEPS] = [
            self.copy(self.before(), 0, words, self.row, into),
            // A matrix that is out of place may have its first row in the last word.
            self.copy(self.before() + self.size, self.end - self.word, 1, 1, into),
            end,
            self.copy(0, self.after().start, words, self.row, back),
            end,
        ];
        let mut image: Vec<u8> = steps.iter().flat_map(Step::bytes).collect();
        image.extend(&self.bytes);
        image.resize_with(STEPS * STEP_BYTES as usize + self.size + self.word, || rng.u8(..));
        image
    }
}

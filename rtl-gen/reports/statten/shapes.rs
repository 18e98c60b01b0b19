//! The layers of the published networks, and what they need at least.

use blocks::statten::definition::Task;
use serde::Serialize;

/// A layer of a published network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Layer {
    /// Data set.
    pub name: &'static str,
    /// Time steps.
    pub time_steps: usize,
    /// Time steps of a chunk.
    pub steps: usize,
    /// Heads.
    pub heads: usize,
    /// Tokens.
    pub tokens: usize,
    /// Channels of a head.
    pub size: usize,
    /// What sums are divided by.
    pub denominator: u64,
    /// Neurons take every channel's own sum, and mask Q.
    pub masks: bool,
}

/// Layers of the published networks.
pub const LAYERS: [Layer; 4] = [
    layer("CIFAR10, CIFAR100", [4, 2], [64, 64], 8),
    layer("ImageNet", [4, 2], [196, 96], 14),
    layer("CIFAR10-DVS, N-Caltech101, 16 steps", [16, 4], [256, 32], 1024),
    layer("CIFAR10-DVS, N-Caltech101, 10 steps", [10, 5], [256, 32], 1280),
];

/// The same with masks in place of attention.
pub const MASKED: [Layer; 2] = [
    Layer { masks: true, ..layer("CIFAR10, CIFAR100, masks", [4, 1], [64, 64], 1) },
    Layer { masks: true, ..layer("CIFAR10-DVS, N-Caltech101, masks", [16, 1], [256, 32], 1) },
];

const fn layer(
    name: &'static str,
    [time_steps, steps]: [usize; 2],
    [tokens, size]: [usize; 2],
    denominator: u64,
) -> Layer {
    Layer { name, time_steps, steps, heads: 8, tokens, size, denominator, masks: false }
}

/// Tokens of a beat.
const ROWS: usize = 16;
/// Width of a word, in rows.
const WORD: usize = 128;
/// Values that are counted at once.
const UNITS: usize = 16;
/// Processing elements x matches a cycle of `loas_array`.
const MATCHES: f64 = 64.0;

impl Layer {
    /// The job.
    pub fn task(&self, columns: u32) -> Task {
        Task {
            tokens: self.tokens,
            steps: self.steps,
            chunks: self.chunks(),
            tiles: self.size / columns as usize,
            heads: self.heads,
            denominator: self.denominator,
            masks: self.masks,
        }
    }

    /// Chunks.
    pub fn chunks(&self) -> usize {
        self.time_steps / self.steps
    }

    /// Least cycles of K^T V of a chunk in which so many channels of K, and of V, fire: 16 units of 128 rows. With masks, those of
    /// a row of the diagonal a cycle, in which one unit of 16 works: 16 would need a 16th.
    pub fn key_value_bound(&self, [keys, values]: [usize; 2]) -> u64 {
        let words = (self.steps * self.tokens).div_ceil(WORD);
        let values = if self.masks { keys.min(values) } else { (keys * values).div_ceil(UNITS) };
        (values * words) as u64
    }

    /// Cycles in which K is loaded, with so many chunks of a beat of 16 tokens in a cycle. V is loaded meanwhile.
    pub fn loading(&self, chunks_per_cycle: u32) -> u64 {
        let of_beat = self.chunks().div_ceil(chunks_per_cycle as usize);
        (self.heads * self.size * self.tokens.div_ceil(ROWS) * of_beat) as u64
    }

    /// Least cycles of Q: a row a cycle; with masks, a token.
    pub fn query_bound(&self) -> u64 {
        let rows = if self.masks { self.tokens } else { self.time_steps * self.tokens };
        (rows * self.heads) as u64
    }

    /// Additions with K^T V first, and with Q K^T first.
    pub fn additions(&self) -> [u64; 2] {
        let rows = self.steps * self.tokens;
        let of_chunk = |additions: usize| (2 * self.chunks() * self.heads * additions) as u64;
        [of_chunk(rows * self.size * self.size), of_chunk(rows * rows * self.size)]
    }

    /// Cycles of the linear layers of the same block on `loas_array` at four matches a row and cycle, which are their least:
    /// 12 C^2 weights, none of them 0, with neurons that fire at this rate.
    pub fn linear(&self, rate: f64) -> u64 {
        let channels = (self.heads * self.size) as f64;
        let fires = 1.0 - (1.0 - rate).powi(self.time_steps as i32);
        (12.0 * self.tokens as f64 * channels * channels * fires / MATCHES) as u64
    }
}

//! What a memory is like.

use crate::axi::Axi4;
use crate::axi::port::in_range;
use hdl::{MAX_DEPTH, Module, Signal};

/// Cycles that the stages of the memory need, from an address to its data.
const SHORTEST_LATENCY: u64 = 6;
const LONGEST_LATENCY: u64 = 1024;
/// Two beats in a cycle.
const HIGHEST_RATE: u64 = 512;

/// The size of a memory, and how it behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Memory {
    /// Words, each as wide as a beat, from address 0 on: 2 to 2^30, and no more than addresses reach.
    pub words: u64,
    /// Cycles from an address to its first data, and from the last data of a burst to its response: 6 to 1024.
    pub latency: u32,
    /// Beats in 256 cycles that reads and writes together may transfer: 1 to 512.
    pub rate: u32,
    /// Bursts of reads with different IDs are answered in a random order, their beats mixed.
    pub is_unordered: bool,
    /// The word from which on all accesses are answered with SLVERR, one of the memory's.
    pub fails_from: Option<u64>,
}

impl Memory {
    /// One that answers as early as it can, two beats in each cycle, in order and without errors.
    pub fn fastest(words: u64) -> Memory {
        let (latency, rate) = (SHORTEST_LATENCY as u32, HIGHEST_RATE as u32);
        Memory { words, latency, rate, is_unordered: false, fails_from: None }
    }

    /// Which of the numbers is out of range for a port of this shape, if one is.
    pub fn check(&self, shape: &Axi4) -> Result<(), String> {
        let reached = 1 << shape.beat_address_bits();
        in_range("words", self.words, 2..=MAX_DEPTH.min(reached))?;
        in_range("latency", self.latency.into(), SHORTEST_LATENCY..=LONGEST_LATENCY)?;
        in_range("rate", self.rate.into(), 1..=HIGHEST_RATE)?;
        self.fails_from.map_or(Ok(()), |word| in_range("fails_from", word, 0..=self.words - 1))
    }

    /// What distinguishes modules of other memories.
    pub(super) fn parts(&self) -> Vec<String> {
        let Memory { words, latency, rate, is_unordered, fails_from } = self;
        let mut parts = vec![format!("w{words}"), format!("l{latency}"), format!("r{rate}")];
        parts.extend(is_unordered.then(|| "unordered".into()));
        parts.extend(fails_from.map(|word| format!("f{word}")));
        parts
    }

    /// The response to an access of the word at `address`: 3 beyond the words, 2 where it fails, else 0.
    pub(super) fn response<'m>(
        &self,
        m: &'m Module,
        address: Signal<'m>,
        is_refused: Signal<'m>,
    ) -> Signal<'m> {
        let reaches = |word: &u64| *word >> address.width() == 0;
        let is_from = |word: Option<u64>| word.filter(reaches).map_or(m.zero(1), |word| address.ge(word));
        let is_beyond = is_from(Some(self.words));
        m.concat(&[is_refused | is_beyond | is_from(self.fails_from), is_beyond])
    }
}

//! What a memory may answer, from its page, on plain bytes.

use crate::axi::BYTES;
use fastrand::Rng;
use parts::axi::axi_ram::Memory;

const DECODE_ERROR: u64 = 3;
const SLAVE_ERROR: u64 = 2;
const BOUNDARY: u64 = 4096;

/// A burst of reads or of writes.
#[derive(Clone, Debug)]
pub struct Burst {
    pub id: u64,
    pub address: u64,
    pub beats: u64,
    pub size: u64,
    pub kind: u64,
    /// Beats that were transferred.
    pub done: u64,
    /// The cycle in which its address was taken.
    pub from: u64,
}

impl Burst {
    /// Mostly short and at the beginning of the memory, where they meet; others in all of it and beyond, or of kinds that are
    /// refused.
    pub fn random(memory: &Memory, rng: &mut Rng) -> Burst {
        let beats = if rng.u8(..64) == 0 { rng.u64(1..=256) } else { rng.u64(1..=6) };
        let words = match rng.u8(..8) {
            0 => rng.u64(..memory.words + 40),
            1 => memory.fails_from.unwrap_or(memory.words) - rng.u64(..4),
            2 => memory.words - rng.u64(..4),
            _ => rng.u64(..6),
        };
        let bytes = BYTES as u64;
        // So that it ends before the boundary.
        let in_page = (words * bytes % BOUNDARY).min(BOUNDARY - beats * bytes);
        let mut burst = Burst {
            id: rng.u64(..4),
            address: words * bytes / BOUNDARY * BOUNDARY + in_page,
            beats,
            size: 2,
            kind: 1,
            done: 0,
            from: 0,
        };
        match rng.u8(..32) {
            0 => burst.size = *rng.choice(&[0, 1, 3]).expect("there are some"),
            1 => burst.kind = *rng.choice(&[0, 2, 3]).expect("there are some"),
            2 => burst.address += rng.u64(1..bytes),
            _ => {}
        }
        burst
    }

    pub fn is_refused(&self) -> bool {
        self.size != 2 || self.kind != 1 || !self.address.is_multiple_of(BYTES as u64)
    }

    /// The word of the beat that is next.
    pub fn word(&self) -> u64 {
        self.address / BYTES as u64 + self.done
    }

    /// The response to the beat that is next.
    pub fn response(&self, memory: &Memory) -> u64 {
        let word = self.word();
        match memory.fails_from {
            _ if word >= memory.words => DECODE_ERROR,
            Some(first) if word >= first => SLAVE_ERROR,
            Some(_) | None if self.is_refused() => SLAVE_ERROR,
            Some(_) | None => 0,
        }
    }

    /// One more beat; whether it was the last.
    pub fn move_on(&mut self) -> bool {
        self.done += 1;
        self.done == self.beats
    }
}

/// Every value that a byte had, each with the cycle in which it was written.
pub struct Bytes(Vec<Vec<(u64, u8)>>);

impl Bytes {
    pub fn new(bytes: &[u8]) -> Bytes {
        Bytes(bytes.iter().map(|byte| vec![(0, *byte)]).collect())
    }

    fn of(word: u64) -> std::ops::Range<usize> {
        let first = word as usize * BYTES;
        first..first + BYTES
    }

    /// Writes the bytes of a word that `strobes` selects.
    pub fn write(&mut self, cycle: u64, word: u64, data: u64, strobes: u64) {
        for (lane, byte) in self.0[Bytes::of(word)].iter_mut().enumerate() {
            if strobes >> lane & 1 == 1 {
                byte.push((cycle, (data >> (8 * lane)) as u8));
            }
        }
    }

    /// The word as it is.
    pub fn word(&self, word: u64) -> u64 {
        let bytes = self.0[Bytes::of(word)].iter().rev();
        bytes.fold(0, |word, byte| word << 8 | u64::from(byte[byte.len() - 1].1))
    }

    /// A read from cycle `from` on may return the data: each byte was so when it began, or became so since.
    pub fn may_be(&self, word: u64, data: u64, from: u64) -> bool {
        let is_legal = |(lane, byte): (usize, &Vec<(u64, u8)>)| {
            let before = byte.iter().rposition(|(cycle, _)| *cycle < from).expect("it was filled");
            byte[before..].iter().any(|(_, value)| u64::from(*value) == data >> (8 * lane) & 0xff)
        };
        self.0[Bytes::of(word)].iter().enumerate().all(is_legal)
    }
}

//! The block of memory that holds a running design's values.

use super::layout::{Cell, Words};
use hdl::{Bits, limbs_for};

/// A cache line, so that the block begins with one.
#[derive(Clone, Copy)]
#[repr(C, align(64))]
struct Line([u8; 64]);

/// The block.
#[derive(Clone)]
pub(super) struct Memory {
    lines: Vec<Line>,
}

impl Memory {
    /// All zeros; behind `bytes` there is room for a word more.
    pub fn zeroed(bytes: usize) -> Memory {
        Memory { lines: vec![Line([0; 64]); bytes.div_ceil(64) + 1] }
    }

    /// What compiled functions take.
    pub fn pointer(&mut self) -> *mut u8 {
        self.lines.as_mut_ptr().cast()
    }

    /// All bytes.
    pub fn bytes(&self) -> &[u8] {
        // SAFETY: a line is 64 bytes without padding.
        unsafe { std::slice::from_raw_parts(self.lines.as_ptr().cast(), 64 * self.lines.len()) }
    }

    /// All bytes.
    pub fn bytes_mut(&mut self) -> &mut [u8] {
        // SAFETY: as above; any byte is legal.
        unsafe { std::slice::from_raw_parts_mut(self.lines.as_mut_ptr().cast(), 64 * self.lines.len()) }
    }

    /// A cell's value in a lane.
    pub fn read(&self, cell: Cell, lane: usize) -> Bits {
        let limbs: Vec<u64> =
            (0..limbs_for(cell.width)).map(|limb| self.element(cell.at(lane, limb), cell.size())).collect();
        Bits::from_limbs(cell.width, &limbs)
    }

    /// The 8 bytes at a place. Panics beyond the block's end.
    #[inline]
    pub fn word(&self, offset: usize) -> u64 {
        let bytes = &self.bytes()[offset..offset + 8];
        u64::from_le_bytes(bytes.try_into().expect("8 bytes"))
    }

    /// Sets the 8 bytes at a place. Panics beyond the block's end.
    #[inline]
    pub fn set_word(&mut self, offset: usize, value: u64) {
        self.bytes_mut()[offset..offset + 8].copy_from_slice(&value.to_le_bytes());
    }

    /// Sets a cell's limbs in a lane.
    pub fn write(&mut self, cell: Cell, lane: usize, limbs: &[u64]) {
        for (index, limb) in limbs.iter().enumerate() {
            self.set_element(cell.at(lane, index), cell.size(), *limb);
        }
    }

    /// Sets a word of a memory.
    pub fn write_word(&mut self, words: Words, lane: usize, address: usize, limbs: &[u64]) {
        let size = words.word_bytes() / limbs.len();
        for (index, limb) in limbs.iter().enumerate() {
            self.set_element(words.at(lane, address) + 8 * index, size, *limb);
        }
    }

    /// A word of a memory.
    pub fn read_word(&self, words: Words, lane: usize, address: usize) -> Bits {
        let count = limbs_for(words.width);
        let start = words.at(lane, address);
        let element = |limb| self.element(start + 8 * limb, words.word_bytes() / count);
        Bits::from_limbs(words.width, &(0..count).map(element).collect::<Vec<_>>())
    }

    fn element(&self, at: usize, size: usize) -> u64 {
        let bytes = self.bytes();
        match size {
            1 => bytes[at].into(),
            2 => u16::from_le_bytes(bytes[at..at + 2].try_into().expect("2 bytes")).into(),
            4 => u32::from_le_bytes(bytes[at..at + 4].try_into().expect("4 bytes")).into(),
            _ => u64::from_le_bytes(bytes[at..at + 8].try_into().expect("8 bytes")),
        }
    }

    fn set_element(&mut self, at: usize, size: usize, value: u64) {
        self.bytes_mut()[at..at + size].copy_from_slice(&value.to_le_bytes()[..size]);
    }
}

//! Collects the beats of a tile engine into the matrices that they carry.

use super::{DEPTH, ROWS, Shape, WORDS};
use crate::pacq::pacq_dp::model::activations;
use hdl::Bits;
use std::collections::VecDeque;

/// Scales and zero points of a column of words in a group, one for `group_n` lanes each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scale {
    /// FP16.
    pub scales: Vec<u16>,
    /// Codes.
    pub zeros: Vec<u16>,
}

/// A part of a row and of a column of words that shares its scales.
#[derive(Clone, Debug)]
pub struct Group<'a> {
    /// FP16, along k.
    pub activations: &'a [u16],
    /// As many words.
    pub words: &'a [u16],
    /// Of the column.
    pub scale: &'a Scale,
}

/// The block of results that the beats so far describe.
pub struct Collector {
    shape: Shape,
    a: VecDeque<u16>,
    b: VecDeque<u16>,
    scales: VecDeque<Scale>,
    tiles: VecDeque<(bool, bool)>,
    /// The block in progress: its rows, its columns, and where its groups end.
    rows: Vec<Vec<u16>>,
    columns: Vec<Vec<u16>>,
    ends: Vec<usize>,
    /// The last tile of the block has arrived.
    is_whole: bool,
}

impl Collector {
    /// Nothing has come.
    pub fn new(shape: Shape) -> Collector {
        let (a, b, scales, tiles) = Default::default();
        let (rows, columns) = (vec![vec![]; ROWS as usize], vec![vec![]; WORDS as usize]);
        Collector { shape, a, b, scales, tiles, rows, columns, ends: vec![], is_whole: false }
    }

    /// Takes a beat of channel a, b, scale or tile.
    pub fn take(&mut self, channel: usize, beat: &[Bits]) {
        match channel {
            0 => self.a.extend(activations(&beat[0])),
            1 => self.b.extend(activations(&beat[0])),
            2 => self.scales.push_back(scale(self.shape, beat)),
            _ => {
                let ends_k = !beat[1].is_zero();
                self.tiles.push_back((ends_k || !beat[0].is_zero(), ends_k));
            }
        }
    }

    /// Once a block of results is complete, emits `product` of the groups of each row with each column of words.
    pub fn finish<T>(&mut self, product: impl Fn(&[Group]) -> T, mut emit: impl FnMut(T)) {
        while self.is_whole || self.take_in() {
            let of_block = WORDS as usize * self.ends.len();
            if self.is_whole && self.scales.len() < of_block {
                return;
            }
            if !std::mem::take(&mut self.is_whole) {
                continue;
            }
            let scales: Vec<Scale> = self.scales.drain(..of_block).collect();
            for (column, words) in self.columns.iter().enumerate() {
                let scale = |group: usize| &scales[group * WORDS as usize + column];
                self.rows.iter().for_each(|row| emit(product(&groups(row, words, &self.ends, scale))));
            }
            self.rows.iter_mut().chain(&mut self.columns).for_each(Vec::clear);
            self.ends.clear();
        }
    }

    /// Takes the next tile, once it has arrived. True if it had.
    fn take_in(&mut self) -> bool {
        let (of_a, of_b) = ((ROWS * DEPTH) as usize, (WORDS * DEPTH) as usize);
        if self.a.len() < of_a || self.b.len() < of_b {
            return false;
        }
        let Some((ends_group, ends_k)) = self.tiles.pop_front() else { return false };
        let depth = DEPTH as usize;
        self.rows.iter_mut().for_each(|row| row.extend(self.a.drain(..depth)));
        self.columns.iter_mut().for_each(|column| column.extend(self.b.drain(..depth)));
        if ends_group {
            self.ends.push(self.rows[0].len());
        }
        self.is_whole = ends_k;
        true
    }
}

/// A row and a column in groups that end where `ends` says.
pub fn groups<'a>(
    row: &'a [u16],
    words: &'a [u16],
    ends: &[usize],
    scale: impl Fn(usize) -> &'a Scale,
) -> Vec<Group<'a>> {
    let mut start = 0;
    let group = |(number, end): (usize, &usize)| {
        let range = std::mem::replace(&mut start, *end)..*end;
        Group { activations: &row[range.clone()], words: &words[range], scale: scale(number) }
    };
    ends.iter().enumerate().map(group).collect()
}

/// The fields of a beat of scales.
fn scale(shape: Shape, beat: &[Bits]) -> Scale {
    let w = shape.weight_bits;
    let zero = |place: u32| beat[1].slice((place + 1) * w - 1, place * w).to_u64() as u16;
    Scale { scales: activations(&beat[0]), zeros: (0..shape.scales()).map(zero).collect() }
}

//! Beats of a stream with `tlast`, a given number of which belong to a product: the golden model for too few and too
//! many.

use super::params::{Params, Sizes};
use crate::pacq::tile::{ROWS, WORDS};
use std::collections::VecDeque;

/// Beats of A, of B and of scales that a product takes.
pub fn totals(params: &Params, sizes: Sizes) -> [u64; 3] {
    let words = u64::from(sizes.n.div_ceil(params.tile.shape().lanes()));
    let (across, down) = (words.div_ceil(WORDS.into()), u64::from(sizes.m.div_ceil(ROWS)));
    let beats = u64::from(sizes.k.div_ceil(params.tile.terms));
    [
        across * u64::from(sizes.m) * beats,
        down * words * beats,
        down * words * sizes.group_ends().len() as u64,
    ]
}

/// The state of a stream, and its share in the product.
pub struct Packets<T> {
    beats: VecDeque<(T, bool)>,
    /// Beats that the product still takes.
    left: u64,
    /// `tlast` arrived before the product had all its beats.
    has_ended: bool,
    /// The product had all its beats, but `tlast` has not arrived.
    drains: bool,
}

impl<T: Clone> Packets<T> {
    /// Nothing has arrived.
    pub fn new() -> Packets<T> {
        Packets { beats: VecDeque::new(), left: 0, has_ended: false, drains: false }
    }

    /// A product begins, which takes `beats` beats.
    pub fn begin(&mut self, total: u64) {
        (self.left, self.has_ended) = (total, false);
    }

    /// Takes a beat, or drops it if it belongs to no product.
    pub fn push(&mut self, beat: T, is_last: bool) {
        match self.drains {
            true => self.drains = !is_last,
            false => self.beats.push_back((beat, is_last)),
        }
    }

    /// Whether the next beats of the product are known: they have arrived, or never will.
    pub fn has(&self, count: usize) -> bool {
        let mut next = self.beats.iter().take(count);
        self.has_ended || self.beats.len() >= count || next.any(|(_, is_last)| *is_last)
    }

    /// The next beats of the product, with `missing` for those that never arrive, and whether the stream was wrong in
    /// them.
    pub fn take(&mut self, count: usize, missing: &T) -> (VecDeque<T>, bool) {
        let mut is_wrong = false;
        let beats = (0..count).map(|_| self.next(missing, &mut is_wrong)).collect();
        (beats, is_wrong)
    }

    fn next(&mut self, missing: &T, is_wrong: &mut bool) -> T {
        self.left -= 1;
        if self.has_ended {
            return missing.clone();
        }
        let (beat, is_last) = self.beats.pop_front().expect("it is there");
        if is_last != (self.left == 0) {
            *is_wrong = true;
            (self.has_ended, self.drains) = (is_last, !is_last);
            while self.drains {
                let Some((_, is_last)) = self.beats.pop_front() else { break };
                self.drains = !is_last;
            }
        }
        beat
    }
}

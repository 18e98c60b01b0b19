//! Stimulus and coverage points.

use super::params::Params;
use crate::common::lanes::flag;
use crate::loas::loas_tppe::stimulus::{chunk_of_a, chunk_of_b};
use crate::loas::masks::part;
use crate::stimulus::{Coverage, Observe, Space, Stimulus, case_rng};
use fastrand::Rng;
use hdl::Bits;

/// Names of the coverage points.
const POINTS: [&str; 5] = [
    "rows of one chunk",
    "rows of several chunks",
    "silent row",
    "rows that differ",
    "column without a weight",
];

/// Names of the coverage points; the one of beats that disagree only exists if a chunk has several beats.
pub fn points(params: &Params) -> Vec<&'static str> {
    let differ =
        (params.beats_of_a() > 1).then_some("beats of a chunk that differ in whether it is the last");
    let thresholds = params
        .threshold_of_column()
        .map(|_| ["a threshold of 0", "the greatest threshold", "a threshold among the sums"]);
    POINTS.into_iter().chain(differ).chain(thresholds.into_iter().flatten()).collect()
}

impl Stimulus for Params {
    /// A tile: a row of A for each element in one to three chunks, each with some groups of B.
    fn random(&self, seed: u64) -> Space {
        let params = self.clone();
        let make = move |index: u64, emit: &mut dyn FnMut(usize, &[Bits])| {
            let mut rng = case_rng(seed, index);
            let element = &params.element;
            let chunks = rng.u8(1..=3);
            for chunk in 1..=chunks {
                let rows: Vec<[Bits; 3]> =
                    (0..params.rows).map(|_| chunk_of_a(element, &mut rng, chunk == chunks)).collect();
                // An error stays until reset, so it must be rare. The first beat is never wrong: the others must
                // agree with it.
                let wrong = if rng.u8(..64) == 0 { rng.u32(..params.beats_of_a()) } else { 0 };
                for (number, beat) in (0..).zip(rows.chunks(params.rows_per_beat as usize)) {
                    let is_last = (chunk == chunks) ^ (number > 0 && number == wrong);
                    emit(0, &[joined(beat, 0), joined(beat, 1), flag(is_last)]);
                }
                let groups = u64::from(element.columns / element.group);
                let beats = rng.u64(1..=groups.min(4) + 1);
                for beat in 1..=beats {
                    let group = rng.u64(..groups);
                    let like = &rows[rng.usize(..rows.len())][0];
                    emit(1, &chunk_of_b(element, &mut rng, like, group, beat == beats));
                }
            }
            if let Some(threshold) = params.threshold_of_column() {
                for _ in 0..element.columns {
                    emit(2, &[random_threshold(&mut rng, threshold.value, element.weight_bits)]);
                }
            }
        };
        Space { name: "random tiles".into(), cases: u64::MAX, make: Box::new(make), make_many: None }
    }

    fn cycles_per_case(&self) -> u64 {
        u64::from(self.rows) * (u64::from(self.element.columns) + 50)
    }

    fn coverage(&self) -> Coverage<'_> {
        Coverage::new(points(self), Observer::new(self))
    }
}

/// A threshold: the least, the greatest, or one that a few weights reach.
fn random_threshold(rng: &mut Rng, width: u32, weight_bits: u32) -> Bits {
    match rng.u8(..8) {
        0 => Bits::zero(width),
        1 => Bits::ones(width),
        _ => Bits::truncated(rng.u128(..1 << weight_bits.min(width)), width),
    }
}

/// A field of several rows, the first row in the lowest bits.
fn joined(rows: &[[Bits; 3]], field: usize) -> Bits {
    Bits::concat(&rows.iter().rev().map(|row| row[field].clone()).collect::<Vec<_>>())
}

/// Finds the coverage points.
pub struct Observer<'p> {
    params: &'p Params,
    /// Beats of A since the latest chunk began.
    beats: u32,
    /// The rows had a chunk before this one.
    is_long: bool,
    /// The chunk is the last one of the rows.
    is_last: bool,
}

impl Observer<'_> {
    /// Nothing has been seen.
    pub fn new(params: &Params) -> Observer<'_> {
        Observer { params, beats: 0, is_long: false, is_last: false }
    }

    fn chunk(&mut self, beat: &[Bits], hit: &mut dyn FnMut(usize)) {
        let bits = self.params.element.mask_bits;
        let mask = |place: u32| part(&beat[0], place, bits);
        let masks: Vec<Bits> = (0..self.params.rows_per_beat).map(mask).collect();
        if masks.iter().any(Bits::is_zero) {
            hit(2);
        }
        if self.params.rows_per_beat == 1 || masks.iter().any(|mask| *mask != masks[0]) {
            hit(3);
        }
        let is_last = beat[2].bit(0);
        if self.beats == 0 {
            self.is_last = is_last;
        }
        if is_last != self.is_last {
            hit(POINTS.len());
        }
        self.beats += 1;
        if self.beats < self.params.beats_of_a() {
            return;
        }
        self.beats = 0;
        if self.is_last {
            hit(if self.is_long { 1 } else { 0 });
        }
        self.is_long = !self.is_last;
    }
}

impl Observer<'_> {
    fn threshold(&mut self, value: &Bits, hit: &mut dyn FnMut(usize)) {
        let first = POINTS.len() + usize::from(self.params.beats_of_a() > 1);
        hit(first
            + if value.is_zero() {
                0
            } else if value.is_ones() {
                1
            } else {
                2
            });
    }
}

impl Observe for Observer<'_> {
    fn taken(&mut self, channel: usize, beat: &[Bits], hit: &mut dyn FnMut(usize)) {
        match channel {
            0 => return self.chunk(beat, hit),
            1 => {}
            _ => return self.threshold(&beat[0], hit),
        }
        let bits = self.params.element.mask_bits;
        let mask = |place: u32| part(&beat[0], place, bits);
        if (0..self.params.element.group).any(|place| mask(place).is_zero()) {
            hit(4);
        }
    }
}

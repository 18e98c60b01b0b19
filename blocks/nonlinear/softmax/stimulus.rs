//! Rows of scores, and the coverage points they reach.

use super::golden::{Masking, Scores, all_scores, keep};
use super::params::{Mask, Params, SCORE_BITS};
use crate::common::float_stimulus::normal;
use crate::common::lanes::{flag, joined};
use crate::common::row_framing::random_beats;
use crate::stimulus::{Coverage, Observe, Space, Stimulus, case_rng, report_reached};
use fastrand::Rng;
use hdl::{Bits, bit_length};

const POINTS: [&str; 16] = [
    "row of one beat",
    "row of the greatest length",
    "row that is too long",
    "least score",
    "greatest score",
    "all scores of a row equal",
    "a row far below zero",
    "masked score above all others",
    "row without a score that counts",
    "beat without a score that counts before one that has some",
    "score that counts alone in its row",
    "reference rises within a row",
    "count above the length of its row",
    "count that is the length of its row",
    "count that ends within a beat",
    "whole beat behind the count",
];

/// Points that rows of one beat cannot reach.
const OF_SEVERAL_BEATS: [&str; 3] = [
    "beat without a score that counts before one that has some",
    "reference rises within a row",
    "whole beat behind the count",
];

/// Points that only bits for each score can reach.
const OF_BITS: &str = "beat without a score that counts before one that has some";

/// Points that only a count can reach.
const OF_A_COUNT: [&str; 4] = [
    "count above the length of its row",
    "count that is the length of its row",
    "count that ends within a beat",
    "whole beat behind the count",
];

/// A point that beats of one score cannot reach.
const OF_SEVERAL_LANES: &str = "count that ends within a beat";

/// Names of the coverage points, each with its place among all.
fn numbered_points(params: &Params) -> impl Iterator<Item = (usize, &'static str)> {
    let (mask, has_beats, has_lanes) = (params.mask, params.beats() > 1, params.lanes > 1);
    let is_reachable = move |point: &'static str| {
        let is_of_mask = match mask {
            Mask::Keep => !OF_A_COUNT.contains(&point),
            Mask::Count => point != OF_BITS,
        };
        let (needs_beats, needs_lanes) = (OF_SEVERAL_BEATS.contains(&point), point == OF_SEVERAL_LANES);
        is_of_mask && (has_beats || !needs_beats) && (has_lanes || !needs_lanes)
    };
    (0..).zip(POINTS).filter(move |(_, point)| is_reachable(point))
}

/// Names of the coverage points.
pub fn points(params: &Params) -> Vec<&'static str> {
    numbered_points(params).map(|(_, point)| point).collect()
}

impl Stimulus for Params {
    /// One row per case: of any length, one in sixteen too long, with scores of different spreads and various masks.
    fn random(&self, seed: u64) -> Space {
        rows(self, "random", move |params, index| {
            let mut rng = case_rng(seed, index);
            let beats = random_beats(&mut rng, params.beats());
            let scores = scores(&mut rng, beats * params.lanes);
            match params.mask {
                Mask::Keep => Row { scores: masked(&mut rng, params, scores), count: 0 },
                Mask::Count => Row { count: count(&mut rng, params, scores.len()), scores: all(scores) },
            }
        })
    }

    /// Rows of the greatest length, normally distributed with a standard deviation of 4 in natural units.
    fn typical(&self, seed: u64) -> Space {
        rows(self, "typical", move |params, index| {
            let mut rng = case_rng(seed, index);
            let score = |_| spread(&mut rng, 4.0 * 32.0 / std::f64::consts::LN_2);
            Row { scores: all((0..params.length).map(score).collect()), count: params.length.into() }
        })
    }

    fn cycles_per_case(&self) -> u64 {
        u64::from(self.beats()) + 2
    }

    fn coverage(&self) -> Coverage<'_> {
        Coverage::new(points(self), Observer::new(self))
    }
}

/// A row to be sent.
struct Row {
    /// Its scores, `None` for one that its bit masks.
    scores: Scores,
    /// So many count, if the mask is a count.
    count: u64,
}

/// Scores that are not masked.
fn all(scores: Vec<i8>) -> Scores {
    scores.into_iter().map(Some).collect()
}

fn scores(rng: &mut Rng, count: u32) -> Vec<i8> {
    let level = rng.i8(..);
    match rng.u8(..6) {
        0 => vec![level; count as usize],
        1 => (0..count).map(|_| rng.i8(..)).collect(),
        2 => (0..count).map(|_| [-128, 127, level][rng.usize(..3)]).collect(),
        3 => (0..count).map(|place| (i64::from(place) * 255 / i64::from(count)) as u8 as i8).collect(),
        4 => (0..count).map(|_| -100 + rng.i8(-28..10)).collect(),
        _ => (0..count).map(|_| spread(rng, 30.0)).collect(),
    }
}

/// Scores, all of which count, or only those before or after some place, one, some or none.
fn masked(rng: &mut Rng, params: &Params, scores: Vec<i8>) -> Scores {
    let count = scores.len();
    let place = rng.usize(..count);
    let density = [1, 8, 15][rng.usize(..3)];
    let kind = rng.u8(..16);
    let counts = |rng: &mut Rng, own: usize| match kind {
        0..=4 => true,
        // The last beat is not full.
        5..=7 => own < count - place % params.lanes as usize,
        8 | 9 => own <= place,
        10 | 11 => own >= place,
        12 => own == place,
        13 | 14 => rng.u8(..16) < density,
        _ => false,
    };
    scores.into_iter().enumerate().map(|(own, score)| counts(rng, own).then_some(score)).collect()
}

/// How many scores of a row of `length` count: none, one, a whole number of beats, all, more than there are, or any number.
fn count(rng: &mut Rng, params: &Params, length: usize) -> u64 {
    let (length, lanes) = (length as u64, u64::from(params.lanes));
    let greatest = (1 << bit_length(params.length.into())) - 1;
    let count = match rng.u8(..8) {
        0 => 0,
        1 => 1,
        2 => rng.u64(0..=length / lanes) * lanes,
        3 => length,
        4 => rng.u64(length.min(greatest)..=greatest),
        _ => rng.u64(0..=length),
    };
    count.min(greatest)
}

fn spread(rng: &mut Rng, deviation: f64) -> i8 {
    // A cast to i8 saturates.
    (normal(rng) * deviation) as i8
}

fn rows(params: &Params, name: &str, row: impl Fn(&Params, u64) -> Row + Send + Sync + 'static) -> Space {
    let params = params.clone();
    let make = move |index, emit: &mut dyn FnMut(usize, &[Bits])| {
        let Row { scores, count } = row(&params, index);
        // What masked lanes carry, and counts behind the first beat of a row, must not matter.
        let mut rng = case_rng(!index, index);
        let beats = scores.chunks(params.lanes as usize);
        let last = beats.len() - 1;
        for (place, beat) in beats.enumerate() {
            let score = |score: &Option<i8>| u64::from(score.unwrap_or_else(|| rng.i8(..)) as u8);
            let word = joined(SCORE_BITS, &beat.iter().map(score).collect::<Vec<_>>());
            let mask = match params.mask {
                Mask::Keep => keep(beat),
                Mask::Count => {
                    let count = if place == 0 { count } else { rng.u64(..) };
                    Bits::truncated(count.into(), bit_length(params.length.into()))
                }
            };
            emit(0, &[word, mask, flag(place == last)]);
        }
    };
    Space { name: name.into(), cases: u64::MAX, make: Box::new(make), make_many: None }
}

/// Finds the coverage points of rows.
pub struct Observer<'p> {
    params: &'p Params,
    masking: Masking,
    /// The row so far: what counts, what is masked, and the number of beats.
    counted: Vec<i8>,
    masked: Vec<i8>,
    beats: u32,
}

impl Observer<'_> {
    /// Nothing has been seen.
    pub fn new(params: &Params) -> Observer<'_> {
        Observer { params, masking: Masking::default(), counted: vec![], masked: vec![], beats: 0 }
    }
}

impl Observe for Observer<'_> {
    fn taken(&mut self, _channel: usize, beat: &[Bits], hit: &mut dyn FnMut(usize)) {
        let (scores, all) = (self.masking.scores(self.params, beat), all_scores(beat));
        self.masked
            .extend(all.iter().zip(&scores).filter(|(_, score)| score.is_none()).map(|(score, _)| score));
        let counted: Vec<i8> = scores.into_iter().flatten().collect();
        let reference = |scores: &[i8]| scores.iter().map(|score| score.div_euclid(32)).max();
        let rises = !self.counted.is_empty() && reference(&counted) > reference(&self.counted);
        let follows_none = self.beats > 0 && self.counted.is_empty() && !counted.is_empty();
        let (is_behind, ends_within) = (counted.is_empty(), !counted.is_empty() && counted.len() < all.len());
        let has = |score: i8| counted.contains(&score);
        let (has_least, has_greatest) = (has(i8::MIN), has(i8::MAX));
        self.counted.extend(counted);
        self.beats += 1;
        let is_last = beat[2].bit(0);
        let (row, count) = (&self.counted, self.masking.count);
        let length = u64::from(self.beats * self.params.lanes);
        let is_reached = [
            is_last && self.beats == 1,
            is_last && self.beats == self.params.beats(),
            is_last && self.beats > self.params.beats(),
            has_least,
            has_greatest,
            is_last && row.len() > 1 && row.iter().all(|score| score == &row[0]),
            is_last && !row.is_empty() && row.iter().all(|score| *score < -64),
            is_last && !row.is_empty() && self.masked.iter().max() > row.iter().max(),
            is_last && row.is_empty(),
            follows_none,
            is_last && row.len() == 1,
            rises,
            is_last && count > length,
            is_last && count == length,
            ends_within,
            is_behind && self.beats > 1,
        ];
        let is_reached: Vec<bool> =
            numbered_points(self.params).map(|(place, _)| is_reached[place]).collect();
        report_reached(&is_reached, hit);
        if is_last {
            *self = Observer::new(self.params);
        }
    }
}

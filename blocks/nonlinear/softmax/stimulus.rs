//! Rows of scores, and the coverage points they reach.

use super::golden::{Scores, joined, keep, unpacked};
use super::params::{Params, SCORE_BITS};
use crate::common::float_stimulus::normal;
use crate::stimulus::{Coverage, Observe, Space, Stimulus, case_rng, report_reached};
use fastrand::Rng;
use hdl::Bits;

const POINTS: [&str; 12] = [
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
];

/// Points that rows of one beat cannot reach.
const OF_SEVERAL_BEATS: [&str; 2] =
    ["beat without a score that counts before one that has some", "reference rises within a row"];

/// Names of the coverage points, each with its place among all.
fn numbered_points(params: &Params) -> impl Iterator<Item = (usize, &'static str)> {
    let has_several = params.beats() > 1;
    (0..).zip(POINTS).filter(move |(_, point)| has_several || !OF_SEVERAL_BEATS.contains(point))
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
            let beats = match rng.u8(..16) {
                0..=3 => 1,
                4..=7 => params.beats(),
                8 => params.beats() + rng.u32(1..=3),
                _ => rng.u32(1..=params.beats()),
            };
            let scores = scores(&mut rng, beats * params.lanes);
            masked(&mut rng, params, scores)
        })
    }

    /// Rows of the greatest length, normally distributed with a standard deviation of 4 in natural units.
    fn typical(&self, seed: u64) -> Space {
        rows(self, "typical", move |params, index| {
            let mut rng = case_rng(seed, index);
            let score = |_| Some(spread(&mut rng, 4.0 * 32.0 / std::f64::consts::LN_2));
            (0..params.length).map(score).collect()
        })
    }

    fn cycles_per_case(&self) -> u64 {
        u64::from(self.beats()) + 2
    }

    fn coverage(&self) -> Coverage<'_> {
        Coverage::new(points(self), Observer::new(self))
    }
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

fn spread(rng: &mut Rng, deviation: f64) -> i8 {
    // A cast to i8 saturates.
    (normal(rng) * deviation) as i8
}

fn rows(
    params: &Params,
    name: &str,
    scores: impl Fn(&Params, u64) -> Scores + Send + Sync + 'static,
) -> Space {
    let params = params.clone();
    let make = move |index, emit: &mut dyn FnMut(usize, &[Bits])| {
        let scores = scores(&params, index);
        // What masked lanes carry must not matter.
        let mut rng = case_rng(!index, index);
        let beats = scores.chunks(params.lanes as usize);
        let last = beats.len() - 1;
        for (place, beat) in beats.enumerate() {
            let score = |score: &Option<i8>| u64::from(score.unwrap_or_else(|| rng.i8(..)) as u8);
            let word = joined(SCORE_BITS, &beat.iter().map(score).collect::<Vec<_>>());
            emit(0, &[word, keep(beat), Bits::truncated(u128::from(place == last), 1)]);
        }
    };
    Space { name: name.into(), cases: u64::MAX, make: Box::new(make), make_many: None }
}

/// Finds the coverage points of rows.
pub struct Observer<'p> {
    params: &'p Params,
    /// The row so far: what counts, what is masked, and the number of beats.
    counted: Vec<i8>,
    masked: Vec<i8>,
    beats: u32,
}

impl Observer<'_> {
    /// Nothing has been seen.
    pub fn new(params: &Params) -> Observer<'_> {
        Observer { params, counted: vec![], masked: vec![], beats: 0 }
    }
}

impl Observe for Observer<'_> {
    fn taken(&mut self, _channel: usize, beat: &[Bits], hit: &mut dyn FnMut(usize)) {
        let counted: Vec<i8> = unpacked(beat).into_iter().flatten().collect();
        let all_ones = Bits::ones(beat[1].width());
        let all = unpacked(&[beat[0].clone(), all_ones]).into_iter().flatten();
        let is_masked = |lane: &u32| !beat[1].bit(*lane);
        self.masked.extend((0..).zip(all).filter(|(lane, _)| is_masked(lane)).map(|(_, score)| score));
        let reference = |scores: &[i8]| scores.iter().map(|score| score.div_euclid(32)).max();
        let rises = !self.counted.is_empty() && reference(&counted) > reference(&self.counted);
        let follows_none = self.beats > 0 && self.counted.is_empty() && !counted.is_empty();
        let has = |score: i8| counted.contains(&score);
        let (has_least, has_greatest) = (has(i8::MIN), has(i8::MAX));
        self.counted.extend(counted);
        self.beats += 1;
        let is_last = beat[2].bit(0);
        let row = &self.counted;
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
        ];
        let is_reached: Vec<bool> =
            numbered_points(self.params).map(|(place, _)| is_reached[place]).collect();
        report_reached(&is_reached, hit);
        if is_last {
            *self = Observer::new(self.params);
        }
    }
}

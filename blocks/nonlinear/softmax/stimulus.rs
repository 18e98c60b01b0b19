//! Rows of scores, and the coverage points they reach.

use super::params::Params;
use crate::block::Observe;
use crate::common::float_stimulus::normal;
use crate::stimulus::{Space, case_rng, report_reached};
use hdl::Bits;

const POINTS: [&str; 7] = [
    "row of one beat",
    "row of the greatest length",
    "least score",
    "greatest score",
    "all scores of a row equal",
    "a row far below zero",
    "reference rises within a row",
];

/// Names of the coverage points. In rows of one beat no reference rises.
pub fn points(params: &Params) -> &'static [&'static str] {
    &POINTS[..POINTS.len() - usize::from(params.beats() == 1)]
}

/// One row a case: of any length, with scores of many spreads.
pub fn random(params: &Params, seed: u64) -> Space {
    rows(params, "random", move |params, index| {
        let mut rng = case_rng(seed, index);
        let beats = match rng.u8(..4) {
            0 => 1,
            1 => params.beats(),
            _ => rng.u32(1..=params.beats()),
        };
        let count = beats * params.lanes;
        let level = rng.i8(..);
        match rng.u8(..6) {
            0 => vec![level; count as usize],
            1 => (0..count).map(|_| rng.i8(..)).collect(),
            2 => (0..count).map(|_| [-128, 127, level][rng.usize(..3)]).collect(),
            3 => (0..count).map(|place| (i64::from(place) * 255 / i64::from(count)) as u8 as i8).collect(),
            4 => (0..count).map(|_| -100 + rng.i8(-28..10)).collect(),
            _ => (0..count).map(|_| spread(&mut rng, 30.0)).collect(),
        }
    })
}

/// Rows of the greatest length, normally distributed with a standard deviation of 4 in natural units.
pub fn typical(params: &Params, seed: u64) -> Space {
    rows(params, "typical", move |params, index| {
        let mut rng = case_rng(seed, index);
        (0..params.length).map(|_| spread(&mut rng, 4.0 * 32.0 / std::f64::consts::LN_2)).collect()
    })
}

fn spread(rng: &mut fastrand::Rng, deviation: f64) -> i8 {
    // A cast to i8 saturates.
    (normal(rng) * deviation) as i8
}

fn rows(
    params: &Params,
    name: &str,
    scores: impl Fn(&Params, u64) -> Vec<i8> + Send + Sync + 'static,
) -> Space {
    let params = params.clone();
    let make = move |index, emit: &mut dyn FnMut(usize, &[Bits])| {
        let scores = scores(&params, index);
        let beats = scores.chunks(params.lanes as usize);
        let last = beats.len() - 1;
        for (place, beat) in beats.enumerate() {
            emit(0, &[packed(beat), Bits::truncated(u128::from(place == last), 1)]);
        }
    };
    Space { name: name.into(), cases: u64::MAX, make: Box::new(make), make_many: None }
}

fn packed(scores: &[i8]) -> Bits {
    let mut word = Bits::zero(8 * scores.len() as u32);
    for (lane, score) in scores.iter().enumerate() {
        (0..8).for_each(|bit| word.set_bit(8 * lane as u32 + bit, *score as u8 >> bit & 1 == 1));
    }
    word
}

/// The scores of a beat.
pub fn unpacked(word: &Bits) -> Vec<i8> {
    (0..word.width() / 8).map(|lane| word.slice(8 * lane + 7, 8 * lane).to_u64() as u8 as i8).collect()
}

/// Finds the coverage points of rows.
pub struct Observer {
    pub params: Params,
    /// The scores of the row so far.
    pub row: Vec<i8>,
}

impl Observe for Observer {
    fn taken(&mut self, _channel: usize, beat: &[Bits], hit: &mut dyn FnMut(usize)) {
        let scores = unpacked(&beat[0]);
        let reference = |scores: &[i8]| scores.iter().map(|score| score.div_euclid(32)).max();
        let rises = !self.row.is_empty() && reference(&scores) > reference(&self.row);
        self.row.extend(&scores);
        let is_last = !beat[1].is_zero();
        let row = &self.row;
        let is_reached = [
            is_last && row.len() == self.params.lanes as usize,
            is_last && row.len() == self.params.length as usize,
            scores.contains(&-128),
            scores.contains(&127),
            is_last && row.iter().all(|score| score == &row[0]),
            is_last && row.iter().all(|score| *score < -64),
            rises,
        ];
        report_reached(&is_reached, hit);
        if is_last {
            self.row.clear();
        }
    }
}

//! Jobs, and the coverage points they reach.

use super::golden::{A, AFFINE, B, Event, Golden, JOB, Scaled};
use super::model::{FAULTS, Job};
use super::params::{ELEMENT_BITS, First, NARROW_BITS, NARROW_SHIFT_BITS, Norm, Op, Params};
use crate::common::lanes::{corner_weighted, joined};
use crate::common::row_framing::random_beats;
use crate::meadow::meadow_attention_head::params::MULTIPLIER_BITS;
use crate::meadow::meadow_requantize::SHIFT_BITS;
use crate::meadow::meadow_requantize::model::Multiplier;
use crate::stimulus::{Coverage, Observe, Space, Stimulus, case_rng, report_reached};
use fastrand::Rng;
use hdl::{Bits, Encoded};
use std::ops::RangeInclusive;

/// Most rows of a job.
const ROWS: u32 = 4;

/// Rows of one job in 256, whose rows have one word.
const MANY_ROWS: RangeInclusive<u32> = 257..=600;

/// Points of a scaled word.
const OF_WORD: [&str; 9] = [
    "copy",
    "sum",
    "product",
    "rotary",
    "result saturated above",
    "result saturated below",
    "tie of a positive number",
    "tie of a negative number",
    "the greatest sum of two products",
];

/// Points of a normalised row.
const OF_NORMAL: [&str; 6] = [
    "LayerNorm",
    "RMSNorm",
    "LayerNorm of equal elements",
    "narrow normalised result saturated above",
    "narrow normalised result saturated below",
    "narrow normalised result of a tie",
];

/// Points of a legal job.
const OF_JOB: [&str; 18] = [
    "one row",
    "several rows",
    "more than 256 rows",
    "one word a row",
    "rows of the greatest length",
    "table of one word for a longer row",
    "table that a row does not end with",
    "shift of 0",
    "the greatest shift",
    "first wide",
    "first narrow, odd words",
    "first narrow, even words",
    "first normal",
    "second alone",
    "first wide, with second",
    "first narrow, with second",
    "first normal, with second",
    "second not shifted",
];

/// A point that needs rows of three words.
const NEEDS_THREE_WORDS: &str = "table that a row does not end with";

/// Points that need gains and biases by which a result can leave its range.
const NEED_GAINS: [&str; 2] =
    ["narrow normalised result saturated above", "narrow normalised result saturated below"];

/// The names of the points, those of words first.
fn points() -> impl Iterator<Item = &'static str> {
    OF_WORD.into_iter().chain(OF_NORMAL).chain(OF_JOB).chain(FAULTS)
}

/// Whether the parameters allow a point.
fn is_reachable(params: &Params, point: &str) -> bool {
    (params.beats() > 2 || point != NEEDS_THREE_WORDS)
        && (params.norm().can_exceed(NARROW_BITS) || !NEED_GAINS.contains(&point))
}

impl Stimulus for Params {
    /// A job a case.
    fn random(&self, seed: u64) -> Space {
        let params = self.clone();
        let make = move |index, emit: &mut dyn FnMut(usize, &[Bits])| {
            let mut rng = case_rng(seed, index);
            send(&params, &mut rng, emit);
        };
        Space { name: "random".into(), cases: u64::MAX, make: Box::new(make), make_many: None }
    }

    fn cycles_per_case(&self) -> u64 {
        u64::from(2 * self.beats()) + 35
    }

    fn coverage(&self) -> Coverage<'_> {
        let points: Vec<&'static str> = points().filter(|point| is_reachable(self, point)).collect();
        Coverage::new(points, Observer { params: self, golden: Golden::new(self) })
    }
}

/// A job with all that it needs.
fn send(params: &Params, rng: &mut Rng, emit: &mut dyn FnMut(usize, &[Bits])) {
    let job = job(params, rng);
    emit(JOB, &job.beat(params));
    if !job.is_legal(params) {
        return;
    }
    if job.has_norm() {
        let kind = rng.u8(..4);
        (0..2 * job.beats).for_each(|_| emit(AFFINE, &[affine(params, rng, kind)]));
    }
    for _ in 0..job.rows {
        let kind = rng.u8(..8);
        (0..job.words_of_b()).for_each(|_| emit(B, &[numbers(params, rng, kind)]));
        (0..job.beats).for_each(|_| emit(A, &[numbers(params, rng, kind)]));
    }
}

/// The numbers of a job, in one of sixteen cases with any code and number beside.
fn job(params: &Params, rng: &mut Rng) -> Job {
    let most = (1 << params.beats_bits()) - 1;
    let (rows, beats) = match rng.u8(..) {
        0 => (rng.u32(MANY_ROWS), 1),
        _ => (rng.u32(1..=ROWS), random_beats(rng, params.beats()).min(most)),
    };
    let op = Op::VALUES[rng.usize(..Op::VALUES.len())].value;
    let norm = [Norm::None, Norm::Layer, Norm::Rms][rng.usize(..3)];
    let (first, second) = match norm {
        Norm::None => ([First::Wide, First::Narrow][rng.usize(..2)], false),
        Norm::Layer | Norm::Rms => match rng.u8(..5) {
            0 => (First::Normal, false),
            place => (First::VALUES[usize::from(place) - 1].value, true),
        },
    };
    let legal = Job {
        rows,
        beats,
        b_beats: match op {
            Op::Copy => rng.u32(..=most),
            Op::Sum | Op::Product => beats,
            Op::Rotary => random_beats(rng, beats).min(beats),
        },
        op,
        scale: scale(rng, op),
        norm: Some(norm),
        epsilon: epsilon(params, rng),
        first,
        second,
        narrow_shift: rng.u32(..1 << NARROW_SHIFT_BITS) * rng.u32(..3).min(1),
    };
    match rng.u8(..64) {
        0 => Job { rows: 0, ..legal },
        1 => Job { beats: rng.u32(..=most), ..legal },
        2 | 3 => Job { b_beats: rng.u32(..=most), ..legal },
        4 => Job { norm: None, ..legal },
        5 | 6 => Job { first: First::None, second: false, ..legal },
        7 => Job { second: !legal.second, ..legal },
        8 => Job { first: First::Normal, ..legal },
        9 => Job { norm: Some(Norm::None), ..legal },
        _ => legal,
    }
}

/// A scale that makes use of the range of results, mostly.
fn scale(rng: &mut Rng, op: Op) -> Multiplier {
    let power = MULTIPLIER_BITS - 1;
    let places = match op {
        Op::Copy => 0,
        Op::Sum => 1,
        Op::Product | Op::Rotary => ELEMENT_BITS - 2,
    };
    let greatest = (1 << SHIFT_BITS) - 1;
    match rng.u8(..16) {
        0 => Multiplier { multiplier: rng.u64(..4), shift: 0 },
        1 => Multiplier { multiplier: (1 << MULTIPLIER_BITS) - 1, shift: greatest },
        2 => Multiplier { multiplier: rng.u64(..1 << MULTIPLIER_BITS), shift: rng.u32(..=greatest) },
        // Ties.
        3..8 => Multiplier { multiplier: 1 << power, shift: power + places + rng.u32(1..3) },
        _ => Multiplier { multiplier: rng.u64(1 << power..2 << power), shift: power + places + rng.u32(..4) },
    }
}

/// None, the greatest, a small one, or any.
fn epsilon(params: &Params, rng: &mut Rng) -> u64 {
    let greatest = (1 << params.norm().epsilon_bits()) - 1;
    match rng.u8(..8) {
        0..3 => 0,
        3 => greatest,
        4 => rng.u64(..=greatest) >> rng.u32(..params.norm().epsilon_bits()),
        _ => rng.u64(1..=100),
    }
}

/// A word of an operand: all equal, all the least number, all small, or any.
fn numbers(params: &Params, rng: &mut Rng, kind: u8) -> Bits {
    let mut number = || match kind {
        0 => 300,
        1 => i64::from(i16::MIN),
        2 | 3 => rng.i64(-200..200),
        _ => corner_weighted(ELEMENT_BITS, rng),
    };
    joined(ELEMENT_BITS, &(0..params.lanes).map(|_| number()).collect::<Vec<i64>>())
}

/// A word of gains and biases: near one half and zero, or any.
fn affine(params: &Params, rng: &mut Rng, kind: u8) -> Bits {
    let one = 1i64 << params.gain_shift.min(ELEMENT_BITS - 2);
    let mut number = |place: u32| match (kind, place % 2) {
        (0, 0) => one * rng.i64(1..=8) / 2,
        (0, _) => rng.i64(-2..=2),
        (1, _) => corner_weighted(ELEMENT_BITS, rng) >> rng.u32(..8),
        _ => corner_weighted(ELEMENT_BITS, rng),
    };
    joined(ELEMENT_BITS, &(0..params.lanes).map(&mut number).collect::<Vec<i64>>())
}

/// Finds the coverage points of jobs.
struct Observer<'p> {
    params: &'p Params,
    golden: Golden,
}

impl Observe for Observer<'_> {
    fn taken(&mut self, channel: usize, beat: &[Bits], hit: &mut dyn FnMut(usize)) {
        let params = self.params;
        self.golden.take(channel, beat, &mut |event| {
            let mut reached =
                [vec![false; OF_WORD.len()], vec![false; OF_NORMAL.len()], vec![false; OF_JOB.len()]];
            let mut faults = [false; FAULTS.len()];
            match event {
                Event::Word(job, word) => reached[0] = of_word(job, &word).to_vec(),
                Event::Normal(job, row, normal) => reached[1] = of_normal(job, row, normal).to_vec(),
                Event::End(job) if job.is_legal(params) => reached[2] = of_job(params, job).to_vec(),
                Event::End(job) => faults = job.faults(params),
            }
            let reached = reached.concat().into_iter().chain(faults).zip(points());
            let reached: Vec<bool> = reached
                .filter(|(_, point)| is_reachable(params, point))
                .map(|(reached, _)| reached)
                .collect();
            report_reached(&reached, hit);
        });
    }
}

/// Whether results leave the range of some bits above, and below.
fn saturates(bits: u32, exact: impl Iterator<Item = i128> + Clone) -> [bool; 2] {
    let greatest = (1i128 << (bits - 1)) - 1;
    [exact.clone().any(|number| number > greatest), exact.clone().any(|number| number < -greatest - 1)]
}

fn of_word(job: &Job, word: &Scaled) -> [bool; OF_WORD.len()] {
    let Multiplier { multiplier, shift } = job.scale;
    let products = || word.sums.iter().map(|sum| i128::from(*sum) * i128::from(multiplier));
    let [above, below] = saturates(ELEMENT_BITS, products().map(|product| product >> shift));
    let mut ties =
        products().filter(|product| shift > 0 && product.rem_euclid(1 << shift) == 1 << (shift - 1));
    let fits = |product: &i128| product.abs() < 32767 << shift;
    [
        job.op == Op::Copy,
        job.op == Op::Sum,
        job.op == Op::Product,
        job.op == Op::Rotary,
        above,
        below,
        ties.clone().any(|product| product > 0 && fits(&product)),
        ties.any(|product| product < 0 && fits(&product)),
        word.sums.contains(&(1 << 31)),
    ]
}

fn of_normal(job: &Job, row: &[i64], normal: &[i64]) -> [bool; OF_NORMAL.len()] {
    let half = (1i64 << job.narrow_shift) >> 1;
    let narrowed = normal.iter().map(|element| i128::from((element + half) >> job.narrow_shift));
    let [above, below] = saturates(NARROW_BITS, narrowed).map(|saturates| saturates && job.second);
    let is_tie = |element: &i64| half > 0 && element.rem_euclid(2 * half) == half;
    let is_layer = job.norm == Some(Norm::Layer);
    [
        is_layer,
        !is_layer,
        is_layer && row.iter().all(|element| *element == row[0]),
        above,
        below,
        job.second && normal.iter().any(is_tie),
    ]
}

fn of_job(params: &Params, job: &Job) -> [bool; OF_JOB.len()] {
    let is_rotary = job.op == Op::Rotary;
    let gives = |first: First, second: bool| job.first == first && job.second == second;
    let is_odd = !job.beats.is_multiple_of(2);
    [
        job.rows == 1,
        job.rows > 1,
        job.rows > 256,
        job.beats == 1,
        job.beats == params.beats(),
        is_rotary && job.b_beats == 1 && job.beats > 1,
        is_rotary && !job.beats.is_multiple_of(job.b_beats),
        job.scale.shift == 0,
        job.scale.shift == (1 << SHIFT_BITS) - 1,
        gives(First::Wide, false),
        gives(First::Narrow, false) && is_odd,
        gives(First::Narrow, false) && !is_odd,
        gives(First::Normal, false),
        gives(First::None, true),
        gives(First::Wide, true),
        gives(First::Narrow, true),
        gives(First::Normal, true),
        job.second && job.narrow_shift == 0,
    ]
}

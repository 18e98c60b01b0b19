//! Jobs, and the coverage points they reach.

use super::model::{Event, Golden, JOB, Job, KEYS, TABLE, VALUES, WEIGHTS, X};
use super::params::{COUNT_BITS, ELEMENT_BITS, MULTIPLIER_BITS, Params};
use crate::common::lanes::{corner_weighted, flag, joined};
use crate::meadow::attention::Steps;
use crate::meadow::meadow_requantize::{SHIFT_BITS, SUM_BITS};
use crate::stimulus::{Coverage, Observe, Space, Stimulus, case_rng, report_reached};
use fastrand::Rng;
use hdl::Bits;

/// The longest jobs have so many tokens.
const MOST_TOKENS: u32 = 256;

/// The names of the coverage points.
pub const POINTS: [&str; 16] = [
    "one token",
    "a group that is not full behind one that is",
    "every group full",
    "causal, keys computed and masked",
    "causal, keys left out",
    "all keys for all tokens",
    "padding among the keys",
    "no key counts",
    "one key",
    "most keys",
    "one element",
    "most elements",
    "tokens behind the last key",
    "query saturated",
    "scores of a token saturated above and below",
    "job refused",
];

/// The coverage points that the parameters allow, each with its place among all.
pub fn numbered_points(params: &Params) -> impl Iterator<Item = (usize, &'static str)> {
    let Params { tokens, keys, .. } = *params;
    (0..).zip(POINTS).filter(move |(place, _)| match place {
        1 => tokens > 1,
        4 => tokens < keys,
        _ => true,
    })
}

impl Stimulus for Params {
    /// A job a case.
    fn random(&self, seed: u64) -> Space {
        let params = self.clone();
        let make = move |index, emit: &mut dyn FnMut(usize, &[Bits])| {
            let mut rng = case_rng(seed, index);
            job(&params, &mut rng, emit);
        };
        Space { name: "random".into(), cases: u64::MAX, make: Box::new(make), make_many: None }
    }

    fn cycles_per_case(&self) -> u64 {
        u64::from(2 * self.d_head + 2 * self.d_model + 2 * self.keys)
    }

    fn coverage(&self) -> Coverage<'_> {
        let points: Vec<&'static str> = numbered_points(self).map(|(_, point)| point).collect();
        Coverage::new(points, Observer { params: self, golden: Golden::new(self) })
    }
}

/// From 1 to `most`, and `most` or 1 often.
fn count(rng: &mut Rng, most: u32) -> u32 {
    match rng.u8(..4) {
        0 => most,
        1 => rng.u32(1..=most.min(3)),
        _ => rng.u32(1..=most),
    }
}

/// The numbers of a job that are counts: elements of a token, tokens, keys, keys that count, and the first position.
fn counts(params: &Params, rng: &mut Rng) -> [u32; 5] {
    let tokens = match rng.u8(..64) {
        0 => rng.u32(1..=MOST_TOKENS),
        1..16 => params.tokens,
        16..32 => 1,
        _ => rng.u32(1..=3 * params.tokens),
    };
    let keys = count(rng, params.keys);
    let valid_keys = [keys, keys, 0, rng.u32(0..=keys)][rng.usize(..4)];
    let position = match rng.u8(..4) {
        0 => rng.u32(0..=keys),
        1 => rng.u32(..1 << COUNT_BITS),
        _ => 0,
    };
    [count(rng, params.d_model), tokens, keys, valid_keys, position]
}

/// A job with all that it needs; gives its numbers if it is legal.
pub fn job(params: &Params, rng: &mut Rng, emit: &mut dyn FnMut(usize, &[Bits])) -> Option<Job> {
    let mut counts = counts(params, rng);
    if rng.u8(..16) == 0 {
        // One of them is out of its range, where its width allows that.
        match rng.u8(..5) {
            0 => counts[0] = 0,
            1 => counts[1] = 0,
            2 => [counts[2], counts[3]] = [0, 0],
            3 => counts[3] = counts[2] + 1,
            _ => counts[0] = params.d_model + 1,
        }
    }
    let [d_model, tokens, keys, ..] = counts;
    let beat = job_beat(params, rng, &counts);
    let job = Job::of_beat(&beat);
    emit(JOB, &beat);
    if !job.is_legal(params) {
        return None;
    }
    (0..d_model).for_each(|_| emit(WEIGHTS, &[elements(rng, params.d_head)]));
    for _ in 0..params.d_head {
        let bias = joined(SUM_BITS, &[corner_weighted(SUM_BITS, rng) >> rng.u32(8..32)]);
        let [multiplier, shift] = scale(rng, 7 + root(d_model));
        emit(TABLE, &[bias, multiplier, shift]);
    }
    (0..keys).for_each(|_| emit(KEYS, &[elements(rng, params.d_head)]));
    (0..keys).for_each(|_| emit(VALUES, &[elements(rng, params.d_head)]));
    for _ in 0..tokens.div_ceil(params.tokens) * d_model {
        emit(X, &[elements(rng, params.tokens)]);
    }
    Some(job)
}

/// Elements of a beat.
pub fn elements(rng: &mut Rng, count: u32) -> Bits {
    joined(ELEMENT_BITS, &(0..count).map(|_| corner_weighted(ELEMENT_BITS, rng)).collect::<Vec<i64>>())
}

/// The beat of a job: its scales are such that most results use their range.
fn job_beat(params: &Params, rng: &mut Rng, counts: &[u32; 5]) -> Vec<Bits> {
    let widths = [params.model_bits(), COUNT_BITS, params.key_bits(), params.key_bits(), COUNT_BITS];
    let number = |(count, width): (&u32, u32)| Bits::truncated((*count).into(), width);
    let mut beat: Vec<Bits> = counts.iter().zip(widths).map(number).collect();
    beat.extend([flag(rng.bool()), flag(rng.bool())]);
    beat.extend(scale(rng, 6 + root(params.d_head)));
    beat.extend(scale(rng, params.probability_bits - 1));
    beat
}

/// A multiplier and a shift, for numbers that are usually so many places too long.
fn scale(rng: &mut Rng, places: u32) -> [Bits; 2] {
    let multiplier = rng.u32(1 << (MULTIPLIER_BITS - 1)..1 << MULTIPLIER_BITS);
    let shift = MULTIPLIER_BITS - 1 + places + rng.u32(..3);
    [Bits::truncated(multiplier.into(), MULTIPLIER_BITS), Bits::truncated(shift.into(), SHIFT_BITS)]
}

/// Places by which the sum of so many random products is longer than one of them.
fn root(count: u32) -> u32 {
    count.max(1).ilog2() / 2
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
            let is_reached = match event {
                Event::Group(_, _, steps) => of_group(steps),
                Event::End(job) => of_job(params, job),
            };
            let is_reached: Vec<bool> = numbered_points(params).map(|(place, _)| is_reached[place]).collect();
            report_reached(&is_reached, hit);
        });
    }
}

fn of_group(steps: &[Steps]) -> [bool; POINTS.len()] {
    let mut is_reached = [false; POINTS.len()];
    let saturates = |values: &[i64]| values.contains(&127) || values.contains(&-128);
    is_reached[13] = steps.iter().any(|steps| saturates(&steps.query));
    is_reached[14] =
        steps.iter().any(|steps| steps.scores.contains(&i8::MAX) && steps.scores.contains(&i8::MIN));
    is_reached
}

/// The points of a job, without those of its tokens.
pub fn of_job(params: &Params, job: &Job) -> [bool; POINTS.len()] {
    let mut is_reached = [false; POINTS.len()];
    if !job.is_legal(params) {
        is_reached[15] = true;
        return is_reached;
    }
    let of_group = params.tokens as usize;
    let (valid_keys, last) = (job.mask.valid_keys, job.position + job.tokens);
    let hides = job.mask.causal && job.position + 1 < valid_keys;
    is_reached[..13].copy_from_slice(&[
        job.tokens == 1,
        job.tokens > of_group && !job.tokens.is_multiple_of(of_group),
        job.tokens.is_multiple_of(of_group),
        hides && !job.skip,
        hides && job.skip && job.position + of_group < valid_keys,
        !job.mask.causal && valid_keys == job.keys,
        valid_keys > 0 && valid_keys < job.keys,
        valid_keys == 0,
        job.keys == 1,
        job.keys == params.keys as usize,
        job.d_model == 1,
        job.d_model == params.d_model as usize,
        job.mask.causal && last > job.keys,
    ]);
    is_reached
}

//! Jobs, and the coverage points they reach.

use super::model::{Event, Golden, JOB, Job, KEYS, TABLE, VALUES, WEIGHTS, X};
use super::params::{
    COUNT_BITS, ELEMENT_BITS, GROUPS_OF_LENT_ROUND, MULTIPLIER_BITS, Params, SINGLE_ROUNDS_BITS,
};
use crate::common::lanes::{corner_weighted, flag, joined};
use crate::meadow::attention::Steps;
use crate::meadow::meadow_requantize::{SHIFT_BITS, SUM_BITS};
use crate::stimulus::{Coverage, Observe, Space, Stimulus, case_rng, report_reached};
use fastrand::Rng;
use hdl::Bits;

/// The longest jobs have so many tokens.
const MOST_TOKENS: u32 = 256;

/// The coverage points of jobs.
const OF_JOBS: [&str; 29] = [
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
    "job behind a refused one",
    "job of one group behind another",
    "lent elements for a full round",
    "lent elements for two groups",
    "lent elements for one group",
    "lent elements behind lent elements",
    "lent elements behind a round of one group",
    "job with lent elements behind one without",
    "job without lent elements behind one with",
    "job that keeps all keys",
    "job that keeps some of the keys",
    "job that keeps keys behind another one",
    "job with its own keys behind one that keeps some",
    REFUSED,
    "job refused that keeps more keys than there are",
    "job refused that keeps keys where there are none",
];

/// Refused jobs reach only the points that begin so.
const REFUSED: &str = "job refused";

/// Part of the points that need jobs that keep keys.
const OF_KEEPING: &str = "keeps";

/// A point that groups of one token cannot reach.
const OF_SEVERAL_TOKENS: &str = "a group that is not full behind one that is";

/// Part of the points that need lent elements.
const OF_LENDING: &str = "lent elements";

/// A point that needs a key that no token of the first group sees.
const OF_MORE_KEYS: &str = "causal, keys left out";

/// The coverage points of the tokens of a group.
const OF_TOKENS: [&str; 3] =
    ["query saturated", "scores of a token saturated above and below", "all scores of a token equal"];

/// The coverage points of jobs that the parameters allow, each with its place among all.
fn numbered_points(params: &Params) -> impl Iterator<Item = (usize, &'static str)> {
    let Params { tokens, keys, lends, keeps: may_keep, .. } = *params;
    let is_reachable = move |point: &'static str| {
        (tokens > 1 || point != OF_SEVERAL_TOKENS)
            && (tokens < keys || point != OF_MORE_KEYS)
            && (lends || !point.contains(OF_LENDING))
            && (may_keep || !point.contains(OF_KEEPING))
    };
    (0..).zip(OF_JOBS).filter(move |(_, point)| is_reachable(point))
}

/// Names of the coverage points of jobs.
pub fn points_of_jobs(params: &Params) -> Vec<&'static str> {
    numbered_points(params).map(|(_, point)| point).collect()
}

impl Stimulus for Params {
    /// A job a case, and those that keep its keys.
    fn random(&self, seed: u64) -> Space {
        let params = self.clone();
        let make = move |index, emit: &mut dyn FnMut(usize, &[Bits])| {
            let mut rng = case_rng(seed, index);
            if params.keeps && index == 0 {
                job(&params, &mut rng, Some(0), emit);
            }
            let Some(first) = job(&params, &mut rng, None, emit) else { return };
            let followers = if params.keeps { rng.u8(..3) } else { 0 };
            for _ in 0..followers {
                job(&params, &mut rng, Some(first.keys as u32), emit);
            }
        };
        Space { name: "random".into(), cases: u64::MAX, make: Box::new(make), make_many: None }
    }

    fn cycles_per_case(&self) -> u64 {
        u64::from(2 * self.d_head + 2 * self.d_model + 2 * self.keys)
    }

    fn coverage(&self) -> Coverage<'_> {
        let of_jobs = points_of_jobs(self);
        let observer = Observer {
            golden: Golden::new(self),
            first_of_tokens: of_jobs.len(),
            jobs: JobObserver::new(self.clone()),
        };
        Coverage::new([of_jobs, OF_TOKENS.to_vec()].concat(), observer)
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
        _ => rng.u32(1..=3 * params.tokens_of_beat()),
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

/// A job with all that it needs; gives its numbers if it is legal. It keeps keys where it is said how many there are.
pub fn job(
    params: &Params,
    rng: &mut Rng,
    kept: Option<u32>,
    emit: &mut dyn FnMut(usize, &[Bits]),
) -> Option<Job> {
    let mut counts = counts(params, rng);
    if let Some(kept) = kept
        && rng.u8(..8) > 0
    {
        counts[2] = if rng.bool() { kept } else { counts[2].min(kept) }.max(1);
        counts[3] = counts[3].min(counts[2]);
    }
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
    let [d_model, _, keys, ..] = counts;
    let mut beat = job_beat(params, rng, &counts);
    beat.extend(params.keeps.then(|| flag(kept.is_some())));
    let job = Job::of_beat(params, &beat);
    emit(JOB, &beat);
    if !job.is_legal(params, kept.unwrap_or(0) as usize) {
        return None;
    }
    (0..d_model).for_each(|_| emit(WEIGHTS, &[elements(rng, params.d_head)]));
    for _ in 0..params.d_head {
        let bias = joined(SUM_BITS, &[corner_weighted(SUM_BITS, rng) >> rng.u32(8..32)]);
        let [multiplier, shift] = scale(rng, 7 + root(d_model));
        emit(TABLE, &[bias, multiplier, shift]);
    }
    let every_key = (rng.u8(..16) == 0).then(|| elements(rng, params.d_head));
    let own_keys = if job.keeps { 0 } else { keys };
    for _ in 0..own_keys {
        emit(KEYS, &[every_key.clone().unwrap_or_else(|| elements(rng, params.d_head))]);
    }
    (0..own_keys).for_each(|_| emit(VALUES, &[elements(rng, params.d_head)]));
    for _ in 0..job.rounds(params).len() * job.d_model {
        emit(X, &[elements(rng, params.tokens_of_beat())]);
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
    if params.lends {
        // Few, so that there are rounds with lent elements behind them.
        let single_rounds = rng.u32(..1 << SINGLE_ROUNDS_BITS).min(rng.u32(..1 << SINGLE_ROUNDS_BITS));
        beat.extend([flag(rng.u8(..4) > 0), Bits::truncated(single_rounds.into(), SINGLE_ROUNDS_BITS)]);
    }
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

/// Finds the coverage points.
struct Observer {
    golden: Golden,
    /// The number of the first point of tokens: those of jobs come before.
    first_of_tokens: usize,
    jobs: JobObserver,
}

impl Observe for Observer {
    fn taken(&mut self, channel: usize, beat: &[Bits], hit: &mut dyn FnMut(usize)) {
        let Observer { golden, first_of_tokens, jobs } = self;
        golden.take(channel, beat, &mut |event| match event {
            Event::Group(_, _, steps) => {
                report_reached(&of_group(steps), &mut |point| hit(*first_of_tokens + point));
            }
            Event::End(job) => jobs.taken(job, true, hit),
            Event::Refused(job) => jobs.taken(job, false, hit),
        });
    }
}

fn of_group(steps: &[Steps]) -> [bool; OF_TOKENS.len()] {
    let saturates = |values: &[i64]| values.contains(&127) || values.contains(&-128);
    let is_level = |scores: &[i8]| scores.len() > 1 && scores.iter().all(|score| *score == scores[0]);
    [
        steps.iter().any(|steps| saturates(&steps.query)),
        steps.iter().any(|steps| steps.scores.contains(&i8::MAX) && steps.scores.contains(&i8::MIN)),
        steps.iter().any(|steps| is_level(&steps.scores)),
    ]
}

/// Finds the coverage points of jobs.
pub struct JobObserver {
    params: Params,
    /// The job before, and whether it was legal.
    before: Option<(Job, bool)>,
    /// Keys that a job could keep.
    kept: usize,
}

impl JobObserver {
    /// No job has been seen.
    pub fn new(params: Params) -> JobObserver {
        JobObserver { params, before: None, kept: 0 }
    }

    /// Reports to `hit` the number of each point that the next job reaches, which `is_legal` or is refused.
    pub fn taken(&mut self, job: &Job, is_legal: bool, hit: &mut dyn FnMut(usize)) {
        let is_reached = self.reached(job);
        self.kept = job.kept(&self.params, self.kept);
        self.before = Some((*job, is_legal));
        let is_reached: Vec<bool> = numbered_points(&self.params)
            .map(|(place, point)| is_reached[place] && is_legal != point.starts_with(REFUSED))
            .collect();
        report_reached(&is_reached, hit);
    }

    /// The points of a job that is legal, and of one that is not.
    fn reached(&self, job: &Job) -> [bool; OF_JOBS.len()] {
        let params = &self.params;
        let of_group = params.tokens as usize;
        let (valid_keys, last) = (job.mask.valid_keys, job.position + job.tokens);
        let hides = job.mask.causal && job.position + 1 < valid_keys;
        let (lends, of_lent) = (job.single_rounds.is_some(), GROUPS_OF_LENT_ROUND as usize);
        let lent_rounds = self.lent_rounds(job);
        let is_short = |job: &Job| job.tokens <= of_group;
        let legal_before = self.before.and_then(|(job, is_legal)| is_legal.then_some(job));
        let behind_keeping = legal_before.is_some_and(|before| before.keeps);
        [
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
            self.before.is_some_and(|(_, is_legal)| !is_legal),
            is_short(job) && legal_before.as_ref().is_some_and(is_short),
            lent_rounds.contains(&of_lent),
            lent_rounds.contains(&2),
            lent_rounds.contains(&1),
            lent_rounds.len() > 1 && job.single_rounds == Some(0),
            lent_rounds.len() > 1 && job.single_rounds > Some(0),
            lends && self.before.is_some_and(|(before, _)| before.single_rounds.is_none()),
            !lends && self.before.is_some_and(|(before, _)| before.single_rounds.is_some()),
            job.keeps && job.keys == self.kept,
            job.keeps && job.keys < self.kept,
            job.keeps && behind_keeping,
            !job.keeps && behind_keeping,
            true,
            job.keeps && job.keys > self.kept && self.kept > 0,
            job.keeps && job.keys > self.kept && self.kept == 0,
        ]
    }

    /// The groups of each round of a job that uses lent elements.
    fn lent_rounds(&self, job: &Job) -> Vec<usize> {
        let mut before = 0;
        let mut rounds = job.rounds(&self.params);
        rounds.retain(|groups| {
            let is_lent = job.groups_of_round(before) > 1;
            before += groups;
            is_lent
        });
        rounds
    }
}

//! The golden model: the jobs one after the other, a token at a time.

use super::params::{ELEMENT_BITS, GROUPS_OF_LENT_ROUND, Params};
use crate::common::lanes::{apart, flag, joined};
use crate::golden::{GoldenModel, Model, Reference};
use crate::meadow::attention::{Head, Mask, Scales, Steps, TableEntry};
use crate::meadow::meadow_requantize::SUM_BITS;
use crate::meadow::meadow_requantize::model::Multiplier;
use crate::nonlinear::softmax::model::Softmax;
use hdl::Bits;
use std::collections::VecDeque;
use std::sync::Arc;

/// The numbers of the input channels.
pub const JOB: usize = 0;
/// Rows of weights.
pub const WEIGHTS: usize = 1;
/// Biases and scales of queries.
pub const TABLE: usize = 2;
/// Keys.
pub const KEYS: usize = 3;
/// Values.
pub const VALUES: usize = 4;
/// Tokens.
pub const X: usize = 5;

/// Beats of a channel that have not been used.
pub type Waiting = VecDeque<Vec<Bits>>;

/// The next beats of a channel, each as the integers of its only field.
pub fn rows(waiting: &mut Waiting, width: u32, beats: usize) -> Vec<Vec<i64>> {
    waiting.drain(..beats).map(|beat| apart(width, &beat[0])).collect()
}

/// The numbers of a job.
#[derive(Clone, Copy, Debug)]
pub struct Job {
    /// Elements of a token.
    pub d_model: usize,
    /// Tokens.
    pub tokens: usize,
    /// Keys.
    pub keys: usize,
    /// Which keys count.
    pub mask: Mask,
    /// Position of the first token.
    pub position: usize,
    /// Whether keys that nobody sees are left out.
    pub skip: bool,
    /// The scales.
    pub scales: Scales,
    /// The rounds without lent elements behind each one with them, if the job uses lent elements.
    pub single_rounds: Option<usize>,
    /// Whether its keys and values are those of the last job that brought its own.
    pub keeps: bool,
}

/// The scale in a field of a beat and the one behind it.
fn scale(beat: &[Bits], field: usize) -> Multiplier {
    Multiplier { multiplier: beat[field].to_u64(), shift: beat[field + 1].to_u64() as u32 }
}

impl Job {
    /// The job of a beat.
    pub fn of_beat(params: &Params, beat: &[Bits]) -> Job {
        let number = |field: usize| beat[field].to_u64() as usize;
        Job {
            d_model: number(0),
            tokens: number(1),
            keys: number(2),
            mask: Mask { valid_keys: number(3), causal: beat[5].bit(0) },
            position: number(4),
            skip: beat[6].bit(0),
            scales: Scales { score: scale(beat, 7), output: scale(beat, 9) },
            single_rounds: (params.lends && beat[11].bit(0)).then(|| number(12)),
            keeps: params.keeps && beat[beat.len() - 1].bit(0),
        }
    }

    /// The groups of tokens whose queries are made in the round behind so many groups, if so many are left.
    pub fn groups_of_round(&self, groups_before: usize) -> usize {
        let of_lent = GROUPS_OF_LENT_ROUND as usize;
        match self.single_rounds {
            Some(single_rounds) if groups_before.is_multiple_of(of_lent + single_rounds) => of_lent,
            Some(_) | None => 1,
        }
    }

    /// The groups of tokens whose queries are made in each round.
    pub fn rounds(&self, params: &Params) -> Vec<usize> {
        let groups = self.tokens.div_ceil(params.tokens as usize);
        let (mut rounds, mut before) = (vec![], 0);
        while before < groups {
            rounds.push(self.groups_of_round(before).min(groups - before));
            before += rounds[rounds.len() - 1];
        }
        rounds
    }

    /// Whether all numbers are within their ranges, where so many keys could be kept.
    pub fn is_legal(&self, params: &Params, kept: usize) -> bool {
        (1..=params.d_model as usize).contains(&self.d_model)
            && (1..=params.keys as usize).contains(&self.keys)
            && self.tokens > 0
            && self.mask.valid_keys <= self.keys
            && (!self.keeps || self.keys <= kept)
    }

    /// The keys that the job behind this one could keep, where this one could keep so many.
    pub fn kept(&self, params: &Params, kept: usize) -> usize {
        if self.keeps || !self.is_legal(params, kept) { kept } else { self.keys }
    }
}

/// The keys and values that a job can keep: those of the last one that came with its own.
#[derive(Default)]
pub struct Kept {
    keys: Vec<Vec<i64>>,
    values: Vec<Vec<i64>>,
}

/// The job that is worked on.
pub struct Work {
    /// Its numbers.
    pub job: Job,
    /// What of its head has come.
    pub head: Head,
    d_head: usize,
}

impl Work {
    /// The next job, of whose head there is what it keeps; a refused one is given to `refused`. None if there is no job.
    pub fn next(
        params: &Params,
        softmax: &Arc<Softmax>,
        jobs: &mut Waiting,
        kept: &Kept,
        mut refused: impl FnMut(&Job),
    ) -> Option<Work> {
        loop {
            let job = Job::of_beat(params, &jobs.pop_front()?);
            if !job.is_legal(params, kept.keys.len()) {
                refused(&job);
                continue;
            }
            let first = |rows: &[Vec<i64>]| if job.keeps { rows[..job.keys].to_vec() } else { vec![] };
            let head = Head {
                weights: vec![],
                table: vec![],
                keys: first(&kept.keys),
                values: first(&kept.values),
                scales: job.scales,
                rounding: params.rounding,
                softmax: softmax.clone(),
            };
            return Some(Work { job, head, d_head: params.d_head as usize });
        }
    }

    /// Takes what has come of the head.
    pub fn load(&mut self, waiting: &mut [Waiting]) {
        let Work { job, head, d_head } = self;
        let mut take = |channel: usize, have: usize, most: usize| {
            let beats = waiting[channel].len().min(most - have);
            rows(&mut waiting[channel], ELEMENT_BITS, beats)
        };
        head.weights.extend(take(WEIGHTS, head.weights.len(), job.d_model));
        head.keys.extend(take(KEYS, head.keys.len(), job.keys));
        head.values.extend(take(VALUES, head.values.len(), job.keys));
        let entry =
            |beat: Vec<Bits>| TableEntry { bias: apart(SUM_BITS, &beat[0])[0], scale: scale(&beat, 1) };
        let entries = waiting[TABLE].len().min(*d_head - head.table.len());
        head.table.extend(waiting[TABLE].drain(..entries).map(entry));
    }

    /// Weights and their table are there.
    pub fn has_weights(&self) -> bool {
        self.head.weights.len() == self.job.d_model && self.head.table.len() == self.d_head
    }

    /// The keys are there.
    pub fn has_keys(&self) -> bool {
        self.head.keys.len() == self.job.keys
    }

    /// The values are there.
    pub fn has_values(&self) -> bool {
        self.head.values.len() == self.job.keys
    }

    /// The job ends: the keys and values of a job with its own ones are kept.
    fn end(self, kept: &mut Kept) {
        if !self.job.keeps {
            *kept = Kept { keys: self.head.keys, values: self.head.values };
        }
    }
}

/// What happens in a job.
pub enum Event<'e> {
    /// A group has been answered, from the token of this number on.
    Group(&'e Job, usize, &'e [Steps]),
    /// A job has ended.
    End(&'e Job),
    /// A job was refused.
    Refused(&'e Job),
}

/// The state of the model.
pub struct Golden {
    params: Params,
    softmax: Arc<Softmax>,
    /// By channel.
    waiting: [Waiting; 6],
    /// The job that is worked on, and how many of its tokens have been answered.
    work: Option<(Work, usize)>,
    kept: Kept,
}

impl Golden {
    /// Before the first job.
    pub fn new(params: &Params) -> Golden {
        let softmax = Arc::new(Softmax::new(&params.softmax()));
        Golden {
            params: params.clone(),
            softmax,
            waiting: Default::default(),
            work: None,
            kept: Kept::default(),
        }
    }

    /// Takes a beat of a channel, and gives what follows to `seen`.
    pub fn take(&mut self, channel: usize, beat: &[Bits], seen: &mut dyn FnMut(Event)) {
        self.waiting[channel].push_back(beat.to_vec());
        loop {
            let mut next = |jobs: &mut Waiting| {
                Work::next(&self.params, &self.softmax, jobs, &self.kept, |job| seen(Event::Refused(job)))
            };
            let work = self.work.take().or_else(|| Some((next(&mut self.waiting[JOB])?, 0)));
            let Some((mut work, done)) = work else { return };
            work.load(&mut self.waiting);
            let is_there = work.has_weights() && work.has_keys() && work.has_values();
            if !is_there || self.waiting[X].len() < work.job.d_model {
                self.work = Some((work, done));
                return;
            }
            self.round(work, done, seen);
        }
    }

    /// Answers the groups of the next round.
    fn round(&mut self, work: Work, done: usize, seen: &mut dyn FnMut(Event)) {
        let (job, of_group) = (work.job, self.params.tokens as usize);
        let elements = rows(&mut self.waiting[X], ELEMENT_BITS, job.d_model);
        let count = (job.tokens - done).min(of_group * job.groups_of_round(done / of_group));
        let attend = |number: usize| {
            let token: Vec<i64> = elements.iter().map(|beat| beat[number]).collect();
            work.head.attend(&token, job.mask.count(job.position + done + number))
        };
        let steps: Vec<Steps> = (0..count).map(attend).collect();
        for (group, steps) in (0..).zip(steps.chunks(of_group)) {
            seen(Event::Group(&job, done + group * of_group, steps));
        }
        match done + count < job.tokens {
            true => self.work = Some((work, done + count)),
            false => {
                seen(Event::End(&job));
                work.end(&mut self.kept);
            }
        }
    }
}

impl Params {
    /// The result of a group, an element of each token a beat; `ends` if the job ends with it.
    pub fn results(&self, outputs: &[Vec<i64>], ends: bool) -> Vec<[Option<Bits>; 2]> {
        let d_head = self.d_head as usize;
        let beat = |place: usize| {
            let mut elements: Vec<i64> = outputs.iter().map(|output| output[place]).collect();
            elements.resize(self.tokens as usize, 0);
            [Some(joined(ELEMENT_BITS, &elements)), Some(flag(ends && place == d_head - 1))]
        };
        (0..d_head).map(beat).collect()
    }
}

impl Model for Golden {
    fn accept(&mut self, channel: usize, beat: &[Bits], emit: &mut dyn FnMut(usize, &[Option<Bits>])) {
        let params = self.params.clone();
        self.take(channel, beat, &mut |event| match event {
            Event::Group(job, first, steps) => {
                let outputs: Vec<Vec<i64>> = steps.iter().map(|steps| steps.output.clone()).collect();
                let results = params.results(&outputs, first + steps.len() == job.tokens);
                results.iter().for_each(|beat| emit(0, beat));
            }
            Event::End(_) => emit(1, &[Some(flag(false))]),
            Event::Refused(_) => emit(1, &[Some(flag(true))]),
        });
    }
}

impl Reference for Params {
    fn golden(&self) -> GoldenModel {
        GoldenModel::sequential(Golden::new(self))
    }
}

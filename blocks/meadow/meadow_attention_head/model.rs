//! The golden model: the jobs one after the other, a token at a time.

use super::params::{ELEMENT_BITS, Params};
use crate::golden::{GoldenModel, Model, Reference};
use crate::meadow::attention::{Head, Mask, Scales, Steps};
use crate::meadow::lanes::{apart, flag, joined};
use crate::meadow::meadow_requantize::SUM_BITS;
use crate::meadow::meadow_requantize::model::Multiplier;
use crate::nonlinear::softmax::model::Softmax;
use hdl::Bits;
use std::collections::VecDeque;
use std::sync::Arc;

/// The number of an input channel.
const JOB: usize = 0;
const WEIGHTS: usize = 1;
const BIAS: usize = 2;
const KEYS: usize = 3;
const VALUES: usize = 4;
const X: usize = 5;

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
}

impl Job {
    /// The job of a beat.
    pub fn of_beat(beat: &[Bits]) -> Job {
        let number = |field: usize| beat[field].to_u64() as usize;
        let scale =
            |field: usize| Multiplier { multiplier: beat[field].to_u64(), shift: number(field + 1) as u32 };
        Job {
            d_model: number(0),
            tokens: number(1),
            keys: number(2),
            mask: Mask { valid_keys: number(3), causal: beat[5].bit(0) },
            position: number(4),
            skip: beat[6].bit(0),
            scales: Scales { query: scale(7), score: scale(9), output: scale(11) },
        }
    }

    /// Whether all numbers are within their ranges.
    pub fn is_legal(&self, params: &Params) -> bool {
        (1..=params.d_model as usize).contains(&self.d_model)
            && (1..=params.keys as usize).contains(&self.keys)
            && self.tokens > 0
            && self.mask.valid_keys <= self.keys
    }
}

/// The job that is worked on.
struct Work {
    job: Job,
    head: Head,
    /// Tokens that have been answered.
    done: usize,
}

/// What happens in a job.
pub enum Event<'e> {
    /// A group has been answered, from the token of this number on.
    Group(&'e Job, usize, &'e [Steps]),
    /// A job has ended, or was refused.
    End(&'e Job),
}

/// The state of the model.
pub struct Golden {
    params: Params,
    softmax: Arc<Softmax>,
    /// Beats that have not been used, by channel.
    waiting: [VecDeque<Vec<Bits>>; 6],
    work: Option<Work>,
}

impl Golden {
    /// Before the first job.
    pub fn new(params: &Params) -> Golden {
        let softmax = Arc::new(Softmax::new(&params.softmax()));
        Golden { params: params.clone(), softmax, waiting: Default::default(), work: None }
    }

    /// Takes a beat of a channel, and gives what follows to `seen`.
    pub fn take(&mut self, channel: usize, beat: &[Bits], seen: &mut dyn FnMut(Event)) {
        self.waiting[channel].push_back(beat.to_vec());
        loop {
            let goes_on = match self.work.take() {
                None => self.begin(seen),
                Some(work) => self.group(work, seen),
            };
            if !goes_on {
                return;
            }
        }
    }

    /// Begins the next job if it is all there, or refuses it. False if there is nothing to do.
    fn begin(&mut self, seen: &mut dyn FnMut(Event)) -> bool {
        let Some(beat) = self.waiting[JOB].front() else { return false };
        let job = Job::of_beat(beat);
        if !job.is_legal(&self.params) {
            self.waiting[JOB].pop_front();
            seen(Event::End(&job));
            return true;
        }
        let d_head = self.params.d_head as usize;
        let needed = [(WEIGHTS, job.d_model), (BIAS, d_head), (KEYS, job.keys), (VALUES, job.keys)];
        if needed.iter().any(|(channel, beats)| self.waiting[*channel].len() < *beats) {
            return false;
        }
        self.waiting[JOB].pop_front();
        let [weights, biases, keys, values] = needed.map(|(channel, beats)| self.rows(channel, beats));
        let head = Head {
            weights,
            biases: biases.concat(),
            keys,
            values,
            scales: job.scales,
            rounding: self.params.rounding,
            softmax: self.softmax.clone(),
        };
        self.work = Some(Work { job, head, done: 0 });
        true
    }

    /// Answers the next group if it is all there. False if it is not.
    fn group(&mut self, mut work: Work, seen: &mut dyn FnMut(Event)) -> bool {
        let job = work.job;
        if self.waiting[X].len() < job.d_model {
            self.work = Some(work);
            return false;
        }
        let elements = self.rows(X, job.d_model);
        let count = (job.tokens - work.done).min(self.params.tokens as usize);
        let attend = |number: usize| {
            let token: Vec<i64> = elements.iter().map(|beat| beat[number]).collect();
            work.head.attend(&token, job.mask.count(job.position + work.done + number))
        };
        let steps: Vec<Steps> = (0..count).map(attend).collect();
        seen(Event::Group(&job, work.done, &steps));
        work.done += count;
        if work.done < job.tokens {
            self.work = Some(work);
        } else {
            seen(Event::End(&job));
        }
        true
    }

    /// The next beats of a channel, each as the integers of its only field.
    fn rows(&mut self, channel: usize, beats: usize) -> Vec<Vec<i64>> {
        let width = if channel == BIAS { SUM_BITS } else { ELEMENT_BITS };
        self.waiting[channel].drain(..beats).map(|beat| apart(width, &beat[0])).collect()
    }
}

impl Model for Golden {
    fn accept(&mut self, channel: usize, beat: &[Bits], emit: &mut dyn FnMut(usize, &[Option<Bits>])) {
        let params = self.params.clone();
        let d_head = params.d_head as usize;
        self.take(channel, beat, &mut |event| match event {
            Event::Group(job, first, steps) => {
                for place in 0..d_head {
                    let mut elements: Vec<i64> = steps.iter().map(|steps| steps.output[place]).collect();
                    elements.resize(params.tokens as usize, 0);
                    let is_last = first + steps.len() == job.tokens && place == d_head - 1;
                    emit(0, &[Some(joined(ELEMENT_BITS, &elements)), Some(flag(is_last))]);
                }
            }
            Event::End(job) => emit(1, &[Some(flag(!job.is_legal(&params)))]),
        });
    }
}

impl Reference for Params {
    fn golden(&self) -> GoldenModel {
        GoldenModel::sequential(Golden::new(self))
    }
}

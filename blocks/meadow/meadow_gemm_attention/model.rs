//! The golden model: each stage of a job by itself, group after group.

use super::params::Params;
use crate::common::lanes::{apart_unsigned, flag, joined};
use crate::golden::{GoldenModel, Model, Reference};
use crate::meadow::meadow_attention_head::model::{JOB, Job, Kept, Waiting, Work, X, rows};
use crate::meadow::meadow_attention_head::params::ELEMENT_BITS;
use crate::nonlinear::softmax::model::Softmax;
use hdl::Bits;
use std::sync::Arc;

/// The numbers of further input channels: those before are the head's.
pub const QUERY_IN: usize = 6;
/// Scores that come back.
pub const SCORES_IN: usize = 7;
/// Probabilities that come back.
pub const PROBABILITIES_IN: usize = 8;

/// The stages, each with the channel that its groups come from.
const STAGES: [usize; 4] = [X, QUERY_IN, SCORES_IN, PROBABILITIES_IN];

/// The job that is worked on, and how many groups each stage has done.
struct Progress {
    work: Work,
    done: [usize; STAGES.len()],
}

/// The state of the model.
struct Golden {
    params: Params,
    softmax: Arc<Softmax>,
    /// By channel.
    waiting: [Waiting; 9],
    progress: Option<Progress>,
}

/// Keys that are worked on for a group: all, or those that one of its tokens sees, and the first in any case.
pub fn keys_of_group(params: &Params, job: &Job, group: usize) -> usize {
    let tokens = params.tokens as usize;
    let seen = (0..tokens).map(|token| job.mask.count(job.position + group * tokens + token)).max();
    if job.skip { seen.unwrap_or(0).max(1) } else { job.keys }
}

impl Golden {
    /// Does the next group of a stage, if it is all there: the beats of its output.
    fn group(&mut self, progress: &mut Progress, stage: usize) -> Option<Vec<Vec<Option<Bits>>>> {
        let head = &self.params.head();
        let Progress { work, done } = progress;
        let (job, groups) = (work.job, work.job.tokens.div_ceil(head.tokens as usize));
        let group = done[stage];
        let keys = keys_of_group(&self.params, &job, group);
        let (is_loaded, beats) = match STAGES[stage] {
            X => (work.has_weights(), job.d_model),
            QUERY_IN => (work.has_keys(), 1),
            SCORES_IN => (true, keys),
            _ => (work.has_values(), keys),
        };
        let waiting = &mut self.waiting[STAGES[stage]];
        if group == groups || !is_loaded || waiting.len() < beats {
            return None;
        }
        let tokens = 0..head.tokens as usize;
        let first = group * head.tokens as usize;
        let count = |token: usize| job.mask.count(job.position + first + token);
        done[stage] += 1;
        Some(match STAGES[stage] {
            X => {
                let elements = transposed(&rows(waiting, ELEMENT_BITS, beats));
                let queries: Vec<i64> = elements.iter().flat_map(|token| work.head.query(token)).collect();
                vec![vec![Some(joined(ELEMENT_BITS, &queries))]]
            }
            QUERY_IN => {
                let queries = rows(waiting, ELEMENT_BITS, 1).remove(0);
                let scores = queries.chunks(head.d_head as usize).map(|query| {
                    work.head.scores(query)[..keys].iter().map(|score| i64::from(*score)).collect()
                });
                beats_of(ELEMENT_BITS, &scores.collect::<Vec<Vec<i64>>>())
            }
            SCORES_IN => {
                let scores = transposed(&rows(waiting, ELEMENT_BITS, beats));
                let probabilities = tokens.map(|token| {
                    let scores: Vec<i8> = scores[token].iter().map(|score| *score as i8).collect();
                    let probabilities = work.head.probabilities(&scores, count(token));
                    probabilities.into_iter().map(|probability| probability as i64).collect()
                });
                beats_of(head.probability_bits, &probabilities.collect::<Vec<Vec<i64>>>())
            }
            _ => {
                let unsigned = |beat: Vec<Bits>| apart_unsigned(head.probability_bits, &beat[0]);
                let beats: Vec<Vec<u64>> = waiting.drain(..beats).map(unsigned).collect();
                let present = tokens.take(job.tokens - first);
                let output = |token: usize| {
                    work.head.output(&beats.iter().map(|beat| beat[token]).collect::<Vec<u64>>())
                };
                let results = head.results(&present.map(output).collect::<Vec<_>>(), group + 1 == groups);
                results.into_iter().map(Vec::from).collect()
            }
        })
    }
}

/// Columns as rows.
fn transposed(rows: &[Vec<i64>]) -> Vec<Vec<i64>> {
    (0..rows[0].len()).map(|column| rows.iter().map(|row| row[column]).collect()).collect()
}

/// A number of each token a beat, from those of a token side by side.
fn beats_of(width: u32, tokens: &[Vec<i64>]) -> Vec<Vec<Option<Bits>>> {
    transposed(tokens).iter().map(|beat| vec![Some(joined(width, beat))]).collect()
}

impl Model for Golden {
    fn accept(&mut self, channel: usize, beat: &[Bits], emit: &mut dyn FnMut(usize, &[Option<Bits>])) {
        self.waiting[channel].push_back(beat.to_vec());
        loop {
            let Golden { params, softmax, waiting, .. } = self;
            let mut refused = |_: &Job| emit(STAGES.len(), &[Some(flag(true))]);
            let mut next =
                || Work::next(&params.head(), softmax, &mut waiting[JOB], &Kept::default(), &mut refused);
            let new = |work| Progress { work, done: [0; STAGES.len()] };
            let Some(mut progress) = self.progress.take().or_else(|| next().map(new)) else { return };
            progress.work.load(&mut self.waiting);
            for stage in 0..STAGES.len() {
                while let Some(beats) = self.group(&mut progress, stage) {
                    beats.iter().for_each(|beat| emit(stage, beat));
                }
            }
            let groups = progress.work.job.tokens.div_ceil(self.params.tokens as usize);
            if progress.done != [groups; STAGES.len()] {
                self.progress = Some(progress);
                return;
            }
            emit(STAGES.len(), &[Some(flag(false))]);
        }
    }
}

impl Reference for Params {
    fn golden(&self) -> GoldenModel {
        let softmax = Arc::new(Softmax::new(&self.head().softmax()));
        let (params, waiting) = (self.clone(), Default::default());
        GoldenModel::sequential(Golden { params, softmax, waiting, progress: None })
    }
}

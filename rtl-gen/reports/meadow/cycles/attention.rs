//! Behind the queries of a step of attention: scores, softmax, weighted values.

use super::Times;
use super::products::Work;
use blocks::meadow::meadow_decoder_layer::Params;
use blocks::meadow::meadow_decoder_layer::step::Step;

/// Cycles from the last score of a group to its first result, besides those of its keys.
const ATTENTION: f64 = 67.0;

impl Times<'_> {
    /// Loads keys and values; returns when the keys are there, and the last queries, if `end` is when they would be without waiting.
    pub(super) fn keys(&mut self, step: &Step<u64>, work: &Work, end: f64) -> [f64; 2] {
        let d_head = self.params.d_head.into();
        let [keys, values] = [step.local.c, step.local.d].map(|local| self.rows(step.columns, d_head, local));
        let loaded = self.load(self.sequencer, keys)[1];
        self.sequencer = self.load(self.sequencer, values)[1];
        // The queries of a pass wait for the keys; those of the next one are made meanwhile.
        let rest: f64 = work.passes.iter().skip(2).map(|groups| work.pace(*groups)).sum();
        [loaded, end.max(loaded + rest)]
    }

    /// The groups from the first query, whose products begin at `start`, to the last, whose products end at `end`; returns when the
    /// results of the last group begin to leave.
    pub(super) fn attend(&mut self, step: &Step<u64>, work: &Work, [start, end, keys]: [f64; 3]) -> f64 {
        let scores = scores(self.params, step, work.last_groups());
        let first = (start + work.pace(1) + work.leave(1)).max(keys).max(self.attention);
        let last = (first + scores.sum).max(end + work.leave(1) + scores.last_pass);
        self.attention = last;
        self.tokens = self.tokens.max(last - scores.last_pass);
        self.tiles[1] = self.tokens;
        self.context = last + scores.last + f64::from(self.params.d_head) + ATTENTION;
        self.context
    }
}

/// Cycles of the scores of a step.
pub(super) struct Scores {
    /// Of all groups.
    pub sum: f64,
    /// Of the last one.
    pub last: f64,
    /// Of those of the last pass.
    pub last_pass: f64,
}

/// Cycles of the scores; the last pass has so many groups of tokens.
pub(super) fn scores(params: &Params, step: &Step<u64>, last_groups: u64) -> Scores {
    let tokens = u64::from(params.tokens);
    let least = u64::from(params.d_head) + 6;
    let of_group = |first: u64| {
        let seen = step.position + first + tokens;
        let keys = if step.causal == 1 && step.skip == 1 { step.columns.min(seen) } else { step.columns };
        (keys + 2).max(least) as f64
    };
    let groups: Vec<f64> = (0..step.rows).step_by(tokens as usize).map(of_group).collect();
    let of_last = |count: u64| groups.iter().rev().take(count as usize).sum();
    Scores { sum: groups.iter().sum(), last: of_last(1), last_pass: of_last(last_groups) }
}

//! The golden model: each trace by its formula.

use super::params::Params;
use crate::common::lanes::{flag, joined};
use crate::golden::{GoldenModel, Model, Reference};
use hdl::Bits;

/// A trace after a step.
pub fn next(params: &Params, trace: u64, leak: u64, spike: bool, scale: u64) -> u64 {
    let gain = if spike { scale } else { 0 };
    (trace - trace / (1 << leak) + gain).min((1 << params.trace_bits()) - 1)
}

/// What becomes of a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Done {
    /// The trace before the step; none for a line that is dropped.
    pub before: Option<u64>,
    /// The trace after it.
    pub after: u64,
    /// It is the last one of its step.
    pub is_last: bool,
    /// Its step is the last one of its sample.
    pub ends: bool,
    /// The line says something else of that than the first one of its step.
    pub disagrees: bool,
    /// The sample up to this line is wrong: a step had a wrong length, or its lines disagreed.
    pub error: bool,
}

/// The golden model of the block.
pub struct Golden {
    params: Params,
    traces: Vec<u64>,
    /// Lines of the step so far.
    lines: usize,
    is_first: bool,
    /// The step so far is the last one of its sample.
    ends: bool,
    /// The sample so far is wrong.
    error: bool,
}

impl Golden {
    /// After a reset.
    pub fn new(params: &Params) -> Golden {
        let traces = vec![0; params.lines as usize];
        Golden { params: params.clone(), traces, lines: 0, is_first: true, ends: false, error: false }
    }

    /// Takes a line.
    pub fn take(&mut self, beat: &[Bits]) -> Done {
        let [leak, scale] = [1, 2].map(|field: usize| beat[field].to_u64());
        let [spike, ends, last] = [0, 3, 4].map(|field: usize| beat[field].bit(0));
        let line = self.lines;
        self.lines += 1;
        if line == 0 {
            self.ends = ends;
        }
        let disagrees = ends != self.ends;
        let is_full = self.lines == self.traces.len();
        let error = self.error || self.lines > self.traces.len() || last != is_full || disagrees;
        let mut done =
            Done { is_last: last || is_full, ends: self.ends, disagrees, error, ..Done::default() };
        if let Some(trace) = self.traces.get_mut(line) {
            let before = if self.is_first || self.error { 0 } else { *trace };
            *trace = next(&self.params, before, leak, spike, scale);
            (done.before, done.after) = (Some(before), *trace);
        }
        self.error = error;
        if last {
            (self.lines, self.is_first, self.error) = (0, self.ends, error && !self.ends);
        }
        done
    }
}

impl Model for Golden {
    fn accept(&mut self, _: usize, beat: &[Bits], emit: &mut dyn FnMut(usize, &[Option<Bits>])) {
        let done = self.take(beat);
        if done.before.is_some() && done.ends {
            let activation = (done.after >> self.params.fraction_bits) as i64;
            let activation = joined(self.params.activation_bits, &[activation]);
            emit(0, &[activation, flag(done.is_last), flag(done.error)].map(Some));
        }
    }
}

impl Reference for Params {
    fn golden(&self) -> GoldenModel {
        GoldenModel::sequential(Golden::new(self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crossbar::xbar_trace::params::LEAK_BITS;

    #[test]
    fn a_trace_leaks_and_ends_where_what_it_loses_rounds_to_nothing() {
        let params = Params { activation_bits: 8, fraction_bits: 0, ..Params::default() };
        let spikes = [true, false, true, false, false];
        let trace = spikes.iter().scan(0, |trace, spike| {
            *trace = next(&params, *trace, 1, *spike, 100);
            Some(*trace)
        });
        assert_eq!(trace.collect::<Vec<u64>>(), [100, 50, 125, 63, 32]);
        // Less than a step is lost.
        assert_eq!(next(&params, 7, 3, false, 100), 7);
        assert_eq!(next(&params, 90, 0, true, 127), 127);
        assert_eq!(next(&params, 90, 4, true, 127), 127);
    }

    /// What becomes of a line with a spike of 5 that does not leak.
    fn spike(golden: &mut Golden, ends: bool, last: bool) -> Done {
        let (leak, scale) = (joined(LEAK_BITS, &[15]), joined(golden.params.trace_bits(), &[5]));
        golden.take(&[flag(true), leak, scale, flag(ends), flag(last)])
    }

    #[test]
    fn traces_are_0_behind_a_step_of_a_wrong_length_until_the_next_sample() {
        let mut golden = Golden::new(&Params { lines: 2, ..Params::default() });
        let mut given = |ends, last| {
            let done = spike(&mut golden, ends, last);
            (done.after, done.error)
        };
        // A whole sample of two steps.
        assert_eq!([given(false, false), given(false, true)], [(5, false); 2]);
        assert_eq!([given(true, false), given(true, true)], [(10, false); 2]);
        // The first step lacks a line.
        assert_eq!(given(false, true), (5, true));
        assert_eq!([given(false, false), given(false, true)], [(5, true); 2]);
        assert_eq!([given(true, false), given(true, true)], [(5, true); 2]);
        assert_eq!([given(false, false), given(false, true)], [(5, false); 2]);
    }

    #[test]
    fn the_first_line_says_whether_a_step_ends_its_sample_and_others_that_disagree_are_wrong() {
        let mut golden = Golden::new(&Params { lines: 3, ..Params::default() });
        let mut given = |ends, last| {
            let done = spike(&mut golden, ends, last);
            (done.ends, done.disagrees, done.error)
        };
        assert_eq!(given(true, false), (true, false, false));
        assert_eq!(given(false, false), (true, true, true));
        assert_eq!(given(true, true), (true, false, true));
        assert_eq!(given(false, false), (false, false, false));
    }
}

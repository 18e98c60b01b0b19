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
    /// A step of the sample so far had a wrong length.
    pub error: bool,
}

/// The golden model of the block.
pub struct Golden {
    params: Params,
    traces: Vec<u64>,
    /// Lines of the step so far.
    lines: usize,
    is_first: bool,
    /// A step of the sample had a wrong length.
    error: bool,
}

impl Golden {
    /// After a reset.
    pub fn new(params: &Params) -> Golden {
        let traces = vec![0; params.lines as usize];
        Golden { params: params.clone(), traces, lines: 0, is_first: true, error: false }
    }

    /// Takes a line.
    pub fn take(&mut self, beat: &[Bits]) -> Done {
        let [leak, scale] = [1, 2].map(|field: usize| beat[field].to_u64());
        let [spike, ends, last] = [0, 3, 4].map(|field: usize| beat[field].bit(0));
        let line = self.lines;
        self.lines += 1;
        let is_full = self.lines == self.traces.len();
        let error = self.error || self.lines > self.traces.len() || last != is_full;
        let mut done = Done { is_last: last || is_full, error, ..Done::default() };
        if let Some(trace) = self.traces.get_mut(line) {
            let before = if self.is_first { 0 } else { *trace };
            *trace = next(&self.params, before, leak, spike, scale);
            (done.before, done.after) = (Some(before), *trace);
        }
        if last {
            (self.lines, self.is_first, self.error) = (0, ends, error && !ends);
        }
        done
    }
}

impl Model for Golden {
    fn accept(&mut self, _: usize, beat: &[Bits], emit: &mut dyn FnMut(usize, &[Option<Bits>])) {
        let done = self.take(beat);
        if done.before.is_some() && beat[3].bit(0) {
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
}

//! Time steps of samples, and the coverage points that they reach.

use super::model::{Done, Golden};
use super::params::{LEAK_BITS, Params};
use crate::common::lanes::{flag, joined};
use crate::crossbar::learning::stimulus::length;
use crate::stimulus::{Coverage, Observe, Space, Stimulus, case_rng, report_reached};
use fastrand::Rng;
use hdl::Bits;

/// Time steps of a sample.
const STEPS: std::ops::RangeInclusive<u32> = 1..=5;

const POINTS: [&str; 8] = [
    "sample of one time step",
    "trace that saturates",
    "trace that leaks",
    "trace that is too small to leak",
    "time step of a wrong length",
    "time step whose lines disagree on the end of the sample",
    "time step behind a wrong one",
    "right sample after a wrong one",
];

impl Stimulus for Params {
    /// A sample a case.
    fn random(&self, seed: u64) -> Space {
        let params = self.clone();
        let make = move |index, emit: &mut dyn FnMut(usize, &[Bits])| {
            let mut rng = case_rng(seed, index);
            let steps = rng.u32(STEPS);
            for step in 1..=steps {
                time_step(&params, index, step == steps, &mut rng, emit);
            }
        };
        Space { name: "random".into(), cases: u64::MAX, make: Box::new(make), make_many: None }
    }

    fn cycles_per_case(&self) -> u64 {
        u64::from((STEPS.start() + STEPS.end()) / 2 * self.lines)
    }

    fn coverage(&self) -> Coverage<'_> {
        let observer = Observer {
            params: self,
            golden: Golden::new(self),
            steps: 0,
            is_wrong: false,
            step_was_wrong: false,
            has_been_wrong: false,
        };
        Coverage::new(POINTS, observer)
    }
}

fn time_step(params: &Params, index: u64, ends: bool, rng: &mut Rng, emit: &mut dyn FnMut(usize, &[Bits])) {
    let lines = length(params.lines, index, rng);
    let odd_line = (rng.u8(..16) == 0).then(|| rng.u32(1..=lines));
    let leak = if rng.u8(..4) == 0 { rng.i64(0..1 << LEAK_BITS) } else { rng.i64(1..=4) };
    let bits = params.trace_bits();
    let scale = rng.i64(0..1 << bits) >> rng.u32(0..bits);
    for line in 1..=lines {
        // What a sample says in each beat may be another in each.
        let (leak, scale) = match rng.u8(..8) {
            0 => (rng.i64(0..1 << LEAK_BITS), rng.i64(0..1 << bits)),
            _ => (leak, scale),
        };
        let fields = [
            flag(rng.bool()),
            joined(LEAK_BITS, &[leak]),
            joined(bits, &[scale]),
            flag(ends != (odd_line == Some(line))),
            flag(line == lines),
        ];
        emit(0, &fields);
    }
}

/// Finds the coverage points of lines.
struct Observer<'p> {
    params: &'p Params,
    golden: Golden,
    /// Steps of the sample so far.
    steps: u32,
    is_wrong: bool,
    /// A step before this one of the sample was wrong.
    step_was_wrong: bool,
    has_been_wrong: bool,
}

impl Observe for Observer<'_> {
    fn taken(&mut self, _: usize, beat: &[Bits], hit: &mut dyn FnMut(usize)) {
        let Done { before, after, ends, disagrees, error, .. } = self.golden.take(beat);
        let (spike, leak) = (beat[0].bit(0), beat[1].to_u64());
        let last = beat[4].bit(0);
        let is_behind_wrong = self.step_was_wrong && before.is_some();
        self.is_wrong |= error;
        let ends_sample = ends && last;
        report_reached(
            &[
                ends_sample && self.steps == 0,
                spike && after == (1 << self.params.trace_bits()) - 1,
                before.is_some_and(|before| after < before),
                before.is_some_and(|before| before > 0 && before >> leak == 0),
                error && !disagrees,
                disagrees,
                is_behind_wrong,
                ends_sample && !self.is_wrong && self.has_been_wrong,
            ],
            hit,
        );
        self.steps += u32::from(last);
        self.step_was_wrong |= last && self.is_wrong;
        if ends_sample {
            self.has_been_wrong |= self.is_wrong;
            (self.steps, self.is_wrong, self.step_was_wrong) = (0, false, false);
        }
    }
}

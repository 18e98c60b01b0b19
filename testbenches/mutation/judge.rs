//! The verdict on one mutant.

use super::Options;
use super::twin::{Assertions, Difference, Twin};
use crate::driver::{Failure, Stop};
use crate::verify::{Subject, WithAssertions};
use blocks::channel::Timing;
use blocks::stimulus::Space;
use hdl::Netlist;
use sim::{BuildError, Compiled, Initial, Interpreter, Simulator};
use std::fmt;
use std::ops::Range;

/// Cases of one run from power-up, in a space that is not enumerated.
const SAMPLE: u64 = 1 << 14;

/// Cases that the interpreter runs before a mutant is compiled.
pub(super) const FEW: u64 = 200;

/// The testbench's verdict on a mutant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The testbench fails.
    Killed(Box<Failure>),
    /// The testbench passes, and no output differs from the original's in any case of the block's spaces.
    Equivalent {
        /// Number of cases compared.
        cases: u64,
        /// Whether these are all cases of every space.
        is_complete: bool,
    },
    /// The testbench passes, and outputs differ from the original's only in their timing, which the block does not
    /// promise.
    Retimed {
        /// The output.
        port: String,
        /// The cycle of the first difference.
        cycle: u64,
    },
    /// The testbench passes although an output differs from the original's.
    Survived {
        /// The output.
        port: String,
        /// Name of the space.
        space: String,
        /// The cycle of the first difference.
        cycle: u64,
    },
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Verdict::Killed(failure) => {
                write!(f, "killed by case {} of `{}` at `{}`", failure.case, failure.space, failure.signal)
            }
            Verdict::Equivalent { cases, is_complete: true } => write!(f, "equivalent in all {cases} cases"),
            Verdict::Equivalent { cases, is_complete: false } => {
                write!(f, "equivalent in {cases} sampled cases")
            }
            Verdict::Retimed { port, cycle } => write!(f, "retimed: `{port}` differs first in cycle {cycle}"),
            Verdict::Survived { port, space, cycle } => {
                write!(f, "SURVIVED: `{port}` differs in cycle {cycle} of `{space}`")
            }
        }
    }
}

/// Runs the testbench on a mutant: random cases, then all spaces beside the original, which is at power-up.
pub(super) fn judge(
    subject: &Subject,
    original: &Compiled,
    mutant: &Netlist,
    random: &Space,
    spaces: &[Space],
    options: &Options,
) -> Result<Verdict, BuildError> {
    let initial = sim::Options { initial: Initial::Random(options.seed) };
    let run = |simulator: &mut dyn Simulator, cases| {
        subject.testbench.run(simulator, random, 0..cases, &mut WithAssertions(()))
    };
    // Most mutants fail in these few cases, sooner than they could be compiled.
    let few = FEW.min(options.random_cases);
    if let Err(Stop::Failed(failure)) = run(&mut Interpreter::new(mutant, initial)?, few) {
        return Ok(Verdict::Killed(failure));
    }
    if let Err(Stop::Failed(failure)) = run(&mut Compiled::new(mutant, initial)?, options.random_cases) {
        return Ok(Verdict::Killed(failure));
    }
    let zeroed = Compiled::new(mutant, sim::Options::default())?;
    let mut difference = None;
    let (mut cases, mut is_complete) = (0, true);
    for space in spaces {
        is_complete &= space.cases <= options.space_cases;
        for range in ranges(space.cases, options.space_cases) {
            cases += range.end - range.start;
            let mut twin = Twin::new(original.clone(), zeroed.clone(), subject.testbench.outputs());
            let ended = subject.testbench.run(&mut twin, space, range, &mut Assertions);
            if let Err(Stop::Failed(failure)) = ended {
                return Ok(Verdict::Killed(failure));
            }
            let found = twin.into_difference().map(|found| (space, found));
            difference = difference.or(found);
        }
    }
    // If no timing is promised, every answer was compared, so only its timing can differ.
    let is_elastic = subject.testbench.block().interface().timing == Timing::Elastic;
    Ok(match difference {
        None => Verdict::Equivalent { cases, is_complete },
        Some((_, Difference { cycle, port })) if is_elastic => Verdict::Retimed { port, cycle },
        Some((space, Difference { cycle, port })) => {
            Verdict::Survived { port, space: space.name.clone(), cycle }
        }
    })
}

/// All cases, or runs spread evenly over the space.
fn ranges(cases: u64, limit: u64) -> impl Iterator<Item = Range<u64>> {
    let length = if cases <= limit { cases } else { SAMPLE.min(limit) };
    let count = cases.min(limit).checked_div(length).unwrap_or(0);
    (0..count).map(move |index| cases / count * index).map(move |start| start..start + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_space_is_run_whole_and_a_large_one_at_even_distances() {
        let starts_and_ends = |cases, limit| ranges(cases, limit).map(|range| (range.start, range.end));
        assert!(starts_and_ends(1000, 1000).eq([(0, 1000)]));
        assert!(starts_and_ends(1 << 32, 1 << 15).eq([(0, SAMPLE), (1 << 31, (1 << 31) + SAMPLE)]));
        assert!(starts_and_ends(u64::MAX, 10).eq([(0, 10)]));
        assert!(starts_and_ends(10, 0).eq([]) && starts_and_ends(0, 10).eq([]));
    }
}

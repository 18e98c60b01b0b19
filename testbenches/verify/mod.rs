//! Verification of a block: its testbench on one of three simulators.

mod agreement;
mod backend;
mod ended;
mod error;
mod observers;
mod recording;
mod request;
pub mod simulators;
mod standalone;
mod subject;
mod wave;

pub use agreement::{Agreement, agreement};
pub use error::VerifyError;
pub(crate) use observers::WithAssertions;
pub use recording::{RecordedRun, record};
pub use request::{Progress, Report, Request, SpaceReport, Vectors};
pub use simulators::SimulatorKind;
pub use standalone::{StandaloneTestbench, standalone_testbench};
pub(crate) use subject::Subject;

use crate::CoverageReport;
use crate::coverage::Coverage;
use crate::driver::{Compared, Failure, Passed};
use crate::parallel::each_chunk;
use crate::verilator::Optimize;
use backend::Backend;
use blocks::block::Configured;
use blocks::stimulus::Space;
use ended::Ended;
use observers::Watch;
use std::num::NonZero;
use std::ops::Range;
use std::time::Instant;

/// Cases in one run from power-up. This decides where runs begin and with it every stall, so it does not depend on the
/// number of threads.
const CHUNK: NonZero<u64> = NonZero::new(1 << 15).unwrap();

/// The cases of one run of a block.
fn chunk(block: &dyn Configured) -> NonZero<u64> {
    NonZero::new(block.cases_in(CHUNK.get())).expect("one case at least")
}

/// The same for many runs at once.
const MANY_CHUNK: NonZero<u64> = NonZero::new(1 << 18).unwrap();

/// Number of corner-weighted cases if all are requested but the simulator is too slow for them.
const SAMPLE: u64 = 50_000;

/// Runs a block's testbench. A wrong design is not an error: the report names the failure.
///
/// With [`Vectors::Count`] the cases are the block's corner-weighted random ones, and its coverage points are counted;
/// otherwise every case of every space of the block is run, or 50,000 random ones on a simulator that is too slow for
/// that. Cases are run in pieces of 32,768, each from power-up. A space in which nothing was compared is an error,
/// [`VerifyError::NothingCompared`].
pub fn verify(
    block: &dyn Configured,
    request: &Request,
    progress: &dyn Progress,
) -> Result<Report, VerifyError> {
    let subject = Subject::new(block, request.seed)?;
    let spaces = spaces(block, request);
    if spaces.is_empty() {
        return Err(VerifyError::NotEnumerable);
    }
    let longest = spaces.iter().map(|chosen| chosen.count().saturating_mul(block.cycles_per_case())).max();
    let optimize = Optimize::for_cycles(longest.unwrap_or_default());
    let backend = Backend::start(&subject, request.simulator, optimize, request.seed)?;
    let mut report = Report {
        simulator: request.simulator,
        tool: backend.tool().into(),
        spaces: vec![],
        coverage: vec![],
        failure: None,
    };
    let mut shown = spaces.first();
    for chosen in &spaces {
        match run(&backend, block, chosen, request.threads, progress)? {
            Outcome::Passed(space, coverage) => {
                report.spaces.push(space);
                report.coverage.extend(coverage);
            }
            Outcome::Failed(failure) => {
                report.failure = Some(failure);
                shown = Some(chosen);
                break;
            }
        }
    }
    if let (Some(path), Some(Chosen { space, cases, .. })) = (&request.wave, shown) {
        let first_run = cases.start..cases.end.min(cases.start + chunk(block).get());
        let shown = wave::Shown { space, first_run, failure: report.failure.as_ref() };
        wave::write(&subject, backend.interpreter().clone(), shown, path)?;
    }
    Ok(report)
}

/// Cases to run.
struct Chosen {
    space: Space,
    /// These of it.
    cases: Range<u64>,
    is_random: bool,
}

impl Chosen {
    /// Number of cases.
    fn count(&self) -> u64 {
        self.cases.end - self.cases.start
    }
}

fn spaces(block: &dyn Configured, request: &Request) -> Vec<Chosen> {
    let random = |count| Chosen { space: block.random(request.seed), cases: 0..count, is_random: true };
    // A sample in place of a larger space need not reach the coverage points.
    let sample = |count| Chosen { is_random: false, ..random(count) };
    let whole = |space: Space| Chosen { cases: 0..space.cases, space, is_random: false };
    match request.vectors {
        Vectors::Count(count) => vec![random(count)],
        Vectors::All | Vectors::Part { .. } | Vectors::Spaces { .. } if !request.simulator.enumerates => {
            vec![random(block.cases_in(SAMPLE))]
        }
        Vectors::All => block.spaces().into_iter().map(whole).collect(),
        Vectors::Part { number, of } => {
            let part = |space: Space| {
                let start =
                    |number: u64| (u128::from(space.cases) * u128::from(number) / u128::from(of)) as u64;
                Chosen { cases: start(number)..start(number + 1), space, is_random: false }
            };
            let parts: Vec<Chosen> = block.spaces().into_iter().map(part).collect();
            // Some parts of a small space have no case.
            let is_any = parts.iter().any(|part| part.count() > 0);
            parts.into_iter().filter(|part| !is_any || part.count() > 0).collect()
        }
        Vectors::Spaces { largest, instead } => {
            let (small, large): (Vec<_>, Vec<_>) =
                block.spaces().into_iter().partition(|space| space.cases <= largest);
            if small.is_empty() && large.is_empty() {
                return vec![random(block.cases_in(instead))];
            }
            let sampled = (!large.is_empty()).then(|| sample(instead));
            small.into_iter().map(whole).chain(sampled).collect()
        }
    }
}

enum Outcome {
    Passed(SpaceReport, Vec<CoverageReport>),
    Failed(Failure),
}

fn run(
    backend: &Backend,
    block: &dyn Configured,
    chosen: &Chosen,
    threads: usize,
    progress: &dyn Progress,
) -> Result<Outcome, VerifyError> {
    let Chosen { space, cases, is_random } = chosen;
    progress.start(&space.name, chosen.count());
    let start = Instant::now();
    let many = || backend.many(space).filter(|_| !is_random);
    let chunk = if many().is_some() { MANY_CHUNK } else { chunk(block) };
    let parts = each_chunk(chosen.count(), chunk, threads, |range| {
        let range = cases.start + range.start..cases.start + range.end;
        let mut watch = Watch { progress, coverage: is_random.then(|| Coverage::new(block)) };
        let passed = match many() {
            Some(many) => backend.run_many(many, space, range, &mut watch)?,
            None => backend.run(space, range, &mut watch)?,
        };
        Ok::<_, Ended>((passed, watch.coverage))
    });
    let parts = match parts {
        Ok(parts) => parts,
        Err(ended) => return ended.into_failure().map(Outcome::Failed),
    };
    let seconds = start.elapsed().as_secs_f64();
    let (passed, coverage): (Vec<Passed>, Vec<_>) = parts.into_iter().unzip();
    let cycles = passed.iter().map(|passed| passed.cycles).sum();
    let compared = passed.into_iter().map(|passed| passed.compared).reduce(Compared::merged);
    let Some(compared) = compared.filter(|compared| !compared.is_empty()) else {
        return Err(VerifyError::nothing_compared(space, cases));
    };
    let report = SpaceReport {
        space: space.name.clone(),
        cases: chosen.count(),
        cycles,
        uncompared: backend.uncompared(&compared),
        seconds,
    };
    let coverage = coverage.into_iter().flatten().reduce(Coverage::merged);
    Ok(Outcome::Passed(report, coverage.map_or(vec![], |coverage| coverage.report())))
}

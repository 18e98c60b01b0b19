//! Requests and reports of verifications.

use super::simulators::SimulatorKind;
use crate::coverage::CoverageReport;
use crate::driver::Failure;
use std::path::PathBuf;

/// How many cases are run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vectors {
    /// A number of corner-weighted random cases.
    Count(u64),
    /// Every case of every space that the block enumerates; an error if it enumerates none.
    All,
    /// One of several equal parts of every space that the block enumerates; an error if it enumerates none.
    Part {
        /// The part, from 0.
        number: u64,
        /// Number of parts.
        of: u64,
    },
    /// Every case of every space of up to `largest` cases; `instead` random cases in place of larger ones. For a block
    /// with too many inputs to enumerate, about `instead` cycles of random cases.
    Spaces {
        /// Cases of the largest space that is run.
        largest: u64,
        /// Random cases in place of larger spaces.
        instead: u64,
    },
}

/// A request for [`verify`](super::verify).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The simulator.
    pub simulator: &'static SimulatorKind,
    /// Which cases.
    pub vectors: Vectors,
    /// Seed of the random cases and of stalls.
    pub seed: u64,
    /// A waveform to write, whose name ends in `.vcd` or `.fst`: of the cycles before the failure, or of the first ones
    /// if there is none. It is made with the built-in simulator.
    pub wave: Option<PathBuf>,
    /// Number of threads; the report does not depend on it.
    pub threads: usize,
}

/// A space that was run to its end.
#[derive(Clone, Debug, PartialEq)]
pub struct SpaceReport {
    /// Its name.
    pub space: String,
    /// Number of cases.
    pub cases: u64,
    /// Number of clock cycles, including those of reset.
    pub cycles: u64,
    /// The outputs for which no case had a value to compare with.
    pub uncompared: Vec<String>,
    /// Run time.
    pub seconds: f64,
}

/// The result of a verification.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// The simulator.
    pub simulator: &'static SimulatorKind,
    /// The simulator with its version.
    pub tool: String,
    /// The spaces without a failure.
    pub spaces: Vec<SpaceReport>,
    /// The coverage points, if cases were random.
    pub coverage: Vec<CoverageReport>,
    /// The failure, if there is one: the first by case number.
    pub failure: Option<Failure>,
}

/// Observes the progress of a verification, and may cancel it. `()` does not.
pub trait Progress: Sync {
    /// A space with `total` cases begins.
    fn start(&self, what: &str, total: u64);

    /// `cases` further cases were driven.
    fn advance(&self, cases: u64);

    /// True to cancel the verification.
    fn is_cancelled(&self) -> bool {
        false
    }
}

impl Progress for () {
    fn start(&self, _what: &str, _total: u64) {}

    fn advance(&self, _cases: u64) {}
}

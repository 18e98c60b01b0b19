//! What is asked of a verification, and what it reports.

use super::simulators::SimulatorKind;
use crate::coverage::CoverageReport;
use crate::driver::Failure;
use std::path::PathBuf;

/// How many cases are run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vectors {
    /// So many corner-weighted random ones.
    Count(u64),
    /// Every case of every space that the block enumerates; an error where it enumerates none.
    All,
    /// Of every space that the block enumerates, this one of so many equal parts; an error where it enumerates none.
    Part {
        /// Which one, from 0.
        number: u64,
        /// How many there are.
        of: u64,
    },
    /// Every case of every space of up to `largest` cases; where there are larger ones, `instead` random cases in
    /// their place. Of a block whose inputs are too many to enumerate, about `instead` cycles of random cases.
    Spaces {
        /// Cases of the largest space that is run.
        largest: u64,
        /// Random cases in the place of larger spaces.
        instead: u64,
    },
}

/// What is asked of [`verify`](super::verify).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Where the design runs.
    pub simulator: &'static SimulatorKind,
    /// How many cases.
    pub vectors: Vectors,
    /// Decides the random cases and where streams stall.
    pub seed: u64,
    /// A waveform to write, its name ending in `.vcd` or `.fst`: of the cycles before the failure, or else of the
    /// first ones. It is made with the built-in simulator.
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
    /// Number of clock cycles, those of reset included.
    pub cycles: u64,
    /// The outputs of which no case had a value to compare with.
    pub uncompared: Vec<String>,
    /// Time that it took.
    pub seconds: f64,
}

/// What a verification found.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// Where the design ran.
    pub simulator: &'static SimulatorKind,
    /// The simulator with its version.
    pub tool: String,
    /// The spaces without a failure.
    pub spaces: Vec<SpaceReport>,
    /// The coverage points, where cases were random.
    pub coverage: Vec<CoverageReport>,
    /// The failure, if there is one: the first by number of the case.
    pub failure: Option<Failure>,
}

/// Who wants to know how far a verification is, and may end it. `()` does not.
pub trait Progress: Sync {
    /// A space of `total` cases begins.
    fn start(&self, what: &str, total: u64);

    /// So many further cases were driven.
    fn advance(&self, cases: u64);

    /// True where the verification is to end.
    fn is_cancelled(&self) -> bool {
        false
    }
}

impl Progress for () {
    fn start(&self, _what: &str, _total: u64) {}

    fn advance(&self, _cases: u64) {}
}

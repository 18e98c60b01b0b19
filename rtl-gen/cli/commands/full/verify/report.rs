//! What `gen-rtl verify` prints.

use crate::block::views::Subject;
use crate::terminal::table::Table;
use indicatif::HumanCount;
use serde::Serialize;
use serde_json::Value;
use std::fmt;
use std::path::PathBuf;
use testbenches::{CoverageReport, Failure, Report, SpaceReport};

/// All results of the run, as JSON.
#[derive(Serialize)]
pub struct VerifyView {
    /// What was verified.
    #[serde(flatten)]
    pub subject: Subject,
    /// The seed of the random cases and stalls.
    pub seed: u64,
    /// True if every simulator found every output right.
    pub passed: bool,
    /// The result of each simulator.
    pub simulators: Vec<RunView>,
    /// The waveform, if one was written.
    pub wave: Option<PathBuf>,
}

/// The result of one simulator.
#[derive(Serialize)]
pub struct RunView {
    simulator: String,
    tool: String,
    passed: bool,
    cases: u64,
    spaces: Vec<SpaceView>,
    coverage: Vec<PointView>,
    failure: Option<FailureView>,
}

#[derive(Serialize)]
struct SpaceView {
    space: String,
    cases: u64,
    cycles: u64,
    uncompared: Vec<String>,
    seconds: f64,
    cases_per_second: u64,
}

#[derive(Serialize)]
struct PointView {
    point: String,
    hits: u64,
}

#[derive(Serialize)]
struct FailureView {
    space: String,
    case: u64,
    cycle: u64,
    signal: String,
    expected: String,
    found: String,
    inputs: Value,
}

impl RunView {
    /// True if every output was right.
    pub fn passed(&self) -> bool {
        self.passed
    }
}

impl From<Report> for RunView {
    fn from(report: Report) -> RunView {
        RunView {
            simulator: report.simulator.to_string(),
            tool: report.tool,
            passed: report.failure.is_none(),
            cases: report.spaces.iter().map(|space| space.cases).sum(),
            spaces: report.spaces.into_iter().map(SpaceView::from).collect(),
            coverage: report.coverage.into_iter().map(PointView::from).collect(),
            failure: report.failure.map(FailureView::from),
        }
    }
}

impl From<SpaceReport> for SpaceView {
    fn from(report: SpaceReport) -> SpaceView {
        let SpaceReport { space, cases, cycles, uncompared, seconds } = report;
        let cases_per_second = if seconds > 0.0 { (cases as f64 / seconds) as u64 } else { 0 };
        SpaceView { space, cases, cycles, uncompared, seconds, cases_per_second }
    }
}

impl From<CoverageReport> for PointView {
    fn from(report: CoverageReport) -> PointView {
        PointView { point: report.point, hits: report.hits }
    }
}

impl From<Failure> for FailureView {
    fn from(failure: Failure) -> FailureView {
        let Failure { space, case, run: _, cycle, signal, expected, found, inputs } = failure;
        FailureView { space, case, cycle, signal, expected, found, inputs: Value::from_iter(inputs) }
    }
}

impl fmt::Display for RunView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.tool)?;
        if !self.spaces.is_empty() {
            write!(f, "{}", self.space_table())?;
        }
        for SpaceView { space, uncompared, .. } in &self.spaces {
            if !uncompared.is_empty() {
                writeln!(f, "\n  never compared in {space}: {}", uncompared.join(", "))?;
            }
        }
        self.write_coverage(f)?;
        match &self.failure {
            None => writeln!(f, "\n  passed: {} cases", HumanCount(self.cases)),
            Some(failure) => write!(f, "{failure}"),
        }
    }
}

impl RunView {
    fn space_table(&self) -> Table {
        let mut table = Table::new(["space", ">cases", ">cycles", ">seconds", ">cases/s"]);
        for SpaceView { space, cases, cycles, seconds, cases_per_second, .. } in &self.spaces {
            let [cases, cycles, rate] =
                [*cases, *cycles, *cases_per_second].map(|n| HumanCount(n).to_string());
            table.row([space.clone(), cases, cycles, format!("{seconds:.2}"), rate]);
        }
        table
    }

    fn write_coverage(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.coverage.is_empty() {
            return Ok(());
        }
        let hit = self.coverage.iter().filter(|point| point.hits > 0).count();
        writeln!(f, "\n  coverage: {hit} of {} points reached", self.coverage.len())?;
        let mut table = Table::new(["point", ">hits"]);
        for PointView { point, hits } in &self.coverage {
            table.row([point.clone(), HumanCount(*hits).to_string()]);
        }
        write!(f, "{table}")
    }
}

impl fmt::Display for FailureView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n  FAILED: case {} of {}, cycle {}", self.case, self.space, self.cycle)?;
        writeln!(f, "    {}: expected {}, found {}", self.signal, self.expected, self.found)?;
        let inputs = self.inputs.as_object().into_iter().flatten();
        inputs
            .into_iter()
            .try_for_each(|(name, value)| writeln!(f, "    {name} = {}", value.as_str().unwrap_or_default()))
    }
}

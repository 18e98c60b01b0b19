//! Functional coverage: how often a run reached each of a block's coverage points.

use blocks::block::Configured;
use blocks::stimulus::Observe;
use hdl::Bits;
use sim::Covered;

/// How often a coverage point was reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoverageReport {
    /// The point's name.
    pub point: String,
    /// Number of input beats that reached it, or of cycles for a point of the design.
    pub hits: u64,
}

/// The counts of a run.
pub(crate) struct Coverage<'a> {
    observer: Box<dyn Observe + 'a>,
    points: Vec<CoverageReport>,
}

impl<'a> Coverage<'a> {
    pub(crate) fn new(block: &'a dyn Configured) -> Coverage<'a> {
        let point = |point: &str| CoverageReport { point: point.into(), hits: 0 };
        let coverage = block.coverage();
        Coverage { observer: coverage.observer, points: coverage.points.into_iter().map(point).collect() }
    }

    /// Counts the points that a beat reaches.
    pub(crate) fn observe(&mut self, channel: usize, beat: &[Bits]) {
        self.observer.taken(channel, beat, &mut |point| self.points[point].hits += 1);
    }

    /// The counts of two runs added.
    pub(crate) fn merged(mut self, other: Coverage) -> Coverage<'a> {
        self.points.iter_mut().zip(other.points).for_each(|(point, more)| point.hits += more.hits);
        self
    }

    /// Adds the cover points of the design itself, if the simulator counts them.
    pub(crate) fn count(&mut self, covered: Vec<Covered>) {
        let point = |Covered { path, hits, .. }| CoverageReport { point: path, hits };
        self.points.extend(covered.into_iter().map(point));
    }

    pub(crate) fn report(self) -> Vec<CoverageReport> {
        self.points
    }
}

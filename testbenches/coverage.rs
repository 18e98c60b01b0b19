//! Functional coverage: how often a run reached each of a block's coverage points.

use blocks::block::Configured;
use hdl::Bits;

/// How often a coverage point was reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoverageReport {
    /// The point's name.
    pub point: String,
    /// Number of input beats that reached it.
    pub hits: u64,
}

/// The counts of a run.
#[derive(Clone)]
pub(crate) struct Coverage<'a> {
    block: &'a dyn Configured,
    hits: Vec<u64>,
}

impl<'a> Coverage<'a> {
    pub(crate) fn new(block: &'a dyn Configured) -> Coverage<'a> {
        Coverage { block, hits: vec![0; block.coverage_points().len()] }
    }

    /// Counts the points that a beat reaches.
    pub(crate) fn observe(&mut self, channel: usize, beat: &[Bits]) {
        self.block.observe(channel, beat, &mut |point| self.hits[point] += 1);
    }

    /// The counts of two runs together.
    pub(crate) fn merged(mut self, other: Coverage) -> Coverage<'a> {
        self.hits.iter_mut().zip(other.hits).for_each(|(hits, more)| *hits += more);
        self
    }

    pub(crate) fn report(&self) -> Vec<CoverageReport> {
        let points = self.block.coverage_points().into_iter().zip(&self.hits);
        points.map(|(point, &hits)| CoverageReport { point: point.into(), hits }).collect()
    }
}

//! Observers of the runs of a verification.

use super::Progress;
use crate::coverage::Coverage;
use crate::driver::{BrokenRule, Cancelled, Observer};
use hdl::Bits;
use sim::Simulator;

/// Counts coverage and reports progress.
pub(super) struct Watch<'p> {
    pub(super) progress: &'p dyn Progress,
    pub(super) coverage: Option<Coverage<'p>>,
}

impl Watch<'_> {
    /// Reports progress; the error ends the run.
    pub(super) fn cases_driven(&self, cases: u64) -> Result<(), Cancelled> {
        self.progress.advance(cases);
        if self.progress.is_cancelled() { Err(Cancelled) } else { Ok(()) }
    }
}

impl<S: ?Sized> Observer<S> for Watch<'_> {
    fn taken(&mut self, channel: usize, beat: &[Bits]) {
        if let Some(coverage) = &mut self.coverage {
            coverage.observe(channel, beat);
        }
    }

    fn advance(&mut self, cases: u64) -> Result<(), Cancelled> {
        self.cases_driven(cases)
    }
}

/// Another observer, combined with the design's own assertions and assumptions.
pub(crate) struct WithAssertions<O>(pub(crate) O);

impl<S: Simulator + ?Sized, O: Observer<S>> Observer<S> for WithAssertions<O> {
    fn taken(&mut self, channel: usize, beat: &[Bits]) {
        self.0.taken(channel, beat);
    }

    fn expected(&mut self, simulator: &mut S, case: u64, port: usize, limbs: &[u64]) {
        self.0.expected(simulator, case, port, limbs);
    }

    fn ticked(&mut self, simulator: &mut S) -> Option<BrokenRule> {
        BrokenRule::of(simulator)
    }

    fn advance(&mut self, cases: u64) -> Result<(), Cancelled> {
        self.0.advance(cases)
    }
}

//! What goes along with the runs of a verification.

use super::Progress;
use crate::coverage::Coverage;
use crate::driver::{BrokenRule, Cancelled, Observer};
use hdl::Bits;
use sim::Interpreter;

/// Counts coverage and reports progress.
pub(super) struct Watch<'p> {
    pub(super) progress: &'p dyn Progress,
    pub(super) coverage: Option<Coverage<'p>>,
}

impl<S: ?Sized> Observer<S> for Watch<'_> {
    fn taken(&mut self, channel: usize, beat: &[Bits]) {
        if let Some(coverage) = &mut self.coverage {
            coverage.observe(channel, beat);
        }
    }

    fn advance(&mut self, cases: u64) -> Result<(), Cancelled> {
        self.progress.advance(cases);
        if self.progress.is_cancelled() { Err(Cancelled) } else { Ok(()) }
    }
}

/// Another observer, and the design's own assertions and assumptions.
pub(crate) struct WithAssertions<O>(pub(crate) O);

impl<O: Observer<Interpreter>> Observer<Interpreter> for WithAssertions<O> {
    fn taken(&mut self, channel: usize, beat: &[Bits]) {
        self.0.taken(channel, beat);
    }

    fn expected(&mut self, simulator: &mut Interpreter, case: u64, port: usize, limbs: &[u64]) {
        self.0.expected(simulator, case, port, limbs);
    }

    fn ticked(&mut self, simulator: &mut Interpreter) -> Option<BrokenRule> {
        BrokenRule::of(simulator)
    }

    fn advance(&mut self, cases: u64) -> Result<(), Cancelled> {
        self.0.advance(cases)
    }
}

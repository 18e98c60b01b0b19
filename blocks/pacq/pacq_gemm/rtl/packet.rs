//! The part of a stream that a product takes: it ends with `tlast`.

use super::loops::Job;
use crate::pacq::pacq_gemm::params::Beat;
use hdl::{Module, Reg, Signal, Stream};

/// The beats of a product. Beats missing after an early `tlast` read as zeros, and excess beats are dropped, so that
/// the next product finds its own beats.
pub struct Packet<'m> {
    from: Stream<'m, Beat<Signal<'m>>>,
    /// `tlast` came early.
    has_ended: Reg<'m>,
    /// The product has all its beats, but `tlast` has not come.
    drains: Reg<'m>,
    job: Job<'m>,
    /// The current step takes a beat of the stream.
    pub is_there: Signal<'m>,
}

impl<'m> Packet<'m> {
    /// The beats of a job; `is_wanted`: its current step needs one.
    pub fn new(
        m: &'m Module,
        from: Stream<'m, Beat<Signal<'m>>>,
        job: &Job<'m>,
        is_wanted: Signal<'m>,
    ) -> Packet<'m> {
        let has_ended = m.reg("has_ended", 1).reset_to(0);
        let drains = m.reg("drains", 1).reset_to(0);
        let is_there = (is_wanted & !has_ended.value()).named("is_there");
        Packet { from, has_ended, drains, job: *job, is_there }
    }

    /// The fields of the beat; zeros if there is none.
    pub fn data(&self) -> Signal<'m> {
        self.from.payload.data.gated(self.is_there)
    }

    /// The step can be done: its beat has arrived, or it has none.
    pub fn is_known(&self) -> Signal<'m> {
        self.from.valid() | !self.is_there
    }

    /// Takes the beat while `goes_on` is 1, the last one of the product while `is_last` is 1. Returns whether the
    /// stream is wrong, and whether beats remain to be dropped.
    pub fn finish(self, goes_on: Signal<'m>, is_last: Signal<'m>) -> (Signal<'m>, Signal<'m>) {
        let Packet { from, has_ended, drains, job, is_there } = self;
        let drained = drains.value();
        from.set_ready((goes_on & is_there) | drained);
        let takes = (from.fires() & !drained).named("takes");
        let ends = from.payload.last;
        let (is_early, is_late) = (takes & ends & !is_last, takes & !ends & is_last);
        has_ended.enable(job.start | is_early).set(!job.start);
        drains.enable(is_late | (from.fires() & drained & ends)).set(!drained);
        ((is_early | is_late).named("is_wrong"), drained)
    }
}

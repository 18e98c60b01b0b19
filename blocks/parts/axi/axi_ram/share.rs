//! The bandwidth that reads and writes share.

use hdl::{Module, Reg, Signal};

/// Logarithm of the parts of a beat in which the bucket counts.
const PART_BITS: u32 = 8;
/// What the bucket holds: 4 beats.
const CAPACITY: u64 = 4 << PART_BITS;
/// Bits of its level.
const LEVEL_BITS: u32 = 11;

/// A token bucket. Where it has a beat or more but not two, reads and writes take turns, so that neither waits for the
/// other forever and none of the rate is lost.
pub(super) struct Share<'m> {
    rate: u32,
    level: Reg<'m>,
    /// A beat may be read.
    pub may_read: Signal<'m>,
    /// A beat may be written.
    pub may_write: Signal<'m>,
}

impl<'m> Share<'m> {
    /// A full bucket that fills at `rate` parts a cycle; nothing is taken where `waits` is 1.
    pub(super) fn new(m: &'m Module, rate: u32, waits: Signal<'m>) -> Share<'m> {
        let level = m.reg("level", LEVEL_BITS).reset_to(CAPACITY.into());
        let beats = level.value().high(LEVEL_BITS - PART_BITS);
        let has_one = (beats.any() & !waits).named("has_one");
        let has_two = (beats.ge(2) & !waits).named("has_two");
        let is_turn_of_writes = m.reg("is_turn_of_writes", 1).reset_to(0);
        // Also where nothing was taken: whoever's turn it was does not want it.
        is_turn_of_writes.enable(has_one & !has_two).set(!is_turn_of_writes.value());
        Share {
            rate,
            level,
            may_read: has_two | (has_one & !is_turn_of_writes.value()),
            may_write: has_two | (has_one & is_turn_of_writes.value()),
        }
    }

    /// Closes the bucket: a beat is read where `reads` is 1, and one is written where `writes` is 1.
    pub(super) fn finish(self, reads: Signal<'m>, writes: Signal<'m>) {
        let m = reads.module();
        let taken = m.concat(&[reads.add_wide(writes), m.zero(PART_BITS)]);
        let filled = self.level.value().zext(LEVEL_BITS + 1) + u64::from(self.rate);
        let next = (filled - taken.zext(LEVEL_BITS + 1)).named("next_level");
        self.level.set(next.gt(CAPACITY).mux(CAPACITY, next.low(LEVEL_BITS)));
    }
}

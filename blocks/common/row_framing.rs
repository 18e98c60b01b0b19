//! Where rows of beats begin and end, for blocks that take rows of any length up to a greatest one. A row that is longer is cut
//! off there: its remaining beats are dropped, and a flag is 1 from then on.

use fastrand::Rng;
use hdl::{Module, Signal, Stream, index_width};

/// The hardware: accepts the beats of rows.
#[derive(Clone, Copy)]
pub struct RowFraming<'m> {
    /// A beat of a row is taken.
    pub takes: Signal<'m>,
    /// The beat is the first of its row.
    pub is_first: Signal<'m>,
    /// The row ends with the beat.
    pub ends: Signal<'m>,
    /// Some row up to the previous cycle's beat was too long.
    pub error: Signal<'m>,
}

impl<'m> RowFraming<'m> {
    /// Takes beats of `input` while there is room, `beats` a row at most. `last` is 1 in the last beat of a row.
    pub fn new<P>(
        m: &'m Module,
        beats: u32,
        input: &Stream<'m, P>,
        last: Signal<'m>,
        has_room: Signal<'m>,
    ) -> RowFraming<'m> {
        let drops = m.reg("drops", 1).reset_to(0);
        input.set_ready(drops.value() | has_room);
        let takes = (input.fires() & !drops.value()).named("takes");
        let full = m.wire("row_is_full", 1);
        let ends = (last | full.value()).named("row_ends");
        let (is_full, is_first) = match beats {
            1 => (m.ones(1), m.ones(1)),
            beats => {
                let beat = m.reg("beat_of_row", index_width(beats.into())).reset_to(0).enable(takes);
                beat.set((beat.value() + 1).gated(!ends));
                (beat.value().eq(u64::from(beats - 1)), beat.value().eq(0))
            }
        };
        full.drive(is_full);
        drops.enable(input.fires()).set((drops.value() | full.value()) & !last);
        let error = m.reg("error", 1).reset_to(0);
        error.set(error.value() | (takes & full.value() & !last));
        RowFraming { takes, is_first, ends, error: error.value() }
    }
}

/// Rows of beats for golden models.
#[derive(Clone, Debug)]
pub struct RowsOfBeats {
    /// The most beats of a row.
    greatest: u32,
    /// Beats of the row so far.
    taken: u32,
    /// The row was too long: its remaining beats are dropped.
    drops: bool,
    /// Some row was too long.
    pub error: bool,
}

/// The beats of a random row: one, the most, up to 3 too many in one row of sixteen, or any legal number.
pub fn random_beats(rng: &mut Rng, greatest: u32) -> u32 {
    match rng.u8(..16) {
        0..=3 => 1,
        4..=7 => greatest,
        8 => greatest + rng.u32(1..=3),
        _ => rng.u32(1..=greatest),
    }
}

/// What becomes of a beat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// It is dropped.
    Dropped,
    /// It belongs to a row that goes on.
    Within,
    /// It ends its row.
    Ends,
}

impl RowsOfBeats {
    /// Rows of `greatest` beats at most.
    pub fn new(greatest: u32) -> RowsOfBeats {
        RowsOfBeats { greatest, taken: 0, drops: false, error: false }
    }

    /// The next beat is dropped.
    pub fn drops(&self) -> bool {
        self.drops
    }

    /// The place of the next beat.
    pub fn next(&mut self, is_last: bool) -> Place {
        if self.drops {
            self.drops = !is_last;
            return Place::Dropped;
        }
        self.taken += 1;
        let is_full = self.taken == self.greatest;
        self.drops = is_full && !is_last;
        self.error |= self.drops;
        if is_last || is_full {
            self.taken = 0;
            return Place::Ends;
        }
        Place::Within
    }
}

#[cfg(test)]
mod tests {
    use super::{Place::*, RowsOfBeats};

    #[test]
    fn a_row_that_is_too_long_is_cut_off() {
        let mut rows = RowsOfBeats::new(2);
        let places = |rows: &mut RowsOfBeats, last: &[bool]| -> Vec<_> {
            last.iter().map(|is_last| rows.next(*is_last)).collect()
        };
        assert_eq!(places(&mut rows, &[true, false, true]), [Ends, Within, Ends]);
        assert!(!rows.error);
        assert_eq!(
            places(&mut rows, &[false, false, false, true, true]),
            [Within, Ends, Dropped, Dropped, Ends]
        );
        assert!(rows.error);
    }
}

//! Frames of a fixed number of beats. A frame that ends too early is a short one; of one that goes on too long the remaining beats are
//! dropped. So each frame begins with its first beat again, whatever was lost before.

use hdl::{Module, Signal, Stream, index_width};

/// The hardware: accepts the beats of frames.
#[derive(Clone, Copy)]
pub struct Frames<'m> {
    /// A beat of a frame is taken.
    pub takes: Signal<'m>,
    /// Its number in the frame.
    pub place: Signal<'m>,
    /// It is the first of its frame.
    pub begins: Signal<'m>,
    /// The frame ends with it.
    pub ends: Signal<'m>,
    /// The frame ends with it, too early or too late.
    pub is_wrong: Signal<'m>,
    /// The frame before was not right, or there was none since reset.
    pub is_first: Signal<'m>,
}

impl<'m> Frames<'m> {
    /// Takes beats of `input` while there is room, `beats` a frame. `last` is 1 in the last beat of a frame.
    pub fn new<P>(
        m: &'m Module,
        beats: u32,
        input: &Stream<'m, P>,
        last: Signal<'m>,
        has_room: Signal<'m>,
    ) -> Frames<'m> {
        let drops = m.reg("drops", 1).reset_to(0);
        input.set_ready(drops.value() | has_room);
        let takes = (input.fires() & !drops.value()).named("takes");
        let ends = m.wire("frame_ends", 1);
        let (place, begins, is_full) = match beats {
            1 => (m.zero(1), m.ones(1), m.ones(1)),
            beats => {
                let place = m.reg("place", index_width(beats.into())).reset_to(0).enable(takes);
                place.set((place.value() + 1).gated(!ends.value()));
                (place.value(), place.value().eq(0), place.value().eq(u64::from(beats - 1)))
            }
        };
        ends.drive(last | is_full);
        drops.enable(input.fires()).set((drops.value() | is_full) & !last);
        let is_wrong = (last ^ is_full).named("frame_is_wrong");
        let is_first = m.reg("is_first", 1).reset_to(1).enable(takes & ends.value());
        is_first.set(is_wrong);
        Frames { takes, place, begins, ends: ends.value(), is_wrong, is_first: is_first.value() }
    }
}

/// Frames for golden models.
#[derive(Clone, Debug)]
pub struct FramesOfBeats {
    beats: usize,
    place: usize,
    drops: bool,
    is_first: bool,
}

/// Where a beat is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its number in the frame.
    pub place: usize,
    /// The frame ends with it.
    pub ends: bool,
    /// The frame ends with it, too early or too late.
    pub is_wrong: bool,
    /// The frame before was not right, or there was none since reset.
    pub is_first: bool,
}

impl FramesOfBeats {
    /// Frames of so many beats, after a reset.
    pub fn new(beats: u32) -> FramesOfBeats {
        FramesOfBeats { beats: beats as usize, place: 0, drops: false, is_first: true }
    }

    /// The place of the next beat; none if it is dropped.
    pub fn next(&mut self, last: bool) -> Option<Place> {
        if self.drops {
            self.drops = !last;
            return None;
        }
        let (place, is_first, is_end) = (self.place, self.is_first, self.place + 1 == self.beats);
        let (ends, is_wrong) = (last || is_end, last != is_end);
        self.place = if ends { 0 } else { place + 1 };
        if ends {
            self.drops = !last;
            self.is_first = is_wrong;
        }
        Some(Place { place, ends, is_wrong, is_first })
    }
}

/// The beats of a random frame: too few, too many, or the right number.
pub fn random_beats(rng: &mut fastrand::Rng, beats: u32) -> u32 {
    match rng.u8(..4) {
        0 => rng.u32(1..=beats),
        1 => beats + rng.u32(1..=3),
        _ => beats,
    }
}

#[cfg(test)]
mod tests {
    use super::{FramesOfBeats, Place};

    #[test]
    fn a_frame_of_a_wrong_length_does_not_move_the_next_one() {
        let mut frames = FramesOfBeats::new(2);
        let lasts = [false, true, true, false, false, false, true, false, true];
        let places: Vec<_> = lasts.iter().map(|last| frames.next(*last)).collect();
        let at = |place, ends, is_wrong, is_first| Some(Place { place, ends, is_wrong, is_first });
        let expected = [
            at(0, false, true, true),
            at(1, true, false, true),
            at(0, true, true, false),
            at(0, false, false, true),
            at(1, true, true, true),
            None,
            None,
            at(0, false, false, true),
            at(1, true, false, true),
        ];
        // Whether a frame is wrong counts where it ends.
        let known =
            |place: &Option<Place>| place.map(|own| Place { is_wrong: own.is_wrong && own.ends, ..own });
        assert_eq!(
            places.iter().map(known).collect::<Vec<_>>(),
            expected.iter().map(known).collect::<Vec<_>>()
        );
    }
}

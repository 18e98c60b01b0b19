//! Packets of a fixed number of beats.

use hdl::Bits;

/// A beat of a stream.
#[derive(Clone, Debug)]
pub struct Beat {
    /// What it carries.
    pub data: Bits,
    /// It ends a packet.
    pub last: bool,
    /// It says that it is wrong; only of sums of another macro.
    pub user: bool,
}

/// What becomes of the beat that a packet has in a cycle.
#[derive(Clone, Copy, Debug, Default)]
pub struct Step {
    /// It is taken.
    pub takes: bool,
    /// It is taken, and is the last of its packet.
    pub ends: bool,
    /// It, or one before it in its packet, is wrong.
    pub is_wrong: bool,
    /// The packet ended early with it, or goes on behind its last beat.
    pub is_early: bool,
    pub is_late: bool,
    /// It says that it is wrong.
    pub is_marked: bool,
}

/// The packets of a stream.
#[derive(Clone, Debug)]
pub struct Packets {
    /// Beats that a packet has to have.
    beats: u32,
    /// Beats of the packet so far.
    pub place: u32,
    /// It ended early: the others are zeros.
    has_ended: bool,
    /// It has all its beats, and goes on.
    drains: bool,
    is_wrong: bool,
}

impl Packets {
    /// Before the first one.
    pub fn new(beats: u32) -> Packets {
        Packets { beats, place: 0, has_ended: false, drains: false, is_wrong: false }
    }

    /// No packet is begun, and the one before it is over.
    pub fn is_between(&self) -> bool {
        self.place == 0 && !self.drains
    }

    /// The next beat is the last one.
    pub fn is_last(&self) -> bool {
        self.place + 1 == self.beats
    }

    /// The beat of this cycle, if there is one; where it left out, of this width.
    pub fn beat(&self, offered: Option<&Beat>, width: u32) -> Option<Bits> {
        match (self.has_ended, self.drains) {
            (true, _) => Some(Bits::zero(width)),
            (false, true) => None,
            (false, false) => offered.map(|beat| beat.data.clone()),
        }
    }

    /// Whether the stream may go on, if the beat of this cycle can be taken.
    pub fn is_ready(&self, goes_on: bool) -> bool {
        self.drains || (goes_on && !self.has_ended)
    }

    /// The cycle ends, in which the beat can be taken, and is wrong.
    pub fn clock(&mut self, offered: Option<&Beat>, goes_on: bool, is_odd: bool) -> Step {
        if self.drains {
            self.drains = !offered.is_some_and(|beat| beat.last);
            return Step::default();
        }
        let is_last = self.is_last();
        let ends_packet = match (self.has_ended, offered) {
            _ if !goes_on => return Step::default(),
            (false, None) => return Step::default(),
            (true, _) => is_last,
            (false, Some(beat)) => beat.last,
        };
        let (is_early, is_late) = (ends_packet && !is_last, is_last && !ends_packet);
        let is_marked = !self.has_ended && offered.is_some_and(|beat| beat.user);
        let is_wrong = self.is_wrong || is_early || is_late || is_odd || is_marked;
        (self.has_ended, self.drains) = ((self.has_ended || is_early) && !is_last, is_late);
        self.is_wrong = is_wrong && !is_last;
        self.place = if is_last { 0 } else { self.place + 1 };
        Step { takes: true, ends: is_last, is_wrong, is_early, is_late, is_marked }
    }
}

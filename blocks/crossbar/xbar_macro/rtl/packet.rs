//! Packets of a fixed number of beats.

use crate::common::counter::counter;
use crate::crossbar::xbar_macro::params::Beat;
use hdl::{Module, Reg, Signal, Wire};

/// The beats of a packet, as many as it has to have: those that an early `tlast` leaves out are zeros, and those behind the last
/// one are dropped up to `tlast`, so that the next packet begins with its own beats.
pub struct Packet<'m> {
    offered: Signal<'m>,
    last: Signal<'m>,
    takes: Wire<'m>,
    /// `tlast` came early; none if it cannot.
    has_ended: Option<Reg<'m>>,
    /// `tlast` is late.
    drains: Reg<'m>,
    /// A beat of the packet was wrong; none if it has one beat.
    was_wrong: Option<Reg<'m>>,
    /// A beat is there.
    pub valid: Signal<'m>,
    /// What it carries.
    pub data: Signal<'m>,
    /// The number of the beat; none if that is always 0.
    pub place: Option<Signal<'m>>,
    pub is_first: Signal<'m>,
    pub is_last: Signal<'m>,
}

/// What becomes of a beat.
pub struct Taken<'m> {
    /// The stream may go on.
    pub ready: Signal<'m>,
    /// It is taken.
    pub takes: Signal<'m>,
    /// It is taken, and is the last of its packet.
    pub ends: Signal<'m>,
    /// It, or one before it in its packet, is wrong.
    pub is_wrong: Signal<'m>,
}

impl<'m> Packet<'m> {
    /// The beats of a stream, which offers this one, by packets of so many.
    pub fn new(m: &'m Module, offered: Signal<'m>, beat: Beat<Signal<'m>>, beats: u32) -> Packet<'m> {
        let takes = m.wire("takes", 1);
        let place = counter(m, "place", beats, takes.value());
        let flag = |name| m.reg(name, 1).reset_to(0);
        let (has_ended, was_wrong) = (place.map(|_| flag("has_ended")), place.map(|_| flag("was_wrong")));
        let drains = flag("drains");
        let ended = value(m, &has_ended);
        Packet {
            valid: (ended | (offered & !drains.value())).named("is_there"),
            data: beat.data.gated(!ended),
            is_first: place.map_or(m.ones(1), |place| place.eq(0)),
            is_last: place.map_or(m.ones(1), |place| place.eq(beats - 1)),
            offered,
            last: beat.last,
            takes,
            has_ended,
            drains,
            was_wrong,
            place,
        }
    }

    /// Takes the beat that is there while `goes_on` is 1; it is wrong where `is_odd` is 1.
    pub fn finish(self, m: &'m Module, goes_on: Signal<'m>, is_odd: Signal<'m>) -> Taken<'m> {
        let Packet { offered, last, has_ended, drains, was_wrong, valid, is_last, .. } = self;
        let ended = value(m, &has_ended);
        let takes = valid & goes_on;
        self.takes.drive(takes);
        let own = takes & !ended;
        let (is_early, is_late) = (own & last & !is_last, own & !last & is_last);
        let ends = (takes & is_last).named("ends");
        if let Some(has_ended) = has_ended {
            has_ended.enable(is_early | ends).set(is_early);
        }
        drains.enable(is_late | (offered & drains.value() & last)).set(is_late);
        let is_wrong = (value(m, &was_wrong) | is_early | is_late | is_odd).named("is_wrong");
        if let Some(was_wrong) = was_wrong {
            was_wrong.enable(takes).set(is_wrong & !is_last);
        }
        let ready = drains.value() | (goes_on & !ended);
        Taken { ready, takes, ends, is_wrong }
    }
}

fn value<'m>(m: &'m Module, flag: &Option<Reg<'m>>) -> Signal<'m> {
    flag.as_ref().map_or(m.zero(1), |flag| flag.value())
}

//! Sums of all elements at once, one after the other.

use hdl::{Module, Signal};

/// The sums of each token, shifted towards the first element.
pub struct Serial<'m> {
    /// There are sums.
    pub is_busy: Signal<'m>,
    /// Of each token, the present one.
    pub sums: Vec<Signal<'m>>,
    /// The place of their element.
    pub place: Signal<'m>,
    /// It is the last.
    pub is_last: Signal<'m>,
}

impl<'m> Serial<'m> {
    /// Takes `all` sums of each token where `takes` is 1, which may be only while there are none, and moves on to the next
    /// where `advance` is 1. The number of sums is 2^`place_bits`.
    pub fn new(
        m: &'m Module,
        all: &[Signal<'m>],
        place_bits: u32,
        takes: Signal<'m>,
        advance: Signal<'m>,
    ) -> Serial<'m> {
        Serial::of_groups(m, all, 1, place_bits, [takes, takes], advance)
    }

    /// The same with the sums of so many `groups` for each token, those of the first group in the lowest bits. All are taken where
    /// `takes` is 1; then those of a group come from where `begins` is 1, which may be only while none come.
    pub fn of_groups(
        m: &'m Module,
        all: &[Signal<'m>],
        groups: u32,
        place_bits: u32,
        [takes, begins]: [Signal<'m>; 2],
        advance: Signal<'m>,
    ) -> Serial<'m> {
        let is_busy = m.reg("is_busy", 1).reset_to(0);
        let moves = (is_busy.value() & advance).named("moves");
        let place = m.reg("place", place_bits).reset_to(0).enable(moves);
        place.set(place.value() + 1);
        let is_last = place.value().all().named("is_last");
        is_busy.enable(begins | (moves & is_last)).set(begins);
        let token = |(number, all): (usize, &Signal<'m>)| {
            let sums = m.reg(&format!("sums{number}"), all.width()).enable(takes | moves);
            let width = (all.width() / groups) >> place_bits;
            sums.set(takes.mux(*all, sums.value() >> width));
            sums.value().low(width)
        };
        let sums = all.iter().enumerate().map(token).collect();
        Serial { is_busy: is_busy.value(), sums, place: place.value(), is_last }
    }
}

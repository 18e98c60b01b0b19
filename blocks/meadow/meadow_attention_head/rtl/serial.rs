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
        Serial::of_choices(m, &[all.to_vec()], groups, place_bits, [takes, takes, begins], advance)
    }

    /// The same with several choices of all sums. Where they are taken, `choice` is the number of one of them, from 1 up; where they
    /// move, it is 0. A multiplexer for both is the smallest.
    pub fn of_choices(
        m: &'m Module,
        choices: &[Vec<Signal<'m>>],
        groups: u32,
        place_bits: u32,
        [choice, takes, begins]: [Signal<'m>; 3],
        advance: Signal<'m>,
    ) -> Serial<'m> {
        let is_busy = m.reg("is_busy", 1).reset_to(0);
        let moves = (is_busy.value() & advance).named("moves");
        let place = m.reg("place", place_bits).reset_to(0).enable(moves);
        place.set(place.value() + 1);
        let is_last = place.value().all().named("is_last");
        is_busy.enable(begins | (moves & is_last)).set(begins);
        let token = |number: usize| {
            let all_width = choices[0][number].width();
            let sums = m.reg(&format!("sums{number}"), all_width).enable(takes | moves);
            let width = (all_width / groups) >> place_bits;
            let moved = [sums.value() >> width].into_iter();
            let next: Vec<Signal> = moved.chain(choices.iter().map(|all| all[number])).collect();
            sums.set(m.select(choice, &next));
            sums.value().low(width)
        };
        let sums = (0..choices[0].len()).map(token).collect();
        Serial { is_busy: is_busy.value(), sums, place: place.value(), is_last }
    }
}

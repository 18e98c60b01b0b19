//! Events that are reported with the row or the column in which they occur.

use super::drain::Drain;
use hdl::{Module, Signal};
use parts::storage::held::held_flag;

/// An event of a row.
#[derive(Clone, Copy)]
pub struct Event<'m> {
    /// It occurs in this cycle.
    pub now: Signal<'m>,
    /// The set of the row's sums; `None` if there is one.
    pub set: Option<Signal<'m>>,
}

impl<'m> Event<'m> {
    /// An event of the row whose sums are at `place`.
    pub fn of(now: Signal<'m>, drain: &Drain<'m>, place: Signal<'m>) -> Event<'m> {
        Event { now, set: drain.drained_set.map(|_| place.msb()) }
    }

    /// It occurs now in a row of this set.
    fn is_in(&self, set: u64) -> Signal<'m> {
        self.set.map_or(self.now, |of| self.now & of.eq(set))
    }
}

/// 1 if any of the events occurred since reset, up to the end of the row that is drained.
pub fn until_row<'m>(m: &'m Module, name: &str, events: &[Event<'m>], drain: &Drain<'m>) -> Signal<'m> {
    if events.is_empty() {
        return m.lit(0, 1);
    }
    let until_now = |register: &str, set: u64| {
        let since_reset = m.reg(register, 1).reset_to(0);
        let now: Vec<Signal> = events.iter().map(|event| event.is_in(set)).collect();
        let until_now = since_reset.value() | m.concat_lsb(&now).any();
        since_reset.set(until_now);
        until_now
    };
    let Some(drained) = drain.drained_set else {
        // Nothing of the next row is joined before the drain starts, so its events are not included.
        return held_flag(m, name, until_now(&format!("{name}_since_reset"), 0), drain.starts);
    };
    // Events of the next row are in the other set.
    let sets = [0, 1].map(|set| until_now(&format!("{name}_in_set{set}"), set));
    let flag = m.reg(name, 1).reset_to(0).enable(drain.starts);
    flag.set(flag.value() | drained.mux(sets[1], sets[0]));
    flag.value()
}

/// 1 if `now` is 1 for the column that is drained, or was for one before it since reset.
pub fn until_column<'m>(m: &'m Module, name: &str, now: Signal<'m>, drain: &Drain<'m>) -> Signal<'m> {
    let before = m.reg(name, 1).reset_to(0).enable(drain.drains);
    let until_now = before.value() | now;
    before.set(until_now);
    until_now
}

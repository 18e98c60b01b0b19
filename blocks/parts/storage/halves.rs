//! The two halves of a double buffer.

use crate::storage::credit::Credit;
use hdl::{Module, Signal};

/// Which half is written and which is read: the one fills while the other is read.
pub struct Halves<'m> {
    /// There is a half to read.
    pub has_half: Signal<'m>,
    /// The half that is read.
    pub read_half: Signal<'m>,
    /// The half that is written.
    pub write_half: Signal<'m>,
    /// A half has room.
    pub has_room: Signal<'m>,
}

impl<'m> Halves<'m> {
    /// The half that is written is full where `fills` is 1, which it may be only where there is room; `release` frees the half
    /// that is read.
    pub fn new(m: &'m Module, fills: Signal<'m>, release: Signal<'m>) -> Halves<'m> {
        let toggle = |name: &str, when: Signal<'m>| {
            let half = m.reg(name, 1).reset_to(0).enable(when);
            half.set(!half.value());
            half.value()
        };
        let halves = Credit::new(m, "halves", 2);
        let count = halves.count();
        halves.finish(fills, release);
        Halves {
            has_half: count.any().named("has_half"),
            read_half: toggle("read_half", release),
            write_half: toggle("write_half", fills),
            has_room: !count.bit(1),
        }
    }
}

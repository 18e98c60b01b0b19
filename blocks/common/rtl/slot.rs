//! Beats that wait in a register.

use super::held::held;
use hdl::{Module, Signal, Stream};

/// A beat of a stream that waits until it is used. None is taken while one waits, so that no path leads from `valid` to `ready`.
pub struct Slot<'m> {
    /// A beat waits.
    pub is_full: Signal<'m>,
    /// The field of it that is kept.
    pub word: Signal<'m>,
}

impl<'m> Slot<'m> {
    /// Takes beats of `stream` where `takes` is 1, of each the `field` that has the name; where `uses` is 1 the beat that waits
    /// is used.
    pub fn new(
        m: &'m Module,
        (stream, field): (&Stream<'m>, &str),
        name: &str,
        takes: Signal<'m>,
        uses: Signal<'m>,
    ) -> Slot<'m> {
        let is_full = m.reg(&format!("has_{name}"), 1).reset_to(0);
        stream.set_ready(!is_full.value() & takes);
        is_full.enable(stream.fires() | uses).set(stream.fires());
        Slot { is_full: is_full.value(), word: held(m, name, stream.field(field), stream.fires()) }
    }
}

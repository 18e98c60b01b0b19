//! Beats that have come and wait.

use crate::storage::fifo::Fifo;
use hdl::{Bundle, Module, Shaped, Signal};

/// Beats that wait: two, so that one can come and one leave in each cycle.
const BEATS: u64 = 2;

/// The beats of an input, behind a queue: no path leads from an input to an output.
pub(super) struct Waiting<'m, B: Bundle> {
    queue: Fifo<'m>,
    comes: Signal<'m>,
    word: Signal<'m>,
    /// There is a beat.
    pub has_beat: Signal<'m>,
    /// The oldest.
    pub beat: B::With<Signal<'m>>,
}

impl<'m, B: Bundle<Leaf: Shaped>> Waiting<'m, B> {
    /// Takes the beats of an input stream.
    pub(super) fn new(m: &'m Module, stream: &str, payload: &B) -> Waiting<'m, B>
    where
        B::With<Signal<'m>>: hdl::Signals<'m>,
    {
        let input = m.input_stream(stream, payload);
        let word = m.pack(&input.payload);
        let queue = Fifo::new(m, &format!("{stream}_waiting"), word.width(), BEATS);
        input.set_ready(!queue.is_full());
        let (has_beat, beat) = (queue.has_word(), m.unpack(payload, queue.front));
        Waiting { comes: input.fires(), word, has_beat, beat, queue }
    }

    /// The oldest beat leaves where `leaves` is 1.
    pub(super) fn finish(self, leaves: Signal<'m>) {
        self.queue.finish(self.comes, self.word, leaves);
    }
}

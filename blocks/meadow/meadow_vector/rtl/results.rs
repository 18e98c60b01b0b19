//! Words of results, and their way out.

use crate::common::saturate::saturated;
use crate::meadow::meadow_vector::params::{NARROW_BITS, Params, ResultWord};
use hdl::{Bundle, Module, Signal};
use parts::storage::buffer::Buffer;
use parts::storage::held::held;

/// A queue before an output.
pub struct Output<'m> {
    m: &'m Module,
    name: &'static str,
    shape: ResultWord<u32>,
    buffer: Buffer<'m>,
    /// A word can be pushed.
    pub has_room: Signal<'m>,
    /// All words have left.
    pub is_empty: Signal<'m>,
}

/// A word that is pushed where `valid` is 1.
#[derive(Clone, Copy)]
pub struct Push<'m> {
    /// It is there.
    pub valid: Signal<'m>,
    /// What it is.
    pub word: ResultWord<Signal<'m>>,
}

impl<'m> Output<'m> {
    /// A queue of a row of `words` words, at least as many as it takes to take and give one in every cycle.
    pub fn new(m: &'m Module, params: &Params, name: &'static str, words: u32) -> Output<'m> {
        let depth = u64::from(words.max(4)).next_power_of_two();
        let shape = params.result();
        let buffer = Buffer::new(m, name, shape.packed_width(), depth);
        Output { m, name, shape, has_room: buffer.has_room, is_empty: buffer.is_empty(), buffer }
    }

    /// Closes the queue; the words leave through the output stream of its name.
    pub fn finish(self, push: &Push<'m>) {
        let output = self.m.output_stream(self.name, &self.shape);
        output.set_valid(self.buffer.has_front());
        output.set_payload(self.m.unpack(&self.shape, self.buffer.front));
        self.buffer.finish(push.valid, self.m.pack(&push.word), output.fires());
    }
}

/// Two words of narrow elements in one; the last one of a row is filled up with zeros.
pub fn packed<'m>(
    m: &'m Module,
    name: &str,
    takes: Signal<'m>,
    elements: &[Signal<'m>],
    last: Signal<'m>,
) -> Push<'m> {
    m.scope(name, || {
        let narrow = m.concat_lsb(elements);
        let has_half = m.reg("has_half", 1).reset_to(0).enable(takes);
        let half = held(m, "half", narrow, takes);
        has_half.set(!has_half.value() & !last);
        let [upper, lower] = [narrow.gated(has_half.value()), has_half.value().mux(half, narrow)];
        let word = ResultWord { data: m.concat(&[upper, lower]), last };
        Push { valid: takes & (has_half.value() | last), word }
    })
}

/// An element of 16 bits, saturated to 8.
pub fn narrow(element: Signal<'_>) -> Signal<'_> {
    saturated(element, NARROW_BITS)
}

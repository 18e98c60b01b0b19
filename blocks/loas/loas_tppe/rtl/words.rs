//! The spikes of two chunks of A.

use super::super::interface::ChunkA;
use super::super::params::Params;
use hdl::{Module, Signal, Stream, index_width};
use parts::storage::held::held;

/// The spike words of the chunks in the inner-join's slots.
pub struct Words<'m> {
    slots: Vec<Vec<Signal<'m>>>,
}

impl<'m> Words<'m> {
    /// Takes the words of each chunk as the inner-join takes its mask.
    pub fn new(m: &'m Module, params: &Params, a: &Stream<'m, ChunkA<Signal<'m>>>) -> Words<'m> {
        let loads = m.reg("words_slot", 1).reset_to(0);
        loads.enable(a.fires()).set(!loads.value());
        let slot = |number: u64| {
            let is_meant = a.fires() & loads.value().eq(number);
            held(m, &format!("words{number}"), a.payload.words, is_meant).split_lsb(params.time_steps)
        };
        Words { slots: (0..2).map(slot).collect() }
    }

    /// A word of a slot.
    pub fn word(&self, m: &'m Module, slot: Signal<'m>, offset: Signal<'m>) -> Signal<'m> {
        let count = self.slots[0].len();
        let padded = 1usize << index_width(count as u64);
        let of = |words: &Vec<Signal<'m>>| {
            let mut words = words.clone();
            words.resize(padded, m.lit(0, words[0].width()));
            m.select(offset, &words)
        };
        slot.mux(of(&self.slots[1]), of(&self.slots[0]))
    }
}

//! The port by which a host fills the memory and looks at it.

use super::Memory;
use crate::axi::Axi4;
use crate::storage::held::{held, held_flag};
use hdl::{Bundle, Module, Signal, Stream, index_width};

/// What a host asks for.
#[derive(Clone, Copy, Bundle)]
pub struct HostAccess<T> {
    /// 1: the word is written; 0: it is read.
    pub write: T,
    /// The number of the word.
    pub address: T,
    /// What is written.
    pub data: T,
}

/// The answer to a read.
#[derive(Clone, Copy, Bundle)]
pub struct HostAnswer<T> {
    /// The word.
    pub data: T,
}

impl Memory {
    /// The widths of an access.
    pub fn host_access(&self, shape: &Axi4) -> HostAccess<u32> {
        HostAccess { write: 1, address: index_width(self.words), data: shape.data_bits }
    }

    /// The width of an answer.
    pub fn host_answer(&self, shape: &Axi4) -> HostAnswer<u32> {
        HostAnswer { data: shape.data_bits }
    }
}

/// An access is done in the cycle after it came. None comes while a read is not answered.
pub(super) struct Host<'m> {
    m: &'m Module,
    answer: Stream<'m, HostAnswer<Signal<'m>>>,
    /// An access is done in this cycle.
    pub is_active: Signal<'m>,
    /// That access.
    pub access: HostAccess<Signal<'m>>,
}

impl<'m> Host<'m> {
    pub(super) fn new(m: &'m Module, shape: &Axi4, memory: &Memory) -> Host<'m> {
        let asked = m.input_stream("host", &memory.host_access(shape));
        let answer = m.output_stream("host_out", &memory.host_answer(shape));
        let is_reading = m.reg("host_is_reading", 1).reset_to(0);
        asked.set_ready(!is_reading.value());
        let reads = asked.fires() & !asked.payload.write;
        is_reading.enable(reads | answer.fires()).set(reads);
        if !memory.words.is_power_of_two() {
            let is_word = asked.payload.address.lt(memory.words);
            m.assert("host_address_is_a_word", !asked.fires() | is_word);
        }
        let is_active = m.reg("host_is_active", 1).reset_to(0);
        is_active.set(asked.fires());
        let access = m.hold("host_access", &asked.payload, asked.fires());
        Host { m, answer, is_active: is_active.value(), access }
    }

    /// A word is written in this cycle.
    pub(super) fn writes(&self) -> Signal<'m> {
        self.is_active & self.access.write
    }

    /// A word is read in this cycle.
    pub(super) fn reads(&self) -> Signal<'m> {
        self.is_active & !self.access.write
    }

    /// Answers with the word that comes in the cycle after a read.
    pub(super) fn finish(self, word: Signal<'m>) {
        let comes = self.m.reg("host_word_comes", 1).reset_to(0);
        comes.set(self.reads());
        let takes = comes.value() | self.answer.fires();
        self.answer.set_valid(held_flag(self.m, "host_has_answer", comes.value(), takes));
        self.answer.set_payload(HostAnswer { data: held(self.m, "host_answer", word, comes.value()) });
    }
}

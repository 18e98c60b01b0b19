//! The words of a container that wait for use.

use crate::meadow::weight_unpacker::params::{Container, Params, WORD_BITS};
use hdl::{Module, Reg, Signal, Stream};
use parts::coding::crc::Crc;

/// CRC-32 of bytes with their own CRC-32 behind them, whatever they are.
const RESIDUE: u64 = 0x2144_df1c;

/// The words, the next one first. Words that are not there are 0.
pub struct Words<'m> {
    module: &'m Module,
    data: Reg<'m>,
    count: Reg<'m>,
    ended: Reg<'m>,
    input: Stream<'m, Container<Signal<'m>>>,
    params: &'m Params,
}

impl<'m> Words<'m> {
    /// No words.
    pub fn new(m: &'m Module, params: &'m Params) -> Words<'m> {
        let input = m.input_stream("in", &params.input());
        let data = m.reg("words", WORD_BITS * params.buffer_words()).reset_to(0);
        let count = m.reg("word_count", params.count_bits()).reset_to(0);
        let ended = m.reg("ended", 1).reset_to(0);
        // Where there are as many words as all lanes can take, none need come.
        input.set_ready(!ended.value() & count.value().le(u64::from(params.lanes)));
        Words { module: m, data, count, ended, input, params }
    }

    /// The next words.
    pub fn front(&self, count: u32) -> Signal<'m> {
        self.data.value().low(WORD_BITS * count)
    }

    /// Whether there are so many words.
    pub fn has(&self, count: Signal<'m>) -> Signal<'m> {
        self.count.value().ge(count.zext(self.params.count_bits()))
    }

    /// A number of words.
    pub fn number(&self, count: u32) -> Signal<'m> {
        self.module.lit(count.into(), self.params.count_bits())
    }

    /// The container has ended with the words that are there.
    pub fn ended(&self) -> Signal<'m> {
        self.ended.value()
    }

    /// Closes the buffer: `taken` words are used, or with `drops` all. `restarts` begins the next container. Gives whether the
    /// CRC is right, once the container has ended.
    pub fn finish(&self, taken: Signal<'m>, drops: Signal<'m>, restarts: Signal<'m>) -> Signal<'m> {
        let Words { module: m, data, count, ended, input, params } = self;
        let bits = |words: Signal<'m>| m.concat(&[words, m.zero(WORD_BITS.ilog2())]);
        let beat = input.payload.data.gated(input.fires()).zext(data.value().width());
        let all = (data.value() | (beat << bits(count.value()))).named("all_words");
        data.set((all >> bits(taken)).gated(!drops));
        let more = m.lit(params.beat_words().into(), params.count_bits()).gated(input.fires());
        count.set((count.value() + more - taken).gated(!drops));
        ended.enable(restarts | input.fires()).set(input.payload.last & !restarts);
        m.assert("taken_words_are_there", taken.le(count.value()));
        Crc::CRC32.of(m, "crc", input.payload.data, input.fires(), restarts).eq(RESIDUE).named("crc_is_right")
    }
}

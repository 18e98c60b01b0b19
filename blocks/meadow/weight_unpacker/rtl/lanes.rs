//! The lanes of the Huffman codes: each has the next bits of its part of the stream, and decodes a weight in a cycle.

use super::Shared;
use super::words::Words;
use crate::meadow::packing::{ENOUGH_BITS, LONGEST};
use crate::meadow::weight_unpacker::params::WORD_BITS;
use hdl::{Module, Reg, Signal, bit_length};
use parts::arithmetic::count::{Adders, population, running_counts};
use parts::arithmetic::prefix::Network;

/// Most bits in a lane.
const BITS: u32 = ENOUGH_BITS - 1 + WORD_BITS;

/// A code, as far as its lengths determine it.
pub struct Code<'m> {
    /// For each length but the longest the first window, above all windows of codes of up to this length.
    pub limits: Vec<Signal<'m>>,
    /// For each length what to add to a code, modulo 256, for the number of its byte.
    pub offsets: Vec<Signal<'m>>,
}

/// A lane: its bits, the next one highest, with zeros behind the last.
struct Lane<'m> {
    bits: Reg<'m>,
    count: Reg<'m>,
    takes: Signal<'m>,
}

/// All lanes.
pub struct Lanes<'m> {
    lanes: Vec<Lane<'m>>,
    /// Number of words that they take together before the next row.
    pub need: Signal<'m>,
}

impl<'m> Lanes<'m> {
    /// Empty lanes.
    pub fn new(shared: &Shared<'_, 'm>) -> Lanes<'m> {
        let m = shared.module;
        let lane = |lane: u32| {
            m.scope(&format!("lane{lane}"), || {
                let bits = m.reg("bits", BITS);
                let count = m.reg("count", bit_length(BITS.into()));
                Lane { bits, count, takes: count.value().lt(u64::from(ENOUGH_BITS)).named("takes") }
            })
        };
        let lanes: Vec<Lane> = (0..shared.params.lanes).map(lane).collect();
        let takes: Vec<Signal> = lanes.iter().map(|lane| lane.takes).collect();
        let need = population(&takes).zext(shared.params.count_bits()).named("words_of_lanes");
        Lanes { lanes, need }
    }

    /// With `fills` lanes take their words; with `decodes` too, each decodes a weight, whose number among the bytes that have a
    /// code is given.
    pub fn finish(
        self,
        shared: &Shared<'_, 'm>,
        code: &Code<'m>,
        fills: Signal<'m>,
        decodes: Signal<'m>,
    ) -> Vec<Signal<'m>> {
        let m = shared.module;
        let takes = m.concat_lsb(&self.lanes.iter().map(|lane| lane.takes).collect::<Vec<_>>());
        let places = running_counts(takes, Network::Sklansky, Adders::Plus);
        let one = |(index, lane): (usize, &Lane<'m>)| {
            let word = word(m, shared.words, index as u32, &places);
            m.scope(&format!("lane{index}"), || lane.step(shared, code, word, fills, decodes))
        };
        self.lanes.iter().enumerate().map(one).collect()
    }
}

/// The word that a lane takes: the one behind those of the lanes before.
fn word<'m>(m: &'m Module, words: &Words<'m>, lane: u32, places: &[Signal<'m>]) -> Signal<'m> {
    let words = words.front(lane + 1).split_lsb(WORD_BITS);
    let Some(before) = lane.checked_sub(1) else { return words[0] };
    let place = places[before as usize];
    let mut cases = words.clone();
    cases.resize(1 << place.width(), words[words.len() - 1]);
    m.select(place, &cases)
}

impl<'m> Lane<'m> {
    fn step(
        &self,
        shared: &Shared<'_, 'm>,
        code: &Code<'m>,
        word: Signal<'m>,
        fills: Signal<'m>,
        decodes: Signal<'m>,
    ) -> Signal<'m> {
        let m = shared.module;
        let (bits, count) = (self.bits.value(), self.count.value());
        // The window is full before the word is there.
        let window = bits.high(LONGEST).named("window");
        let is_above: Vec<Signal> =
            code.limits.iter().map(|limit| window.zext(limit.width()).ge(*limit)).collect();
        let is_length = |length: usize| match length {
            1 => !is_above[0],
            length if length == LONGEST as usize => is_above[length - 2],
            length => is_above[length - 2] & !is_above[length - 1],
        };
        let lengths: Vec<(u32, Signal)> =
            (1..=LONGEST).map(|length| (length, is_length(length as usize))).collect();
        let of_length = |of: &dyn Fn(u32) -> Signal<'m>| {
            m.one_hot(&lengths.iter().map(|(length, is)| (*is, of(*length))).collect::<Vec<_>>())
        };
        let value = of_length(&|length| window.high(length).zext(LONGEST).low(8));
        let offset = of_length(&|length| code.offsets[length as usize - 1]);
        let length = of_length(&|length| m.lit(length.into(), count.width())).named("length");

        let placed = m.concat(&[word, m.zero(BITS - WORD_BITS)]) >> count;
        let joined = (bits | placed.gated(self.takes)).named("joined");
        let shifted = of_length(&|length| joined << length);
        self.bits.enable(shared.starts | fills).set(decodes.mux(shifted, joined).gated(!shared.starts));
        let more = m.lit(WORD_BITS.into(), count.width()).gated(self.takes);
        let left = count + more - length.gated(decodes);
        self.count.enable(shared.starts | fills).set(left.gated(!shared.starts));
        value + offset
    }
}

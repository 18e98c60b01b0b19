//! The parts of a token: its elements, split over as many unit groups as rows of weights are multiplied at once.
//!
//! The words of a token, which are the beats that it comes in, go to the parts by turns: so no byte goes to another place in its
//! word. A round has a word of each part, and takes as many turns as a word has bytes. In a turn each part has an element: that at
//! the same place of its memory. The last round may be shorter, and parts have no elements in it where the token has ended.
//!
//! ```text
//! element of a token     round | part | byte     bits of its number
//! place in its part      round | byte            which is that of its turn
//! ```

use crate::meadow::meadow_decoder_layer::params::Params;
use hdl::{Module, Ram, Signal, index_width};

/// Where an element or a word is.
pub struct Place<'m> {
    /// For each part, whether it is there.
    pub is_part: Vec<Signal<'m>>,
    /// Its place in the part's memory.
    pub place: Signal<'m>,
}

/// The fields of the number of an element.
struct Fields<'m> {
    round: Signal<'m>,
    part: Signal<'m>,
    byte: Signal<'m>,
}

impl Params {
    /// Bits of the number of a part; none if there is one part.
    pub fn part_bits(&self) -> u32 {
        self.split_k.ilog2()
    }

    /// Bits of the number of a turn.
    pub fn turn_bits(&self) -> u32 {
        index_width(self.turns(self.inner).into())
    }

    /// Parts but the first one, if there are any.
    pub fn other_parts(&self) -> Option<u32> {
        (self.split_k > 1).then(|| self.split_k - 1)
    }

    /// What distinguishes a module with several parts from one without.
    pub fn split_part(&self) -> Option<String> {
        (self.split_k > 1).then(|| format!("split{}", self.split_k))
    }

    /// What is different where there are several parts, for the header of a module.
    pub fn split_text(&self) -> Option<&'static str> {
        let text =
            "Elements are those of the first part of each token, and behind them those of the other parts.";
        (self.split_k > 1).then_some(text)
    }

    /// The name of something that each part has.
    pub fn of_part(&self, name: &str, part: u32) -> String {
        if self.split_k == 1 { name.into() } else { format!("{name}_part{part}") }
    }

    /// A memory of each part.
    pub fn banks<'m>(&self, m: &'m Module, name: &str, width: u32, depth: u64) -> Vec<Ram<'m>> {
        (0..self.split_k).map(|part| m.memory(&self.of_part(name, part), width, depth)).collect()
    }

    /// Where an element is.
    pub fn place_of_element<'m>(&self, m: &'m Module, element: Signal<'m>) -> Place<'m> {
        if self.split_k == 1 {
            return Place { is_part: vec![m.ones(1)], place: element };
        }
        let Fields { round, part, byte } = self.fields(element);
        Place { is_part: self.is_part(part), place: m.concat(&[round, byte]).low(self.turn_bits()) }
    }

    /// Where a word is, of those of all parts by turns.
    pub fn place_of_word<'m>(&self, m: &'m Module, word: Signal<'m>) -> Place<'m> {
        match self.part_bits() {
            0 => Place { is_part: vec![m.ones(1)], place: word },
            bits => Place { is_part: self.is_part(word.low(bits)), place: word.high(word.width() - bits) },
        }
    }

    /// The word behind another one: a token begins with a word of the first part.
    pub fn next_word<'m>(&self, word: Signal<'m>, ends_token: Signal<'m>) -> Signal<'m> {
        match self.part_bits() {
            0 => word + 1,
            bits => {
                let next_round = word.high(word.width() - bits) + 1;
                let first = word.module().concat(&[next_round, word.module().zero(bits)]);
                ends_token.mux(first, word + 1)
            }
        }
    }

    fn is_part<'m>(&self, part: Signal<'m>) -> Vec<Signal<'m>> {
        (0..self.split_k).map(|number| part.eq(u64::from(number))).collect()
    }

    /// The fields of the number of an element, where there are several parts.
    fn fields<'m>(&self, element: Signal<'m>) -> Fields<'m> {
        let (byte_bits, bits) = (self.bytes().ilog2(), self.bytes().ilog2() + self.part_bits());
        let element = element.zext(element.width().max(bits + 1));
        Fields {
            round: element.high(element.width() - bits),
            part: element.slice(bits - 1, byte_bits),
            byte: element.low(byte_bits),
        }
    }
}

/// The turns in which the elements of tokens leave.
pub struct Turns<'m, 'p> {
    m: &'m Module,
    params: &'p Params,
    /// The number of the last one.
    pub last: Signal<'m>,
    last_element: Signal<'m>,
}

impl<'m, 'p> Turns<'m, 'p> {
    /// Of tokens whose `last_element` has this number.
    pub fn new(m: &'m Module, params: &'p Params, last_element: Signal<'m>) -> Turns<'m, 'p> {
        let last = if params.split_k == 1 {
            last_element
        } else {
            // The first part has a whole word in the last round if another one has any of its word.
            let Fields { round, part, byte } = params.fields(last_element);
            let last_byte = byte | part.any().repeat(byte.width());
            m.concat(&[round, last_byte]).low(params.turn_bits())
        };
        Turns { m, params, last, last_element }
    }

    /// For each part but the first, if there are any, whether it has an element in a turn. The first always has.
    pub fn has_part(&self, turn: Signal<'m>) -> Option<Signal<'m>> {
        let Turns { m, params, last_element, .. } = self;
        let parts = params.other_parts()?;
        let byte_bits = params.bytes().ilog2();
        let turn = turn.zext(turn.width().max(byte_bits + 1));
        let (round, byte) = (turn.high(turn.width() - byte_bits), turn.low(byte_bits));
        let last = params.fields(*last_element);
        let is_whole = round.ne(last.round).named("round_is_whole");
        let last = m.concat(&[last.part, last.byte]);
        let has_part = |part: u32| {
            let place = m.concat(&[m.lit(part.into(), params.part_bits()), byte]);
            is_whole | place.le(last)
        };
        Some(m.concat_lsb(&(1..=parts).map(has_part).collect::<Vec<_>>()))
    }
}

/// What belongs to an element of a part, or 0 where the part has none.
pub fn gated_by_part<'m>(value: Signal<'m>, has_part: Option<Signal<'m>>, part: u32) -> Signal<'m> {
    match (has_part, part) {
        (None, _) | (_, 0) => value,
        (Some(has_part), part) => value.gated(has_part.bit(part - 1)),
    }
}

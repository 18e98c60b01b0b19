//! From the lengths of codes to limits that windows are compared with, and to the bytes in the order of their codes.

use super::Shared;
use super::lanes::Code;
use crate::meadow::packing::LONGEST;
use crate::meadow::weight_unpacker::params::{WEIGHT_BITS, WORD_BITS};
use hdl::{Collision, Encoded, Module, Ram, Reg, Signal, StateMachine};
use parts::arithmetic::count::population;
use parts::storage::held::held;

/// Bits of a length, and lengths in a word.
const LENGTH_BITS: u32 = 4;
const IN_WORD: u32 = WORD_BITS / LENGTH_BITS;

/// Bytes, each of which may have a code, and words of their lengths.
const BYTES: u32 = 256;
const WORDS: u32 = BYTES / IN_WORD;

/// Width of a number of bytes.
const NUMBER_BITS: u32 = 9;

/// Width of a limit: one bit more than a window.
const LIMIT_BITS: u32 = LONGEST + 1;

/// Width of the first code of a length, however many are shorter: of the one behind the longest, too.
const SPACE_BITS: u32 = LONGEST + 9;

#[derive(Clone, Copy, PartialEq, Encoded)]
enum State {
    /// The lengths come, and are counted.
    Lengths,
    /// Length by length, codes begin where those of the length before end.
    Starts,
    /// Byte by byte, each goes to its place in the order.
    Sort,
    /// The tables of all classes are there.
    Done,
}

/// The tables of all classes.
pub struct Table<'m> {
    module: &'m Module,
    /// Lengths are needed.
    pub is_loading: Signal<'m>,
    /// All classes are there.
    pub is_done: Signal<'m>,
    /// The code of a class is not complete.
    pub is_wrong: Signal<'m>,
    /// Of each class.
    codes: Vec<Code<'m>>,
    /// Of each lane: the bytes of all classes, in the order of their codes.
    bytes: Vec<Ram<'m>>,
}

/// What the steps share.
struct Steps<'s, 'm> {
    shared: &'s Shared<'s, 'm>,
    state: StateMachine<'m, State>,
    step: Reg<'m>,
    /// For each length the number of codes; then the place of the next byte.
    counts: Vec<Reg<'m>>,
    /// A length is too long.
    is_long: Reg<'m>,
    /// The first code of the length, and how many codes are shorter.
    space: Reg<'m>,
    total: Reg<'m>,
    lengths: Ram<'m>,
    /// The class whose table comes; `None` where there is only one.
    class: Option<Reg<'m>>,
}

impl<'m> Table<'m> {
    /// Takes a word of lengths with `takes`.
    pub fn new(shared: &Shared<'_, 'm>, takes: Signal<'m>) -> Table<'m> {
        let (m, params) = (shared.module, shared.params);
        let steps = Steps {
            shared,
            state: m.state_machine("table_state"),
            step: m.reg("table_step", NUMBER_BITS),
            counts: (1..=LONGEST).map(|length| m.reg(&format!("count{length}"), NUMBER_BITS)).collect(),
            is_long: m.reg("is_long", 1),
            space: m.reg("space", SPACE_BITS),
            total: m.reg("total", NUMBER_BITS),
            lengths: m.memory("lengths", WORD_BITS, WORDS.into()),
            class: (params.classes > 1).then(|| m.reg("table_class", params.classes.ilog2())),
        };
        let bytes = (0..params.lanes)
            .map(|lane| m.memory(&format!("bytes{lane}"), WEIGHT_BITS, u64::from(BYTES * params.classes)));
        let bytes: Vec<Ram> = bytes.collect();
        let is_loading = steps.state.is(State::Lengths).named("is_loading");
        let is_done = steps.state.is(State::Done).named("table_is_done");
        let (codes, is_wrong) = steps.build(takes, &bytes);
        Table { module: m, is_loading, is_done, is_wrong, codes, bytes }
    }

    /// The code of a class.
    pub fn code(&self, class: Option<Signal<'m>>) -> Code<'m> {
        let pick = |of: &dyn Fn(&Code<'m>) -> Signal<'m>| {
            let all: Vec<Signal> = self.codes.iter().map(of).collect();
            class.map_or(all[0], |class| self.module.select(class, &all))
        };
        let count = self.codes[0].limits.len();
        Code {
            limits: (0..count).map(|place| pick(&|code| code.limits[place])).collect(),
            offsets: (0..=count).map(|place| pick(&|code| code.offsets[place])).collect(),
        }
    }

    /// The bytes of codes, by their numbers in the order; a cycle later.
    pub fn look_up(
        &self,
        class: Option<Signal<'m>>,
        numbers: &[Signal<'m>],
        enable: Signal<'m>,
    ) -> Signal<'m> {
        let read = |(lane, (memory, number)): (usize, (&Ram<'m>, &Signal<'m>))| {
            let address = address(*number, class);
            memory
                .read_at_clock(&format!("decoded{lane}"), address, Collision::Undefined)
                .enable(enable)
                .value()
        };
        let bytes: Vec<Signal> = self.bytes.iter().zip(numbers).enumerate().map(read).collect();
        self.module.concat_lsb(&bytes)
    }
}

/// The place of a byte in the memory of all classes.
fn address<'m>(number: Signal<'m>, class: Option<Signal<'m>>) -> Signal<'m> {
    class.map_or(number, |class| number.module().concat(&[class, number]))
}

impl<'m> Steps<'_, 'm> {
    fn build(self, takes: Signal<'m>, bytes: &[Ram<'m>]) -> (Vec<Code<'m>>, Signal<'m>) {
        let Steps { shared, state, step, class, .. } = &self;
        let m = shared.module;
        let is_last_word = step.value().eq(u64::from(WORDS - 1));
        let is_last_length = step.value().eq(u64::from(LONGEST));
        let is_sorted = step.value().bit(NUMBER_BITS - 1);
        let is_last_class = match class {
            None => m.ones(1),
            Some(class) => {
                let last = shared.header.classes() - 1;
                class.value().eq(last.low(class.value().width()))
            }
        };
        let enter = |next: State| {
            step.set(m.zero(NUMBER_BITS));
            state.enter(next);
        };
        let advance = || step.set(step.value() + 1);
        state
            .switch()
            .case(State::Lengths, || {
                m.when(takes & is_last_word, || enter(State::Starts)).else_when(takes, advance);
            })
            .case(State::Starts, || {
                m.when(is_last_length, || enter(State::Sort)).otherwise(advance);
            })
            .case(State::Sort, || {
                m.when(is_sorted & is_last_class, || enter(State::Done))
                    .else_when(is_sorted, || enter(State::Lengths))
                    .otherwise(advance);
            })
            .case(State::Done, || {});
        m.when(shared.starts, || enter(State::Lengths));
        let restarts = shared.starts | (state.is(State::Sort) & is_sorted);
        if let Some(class) = class {
            class.enable(restarts).set((class.value() + 1).gated(!shared.starts));
        }
        let read = self.count_lengths(takes);
        let (codes, is_wrong) = self.start_lengths();
        self.sort(read, bytes);
        m.when(restarts, || {
            self.counts.iter().for_each(|count| count.set(m.zero(NUMBER_BITS)));
            self.is_long.set(m.zero(1));
            self.space.set(m.zero(SPACE_BITS));
            self.total.set(m.zero(NUMBER_BITS));
        });
        self.state.finish();
        (codes, is_wrong)
    }

    /// The lengths of a word are counted and kept. Gives the word of the byte before the step of `Sort`.
    fn count_lengths(&self, takes: Signal<'m>) -> Signal<'m> {
        let m = self.shared.module;
        let word = self.shared.words.front(1);
        let lengths = word.split_lsb(LENGTH_BITS);
        self.lengths.write(takes, self.step.value().low(WORDS.ilog2()), word);
        let is_long: Vec<Signal> = lengths.iter().map(|length| length.gt(u64::from(LONGEST))).collect();
        m.when(takes, || {
            self.is_long.set(self.is_long.value() | m.concat_lsb(&is_long).any());
            for (length, count) in (1u64..).zip(&self.counts) {
                let of_length: Vec<Signal> = lengths.iter().map(|own| own.eq(length)).collect();
                count.set(count.value() + population(&of_length).zext(NUMBER_BITS));
            }
        });
        let address = self.step.value().slice(BYTES.ilog2() - 1, IN_WORD.ilog2());
        let read = self.lengths.read_at_clock("lengths_of_word", address, Collision::Undefined);
        read.enable(self.state.is(State::Sort)).value()
    }

    /// A step for each length, after one in which the first count is read. Gives the codes, and whether lengths do not make
    /// a complete one, in the step behind.
    fn start_lengths(&self) -> (Vec<Code<'m>>, Signal<'m>) {
        let m = self.shared.module;
        let is_here = self.state.is(State::Starts);
        let step = self.step.value().low(LENGTH_BITS);
        let is_now = is_here & step.any();
        let mut counts: Vec<Signal> = self.counts.iter().map(|count| count.value()).collect();
        counts.resize(1 << LENGTH_BITS, m.zero(NUMBER_BITS));
        let count = held(m, "count_of_length", m.select(step, &counts), is_here);
        let (space, total) = (self.space.value(), self.total.value());
        let next = (space + count.zext(SPACE_BITS)).named("next_space");
        let offset = (total.low(WEIGHT_BITS) - space.low(WEIGHT_BITS)).named("offset");
        m.when(is_now, || {
            self.space.set(next << 1);
            self.total.set(total + count);
            for (length, place) in (1u64..).zip(&self.counts) {
                m.when(step.eq(length), || place.set(total));
            }
        });
        let of_class = |class: u32| {
            let is_class = self.class.map_or(m.ones(1), |register| register.value().eq(u64::from(class)));
            let of_length = |name: &str, length: u32, value: Signal<'m>| {
                let register = m.reg(&format!("class{class}_{name}{length}"), value.width());
                register.enable(is_now & is_class & step.eq(u64::from(length))).set(value);
                register.value()
            };
            let limit = |length: u32| (next << (LONGEST - length)).low(LIMIT_BITS);
            Code {
                limits: (1..LONGEST).map(|length| of_length("limit", length, limit(length))).collect(),
                offsets: (1..=LONGEST).map(|length| of_length("offset", length, offset)).collect(),
            }
        };
        let codes = (0..self.shared.params.classes).map(of_class).collect();
        let is_behind = self.state.is(State::Sort) & !self.step.value().any();
        (codes, is_behind & (space.ne(2 << LONGEST) | self.is_long.value()))
    }

    /// A step for each byte: the one before the step, whose length has been read, finds its place. It is put there a cycle
    /// later, so that the way to the memories begins at registers. They are not read before lanes have been filled.
    fn sort(&self, word: Signal<'m>, bytes: &[Ram<'m>]) {
        let m = self.shared.module;
        let byte = (self.step.value() - 1).low(WEIGHT_BITS).named("byte_to_sort");
        let length =
            m.select(byte.low(IN_WORD.ilog2()), &word.split_lsb(LENGTH_BITS)).named("length_of_byte");
        let mut places = vec![m.zero(NUMBER_BITS)];
        places.extend(self.counts.iter().map(|count| count.value()));
        places.resize(1 << LENGTH_BITS, m.zero(NUMBER_BITS));
        let place = m.select(length, &places).low(WEIGHT_BITS);
        let finds =
            (self.state.is(State::Sort) & self.step.value().any() & length.any()).named("finds_place");
        let address = held(m, "place_of_byte", address(place, self.class.map(|class| class.value())), finds);
        let byte = held(m, "placed_byte", byte, finds);
        let is_put = m.reg("is_put", 1).reset_to(0);
        is_put.set(finds);
        bytes.iter().for_each(|memory| memory.write(is_put.value(), address, byte));
        m.when(finds, || {
            for (index, count) in (1u64..).zip(&self.counts) {
                m.when(length.eq(index), || count.set(count.value() + 1));
            }
        });
    }
}

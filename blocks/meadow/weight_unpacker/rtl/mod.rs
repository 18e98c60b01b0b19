//! The hardware.
//!
//! ```text
//! in --> [words] --+--> header                                      [held]
//!         |        +--> lengths --> [limits], [symbols]                ^ |
//!       [crc]      +--> lanes: window --> length --> [symbols] --+     | v
//!                  +--> chunks --> [unique]                      +--> align --> [out]
//!                  +--> [packet] --> IDs --> [unique] -----------+
//! ```

mod classes;
mod header;
mod huffman;
mod lanes;
mod meadow;
mod output;
mod table;
mod words;

use super::BLOCK;
use super::params::{Error, Params, WEIGHT_BITS};
use crate::block::Hardware;
use crate::top::block;
use hdl::{Design, Encoded, Module, ModuleRef, Signal};
use header::Header;
use output::{Group, Output};
use parts::storage::held::held;
use words::Words;

impl Hardware for Params {
    fn build(&self, design: &Design) -> ModuleRef {
        let what = "Unpacks containers of int8 weights.";
        let timing = format!("Throughput: {} weights a cycle, after the table of a container.", self.lanes);
        block(design, &BLOCK, self, &[what, &timing], |m| unpacker(m, self))
    }
}

#[derive(Clone, Copy, PartialEq, Encoded)]
enum State {
    Header,
    Check,
    Table,
    Run,
    Finish,
}

/// What the units of the schemes share.
#[derive(Clone, Copy)]
struct Shared<'s, 'm> {
    module: &'m Module,
    params: &'m Params,
    words: &'s Words<'m>,
    header: &'s Header<'m>,
    /// A container begins.
    starts: Signal<'m>,
    /// The state is `Table`, or `Run`.
    in_table: Signal<'m>,
    in_run: Signal<'m>,
    /// The stages behind the units move.
    advance: Signal<'m>,
    /// Weights that have not been issued; chunks in `meadow`.
    left: Signal<'m>,
}

/// What the unit of a scheme does in a cycle, if its scheme is that of the container.
struct Unit<'m> {
    /// The container has its scheme, and it can decode it.
    is_chosen: Signal<'m>,
    /// Words that it needs now, and that it takes.
    need: Signal<'m>,
    takes: Signal<'m>,
    /// Without the words that it needs it has nothing to do.
    waits: Signal<'m>,
    /// The table is complete.
    table_is_done: Signal<'m>,
    /// The table or the payload is wrong.
    table_is_wrong: Signal<'m>,
    payload_is_wrong: Signal<'m>,
    /// It issues so many weights or chunks, the last ones.
    issues: Signal<'m>,
    amount: Signal<'m>,
    is_last: Signal<'m>,
    /// What was issued a step before.
    group: Group<'m>,
}

/// The value of the unit that is chosen; 0 if none is.
fn of_chosen<'m>(m: &'m Module, units: &[Unit<'m>], of: impl Fn(&Unit<'m>) -> Signal<'m>) -> Signal<'m> {
    let cases: Vec<(Signal, Signal)> = units.iter().map(|unit| (unit.is_chosen, of(unit))).collect();
    m.one_hot(&cases)
}

fn unpacker<'m>(m: &'m Module, params: &'m Params) {
    let state = m.state_machine::<State>("state");
    let words = Words::new(m, params);
    let output = Output::new(m, params);
    let has_beat = words.has(words.number(params.beat_words())).named("has_beat");
    let takes_header = (state.is(State::Header) & has_beat).named("takes_header");
    let header = Header::new(m, params, &words, takes_header, state.is(State::Finish));
    let left = m.reg("left", 32);
    let shared = Shared {
        module: m,
        params,
        words: &words,
        header: &header,
        starts: state.is(State::Check).named("starts"),
        in_table: state.is(State::Table),
        in_run: state.is(State::Run),
        advance: output.advance,
        left: left.value(),
    };
    let mut units = vec![raw(&shared)];
    units.extend(params.huffman.then(|| huffman::unit(&shared)));
    units.extend(params.meadow.then(|| meadow::unit(&shared)));
    let chosen = |of: fn(&Unit<'m>) -> Signal<'m>| of_chosen(m, &units, of);
    let is_supported = units.iter().map(|unit| unit.is_chosen).reduce(|a, b| a | b).expect("there is one");
    let is_legal = (header.is_legal() & is_supported).named("header_is_legal");

    let issues = chosen(|unit| unit.issues).named("issues");
    left.enable(shared.starts | issues);
    left.set(shared.starts.mux(first_left(&shared), left.value() - chosen(|unit| unit.amount).zext(32)));

    let group_is_valid = m.reg("group_is_valid", 1).reset_to(0).enable(output.advance);
    let is_wrong = of_chosen(m, &units, |unit| unit.group.is_wrong.unwrap_or(m.zero(1)));
    let is_wrong = (is_wrong & group_is_valid.value() & output.advance).named("group_is_wrong");
    group_is_valid.set(issues & !is_wrong);

    // What goes wrong first in the order of the container counts, then that it ends.
    let error = m.reg("error", Error::WIDTH);
    let need = chosen(|unit| unit.need);
    let is_starved = words.ended() & !words.has(need) & chosen(|unit| unit.waits);
    let ends = state.is(State::Finish) & !group_is_valid.value() & words.ended() & output.advance;
    let ends = ends.named("ends");
    let stop = |code: Error| {
        error.set(m.code(code));
        state.enter(State::Finish);
    };
    state
        .switch()
        .case(State::Header, || {
            m.when(has_beat & header.is_last(), || state.enter(State::Check))
                .else_when(words.ended() & !has_beat, || stop(Error::Early));
        })
        .case(State::Check, || {
            m.when(!is_legal, || stop(Error::Header)).otherwise(|| {
                error.set(m.code(Error::None));
                m.when(units[0].is_chosen, || state.enter(State::Run))
                    .otherwise(|| state.enter(State::Table));
            });
        })
        .case(State::Table, || {
            m.when(chosen(|unit| unit.table_is_wrong), || stop(Error::Table))
                .else_when(is_starved, || stop(Error::Early))
                .else_when(chosen(|unit| unit.table_is_done), || state.enter(State::Run));
        })
        .case(State::Run, || {
            m.when(chosen(|unit| unit.payload_is_wrong), || stop(Error::Packet))
                .else_when(is_starved, || stop(Error::Early))
                .else_when(issues & chosen(|unit| unit.is_last), || state.enter(State::Finish));
        })
        .case(State::Finish, || {
            m.when(ends, || state.enter(State::Header));
        });
    m.when(is_wrong, || stop(Error::Packet));

    let of_units = state.is(State::Table) | state.is(State::Run);
    let beat = words.number(params.beat_words()).gated(takes_header);
    let taken = chosen(|unit| unit.takes).gated(of_units) | beat;
    let is_right = words.finish(taken, state.is(State::Finish), ends);
    state.finish();
    let bytes = of_chosen(m, &units, |unit| unit.group.bytes);
    let count = units.iter().any(|unit| unit.group.count.is_some()).then(|| {
        let all = m.lit(params.lanes.into(), params.weights_bits());
        of_chosen(m, &units, |unit| unit.group.count.unwrap_or(all))
    });
    let found =
        error.value().any().mux(error.value(), is_right.mux(m.code(Error::None), m.code(Error::Check)));
    let group = Group { bytes, count, is_wrong: None };
    output.finish(&shared, group_is_valid.value(), &group, ends, found);
}

/// The weights of a container, or its chunks.
fn first_left<'m>(shared: &Shared<'_, 'm>) -> Signal<'m> {
    let count = shared.header.count();
    match shared.params.meadow {
        false => count,
        true => {
            let chunks = (count >> 1) + count.low(1).zext(32);
            (shared.header.is_scheme(1) & shared.header.has_pairs()).mux(chunks, count)
        }
    }
}

/// The scheme `raw`: weights as they come.
fn raw<'m>(shared: &Shared<'_, 'm>) -> Unit<'m> {
    let Shared { module: m, params, words, in_run, advance, left, .. } = *shared;
    let need = words.number(params.beat_words());
    let is_chosen = shared.header.is_scheme(0).named("is_raw");
    let issues = (in_run & advance & words.has(need)).named("raw_issues");
    let front = words.front(params.beat_words());
    let (bytes, takes) = match params.lanes {
        1 => {
            // A word has two beats.
            let half = m.reg("raw_half", 1);
            half.enable(shared.starts | issues & is_chosen).set(!shared.starts & !half.value());
            (half.value().mux(front.high(WEIGHT_BITS), front.low(WEIGHT_BITS)), issues & half.value())
        }
        _ => (front, issues),
    };
    let lanes = m.lit(params.lanes.into(), params.weights_bits());
    Unit {
        is_chosen,
        need,
        takes: need.gated(takes),
        waits: m.ones(1),
        table_is_done: m.zero(1),
        table_is_wrong: m.zero(1),
        payload_is_wrong: m.zero(1),
        issues,
        amount: lanes,
        is_last: left.le(u64::from(params.lanes)),
        group: Group { bytes: held(m, "raw", bytes, issues), count: None, is_wrong: None },
    }
}

//! The registers.

use super::results::Results;
use super::vectors::{Next, Vectors};
use super::words::Words;
use crate::crossbar::xbar_macro::registers::{COUNTER_BITS, Errors, Registers};
use crate::crossbar::xbar_program::{ADDRESS_BITS, BOUNDS, DATA_BITS};
use hdl::{Child, Module, Signal};
use parts::arithmetic::count::population;
use parts::registers::AxiLite;

/// Gives `xbar_mvm` the clocks of its steps.
pub fn set_steps<'m>(port: &AxiLite<'m, '_>, registers: &Registers, mvm: Child<'m>) {
    let steps = &registers.steps;
    let always = [("precharge_clocks", steps.precharge_clocks), ("settle_clocks", steps.settle_clocks)];
    let others = [
        ("convert_clocks", steps.convert_clocks),
        ("sample_clocks", steps.sample_clocks),
        ("trial_clocks", steps.trial_clocks),
    ];
    let others = others.into_iter().filter_map(|(name, field)| Some((name, field?)));
    for (name, field) in always.into_iter().chain(others) {
        mvm.set(name, port.value(field));
    }
}

/// What software says of the next vector.
pub fn next<'m>(port: &AxiLite<'m, '_>, registers: &Registers) -> Next<'m> {
    Next {
        skip_zeros: port.value(registers.skip_zeros),
        reload: registers.reload.map(|field| port.sets(field)),
        rest: registers.rest.map(|field| port.sets(field)),
    }
}

/// What software sees.
pub struct Seen<'m> {
    /// Vectors or results, and a word or its outcome, are inside.
    pub busy: [Signal<'m>; 2],
    pub errors: Errors<Signal<'m>>,
    /// What is added to each counter in this cycle.
    pub counts: [Signal<'m>; 4],
}

impl<'m> Seen<'m> {
    pub fn new(m: &'m Module, vectors: &Vectors<'m>, results: &Results<'m>, words: &Words<'m>) -> Seen<'m> {
        let Results { partial_error, sum_error, table_error, .. } = *results;
        let errors = Errors {
            vector: vectors.error,
            partial: partial_error,
            sum: sum_error,
            table: table_error,
            word: words.error,
            saturated: results.saturates,
        };
        let wide = |count: Signal<'m>| count.zext(COUNTER_BITS);
        let failed = population(&words.outcome.failed.split_lsb(1));
        let of_word = [m.ones(1), failed, words.outcome.pulses].map(|count| wide(count).gated(words.is_done));
        let [word, failed, pulses] = of_word;
        Seen {
            busy: [vectors.are_inside | results.are_inside, words.is_inside],
            errors,
            counts: [wide(results.vector_ends), word, failed, pulses],
        }
    }
}

/// Closes the port: shows what is seen, and lends `xbar_program` its registers.
pub fn finish<'m>(
    m: &'m Module,
    mut port: AxiLite<'m, '_>,
    registers: &Registers,
    seen: &Seen<'m>,
    program: Child<'m>,
) {
    for (field, busy) in registers.busy.iter().zip(seen.busy) {
        port.show(*field, busy);
    }
    for (field, error) in registers.errors.all().into_iter().zip(seen.errors.all()) {
        port.note(field, error);
    }
    let clears = port.sets(registers.clear);
    let names = ["vectors", "words", "failed", "pulses"];
    for ((field, counts), name) in registers.counters.iter().zip(seen.counts).zip(names) {
        let counter = m.reg(&format!("{name}_count"), COUNTER_BITS).reset_to(0);
        counter.set((counter.value() + counts).gated(!clears));
        port.show(*field, counter.value());
    }
    forward(&mut port, registers, program);
    port.finish();
}

/// The registers of `xbar_program`, which has gaps between its addresses.
fn forward<'m>(port: &mut AxiLite<'m, '_>, registers: &Registers, program: Child<'m>) {
    let access = port.forward(program.get("config_read"));
    let before_gap = registers.program.iter().filter(|(_, address)| *address < BOUNDS).count() as u64;
    let behind = access.index + (BOUNDS - before_gap);
    let address = access.index.ge(before_gap).mux(behind, access.index);
    program.set("config_address", address.low(ADDRESS_BITS));
    // What is too wide for the stream is refused by the port itself.
    let fits = !access.data.high(access.data.width() - DATA_BITS).any();
    program.set("config_valid", access.writes & fits);
    program.set("config_data", access.data.low(DATA_BITS));
    port.refuse((access.writes & !program.get("config_ready")) | program.get("config_error"));
}

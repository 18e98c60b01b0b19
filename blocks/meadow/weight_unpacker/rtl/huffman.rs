//! The scheme `huffman`.

use super::classes::classes;
use super::lanes::Lanes;
use super::output::Group;
use super::table::Table;
use super::{Shared, Unit};
use hdl::Signal;

/// Rounds in which each lane takes a word before the first row.
const ROUNDS: u64 = 2;

/// The unit.
pub fn unit<'m>(shared: &Shared<'_, 'm>) -> Unit<'m> {
    let Shared { module: m, params, words, in_table, in_run, advance, left, starts, .. } = *shared;
    let is_chosen = (shared.header.is_scheme(2) & shared.header.suits_lanes(params)).named("is_huffman");
    let lanes = Lanes::new(shared);
    let need_of_row = lanes.need;
    let one = words.number(1);
    let has_word = words.has(one).named("has_word");
    let has_row = words.has(need_of_row).named("has_row");

    let is_loading = m.wire("needs_lengths", 1);
    let takes_lengths = (in_table & is_chosen & is_loading.value() & has_word).named("takes_lengths");
    let table = Table::new(shared, takes_lengths);
    is_loading.drive(table.is_loading);

    let primes = (in_table & is_chosen & table.is_done & has_row).named("primes");
    let is_second = m.reg("is_second_round", ROUNDS.ilog2());
    is_second.enable(starts | primes).set(!starts);

    let rows = (in_run & is_chosen).named("in_rows");
    let decodes = |is_due: Signal<'m>| rows & !is_due & has_row & advance;
    let classes = classes(shared, rows & has_word, decodes);
    let decodes = decodes(classes.is_due).named("decodes");
    let takes_classes = rows & classes.is_due & has_word;
    let numbers = lanes.finish(shared, &table.code(classes.current), primes | decodes, decodes);
    let bytes = table.look_up(classes.current, &numbers, decodes);

    let needs_one = table.is_loading | (in_run & classes.is_due);
    let need = needs_one.mux(one, need_of_row).named("huffman_need");
    Unit {
        is_chosen,
        need,
        takes: need.gated(takes_lengths | primes | takes_classes | decodes),
        waits: table.is_loading | table.is_done,
        table_is_done: primes & is_second.value(),
        table_is_wrong: table.is_wrong,
        payload_is_wrong: m.zero(1),
        issues: decodes,
        amount: m.lit(params.lanes.into(), params.weights_bits()),
        is_last: left.le(u64::from(params.lanes)),
        group: Group { bytes, count: None, is_wrong: None },
    }
}

//! The output stages, one for each converter, in lockstep, and the table that they share.

use super::lanes::{is_above, joined};
use super::packet::{Packet, Taken};
use super::vectors::Tag;
use crate::block::Hardware;
use crate::common::counter::counter;
use crate::crossbar::xbar_macro::params::{MULTIPLIER_AT, Output, Params, ResultBeat, SHIFT_AT, TABLE};
use crate::crossbar::xbar_output_stage::{self, Entry};
use hdl::{Child, Module, Signal};
use parts::storage::fifo::Fifo;

/// Results that are in a stage, at most.
const DEPTH: u64 = 4;

/// Sums of an output, one of each converter.
pub struct Sums<'m> {
    /// Those of the array are there.
    pub are_there: Signal<'m>,
    /// So are those of another macro, if some are added.
    pub are_whole: Signal<'m>,
    /// They are taken.
    pub takes: Signal<'m>,
    pub sums: Vec<Signal<'m>>,
    /// They are the first of their vector.
    pub is_first: Signal<'m>,
    /// They are the last ones.
    pub last: Signal<'m>,
}

/// The stages.
pub struct Stages<'m> {
    children: Vec<Child<'m>>,
    marks: Fifo<'m>,
    /// Sums can be taken.
    pub ready: Signal<'m>,
    /// Results are inside.
    pub are_busy: Signal<'m>,
    /// The table in use is wrong.
    pub table_is_wrong: Signal<'m>,
    /// A table is wrong, in this cycle.
    pub table_error: Signal<'m>,
}

impl<'m> Stages<'m> {
    /// Stages that take sums.
    pub fn new(
        m: &'m Module,
        params: &Params,
        stage: &xbar_output_stage::Params,
        sums: &Sums<'m>,
        tag: &Tag<Signal<'m>>,
    ) -> Stages<'m> {
        let module = stage.build(m.design());
        let children: Vec<Child> =
            (0..params.mvm.adcs).map(|adc| m.instance(&format!("u_output{adc}"), module)).collect();
        let reload = tag.reload.expect("output stages have tables");
        let has_table = m.reg("has_table", 1).reset_to(0);
        let is_new = m.reg("table_is_new", 1).reset_to(0);
        let wants = reload | !has_table.value();
        let loads = (sums.are_there & sums.is_first & !is_new.value() & wants).named("loads_table");
        let table = m.scope("table", || Table::new(m, params, stage, &children, loads));

        has_table.enable(table.ends).set(m.ones(1));
        is_new.enable(table.ends | sums.takes).set(table.ends);
        let table_is_wrong = m.reg("table_is_wrong", 1).reset_to(0).enable(table.ends);
        table_is_wrong.set(table.is_wrong);
        let mut taken = vec![];
        for ((child, sum), turn) in children.iter().zip(&sums.sums).zip(&table.turns) {
            child.set("in_sum", *sum).set("in_last", sums.last).set("in_error", m.zero(1));
            child.set("in_reload", reload);
            if let Some(rest) = tag.rest {
                child.set("in_rest", rest);
            }
            // A stage asks for a table where it is offered a sum; one that has its part of the table waits for the others.
            let is_offered = loads.mux(*turn, sums.are_whole);
            child.set("in_valid", is_offered);
            taken.push(is_offered & child.get("in_ready"));
        }
        let taken = m.concat_lsb(&taken);
        m.assert("no_sum_is_taken_before_its_table", !loads | !taken.any());
        m.assert("stages_are_in_lockstep", !taken.any() | taken.all());
        let marks = Fifo::new(m, "marks", 1, DEPTH);
        Stages {
            ready: !loads & children[0].get("in_ready"),
            are_busy: marks.has_word(),
            table_is_wrong: table_is_wrong.value(),
            table_error: table.ends & table.is_wrong,
            children,
            marks,
        }
    }

    /// Sums were taken where `takes` is 1, wrong ones where `mark` is; gives their results, which leave while there is room.
    pub fn finish(
        self,
        m: &'m Module,
        params: &Params,
        takes: Signal<'m>,
        mark: Signal<'m>,
        has_room: Signal<'m>,
    ) -> (Signal<'m>, ResultBeat<Signal<'m>>) {
        let Stages { children, marks, .. } = self;
        let first = children[0];
        let valid = first.get("out_valid");
        let name = if params.output == Output::Lif { "out_spike" } else { "out_value" };
        children.iter().for_each(|child| _ = child.set("out_ready", has_room));
        let all = |name: &str| children.iter().map(|child| child.get(name)).collect::<Vec<Signal>>();
        m.assert(
            "results_are_in_lockstep",
            m.concat_lsb(&all("out_valid")).eq(valid.repeat(params.mvm.adcs)),
        );
        m.assert("no_stage_finds_an_error", !valid | !m.concat_lsb(&all("out_error")).any());
        let results = all(name);
        let data = joined(m, &results, params.result().data);
        let beat = ResultBeat { data, last: first.get("out_last"), user: marks.front };
        marks.finish(takes, mark, valid & has_room);
        (valid, beat)
    }
}

/// The table of all stages, an entry a beat: converter by converter for the first output, then for the next one.
struct Table<'m> {
    /// For each stage, whether the entry is its own.
    turns: Vec<Signal<'m>>,
    /// The last entry is taken.
    ends: Signal<'m>,
    is_wrong: Signal<'m>,
}

impl<'m> Table<'m> {
    /// Takes entries while `loads` is 1.
    fn new(
        m: &'m Module,
        params: &Params,
        stage: &xbar_output_stage::Params,
        children: &[Child<'m>],
        loads: Signal<'m>,
    ) -> Table<'m> {
        let stream = m.input_stream(TABLE, &params.table());
        let (adcs, outputs) = (params.mvm.adcs, params.mvm.outputs);
        let packet = Packet::new(m, stream.valid(), stream.payload, adcs * outputs);
        let (entry, is_odd) = entry(m, stage, packet.data);
        let valid = packet.valid & loads;
        let Taken { ready, takes, ends, is_wrong } = packet.finish(m, loads, is_odd);
        stream.set_ready(ready);
        let own = counter(m, "stage", adcs, takes);
        let turn = |adc: u32| own.map_or(m.ones(1), |own| own.eq(adc));
        let turns: Vec<Signal> = (0..adcs).map(turn).collect();
        let mut asked = vec![];
        for (child, turn) in children.iter().zip(&turns) {
            let to = child.input_stream("table", &stage.entry());
            to.set_valid(valid & *turn);
            to.set_payload(entry);
            asked.push(!to.valid() | to.ready());
        }
        m.assert("a_stage_takes_its_entry", m.concat_lsb(&asked).all());
        Table { turns, ends, is_wrong }
    }
}

/// The entry of a beat, and whether a part of it has more than its bits.
fn entry<'m>(
    m: &'m Module,
    stage: &xbar_output_stage::Params,
    data: Signal<'m>,
) -> (Entry<Signal<'m>>, Signal<'m>) {
    let declared = stage.entry();
    let mut is_odd = vec![];
    let mut part = |bits: Option<u32>, low: u32, above: u32, is_signed: bool| {
        bits.map(|bits| {
            let part = data.slice(above - 1, low);
            is_odd.push(is_above(m, part, bits, is_signed));
            part.low(bits)
        })
    };
    let entry = Entry {
        bias: part(declared.bias, 0, MULTIPLIER_AT, true),
        multiplier: part(declared.multiplier, MULTIPLIER_AT, SHIFT_AT, false),
        shift: part(declared.shift, SHIFT_AT, data.width(), false),
        threshold: part(declared.threshold, 0, data.width(), false),
    };
    (entry, m.concat_lsb(&is_odd).any())
}

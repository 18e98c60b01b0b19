//! The hardware.
//!
//! ```text
//! job --> legal? --> answer
//!           |
//! kv ---> values of two heads --+
//! q ----> beats of two heads ---+--> rows that a token selects --> + --> neuron --> a token's words --> out
//! ```

mod column;
mod output;
mod stages;
mod walk;

use super::{BLOCK, Params};
use crate::block::Hardware;
use crate::common::flow::Flow;
use crate::parameters::Parameters;
use crate::statten::Shape;
use crate::statten::jobs::jobs;
use crate::statten::load::Queries;
use crate::statten::shape::Values;
use crate::top::{block, module};
use column::{Column, column};
use hdl::{Bundle, Design, Module, ModuleRef, Signal};
use output::output;
use parts::storage::halves::Halves;
use parts::storage::shift_queue::ShiftQueue;
use stages::Stages;
use walk::{Walk, head};

impl Hardware for Params {
    fn build(&self, design: &Design) -> ModuleRef {
        let shape = &self.shape;
        let (jobs, core) = (jobs(design, shape), core(design, shape));
        let what = "Q times K^T V of spikes, and the neurons behind it.";
        let timing = format!("Throughput: {} channels of Q a cycle, each with all columns.", shape.columns);
        block(design, &BLOCK, self, &[what, &timing], |m| {
            let (jobs, core) = (m.instance("u_jobs", jobs), m.instance("u_core", core));
            m.input_stream("job", &shape.job()).connect(&jobs.input_stream("job", &shape.job()));
            let plans = core.input_stream("plan", &shape.plan());
            jobs.output_stream("plan", &shape.plan()).connect(&plans);
            m.input_stream("kv", &shape.values()).connect(&core.input_stream("kv", &shape.values()));
            m.input_stream("q", &shape.spikes()).connect(&core.input_stream("q", &shape.spikes()));
            let answer = m.output_stream("answer", &shape.answer());
            jobs.output_stream("answer", &shape.answer()).connect(&answer);
            let out = m.output_stream("out", &shape.token_spikes());
            core.output_stream("out", &shape.token_spikes()).connect(&out);
        })
    }
}

/// The block for jobs that are legal.
pub fn core(design: &Design, shape: &Shape) -> ModuleRef {
    let column = column(design, shape);
    module(design, "statten_qkv_core", &shape.name_parts(), |m| {
        m.describe("Q times K^T V of spikes and the neurons behind it, of jobs that are legal.");
        let [query, beat, advance, ends, has_masks] = [
            m.wire("asked_query", shape.query_bits()),
            m.wire("asked_beat", shape.plan().last_beat),
            m.wire("advance", 1),
            m.wire("head_is_over", 1),
            m.wire("has_masks", 1),
        ];
        let flow = Flow { m, advance: advance.value() };
        let asked = [query.value(), beat.value()];
        let queries = Queries::new(m, shape, asked, flow.advance, ends.value());
        let own = m.pack(&head(shape, &queries.plan, queries.is_last_head));
        let heads = m.scope("heads", || ShiftQueue::new(m, own, queries.ends_head, ends.value(), 2));
        m.assert("heads_have_room", !queries.ends_head | heads.has_room);
        m.assert("head_is_there", !ends.value() | heads.has_word);
        // The head that is read may be the one that is written.
        let head = m.unpack(&shape.head(), heads.has_word.mux(heads.front, own));

        let kv = m.input_stream("kv", &shape.values());
        let fills = (kv.fires() & kv.payload.last).named("fills");
        // Values are read a stage later than Q.
        let is_over = flow.flag("values_are_over", ends.value());
        let halves = m.scope("kv", || Halves::new(m, fills, is_over & flow.advance));
        kv.set_ready(halves.has_room);
        let has_head = queries.has_beat & halves.has_half & !is_over;
        let walk = Walk::new(m, shape, &head, has_head, has_masks.value(), flow.advance);
        query.drive(walk.query);
        beat.drive(walk.beat);
        ends.drive(walk.ends_head);

        let stages = Stages::new(&flow, shape, &walk, &head, halves.read_half, &queries.beats);
        let write = Write { values: kv.payload, writes: kv.fires(), half: halves.write_half };
        let words = columns(m, shape, column, &stages, &write, flow.advance);
        output(m, shape, &stages, &walk, &words, [advance, has_masks]);
    })
}

/// Values that are written.
struct Write<'m> {
    values: Values<Signal<'m>>,
    writes: Signal<'m>,
    half: Signal<'m>,
}

/// The columns; gives the word of each.
fn columns<'m>(
    m: &'m Module,
    shape: &Shape,
    module: ModuleRef,
    stages: &Stages<'m>,
    write: &Write<'m>,
    advance: Signal<'m>,
) -> Vec<Signal<'m>> {
    let Values { values, row, piece, group, clear, .. } = write.values;
    let values = values.split_lsb(shape.value_bits());
    let write_row = (m.lit(1, shape.columns) << row).named("write_row");
    let write_place = m.concat(&[piece, write.half]);
    let makes_masks = stages.gated.makes_masks;
    let column = |number: u32| {
        let (tile, place) = (number / shape.columns, number % shape.columns);
        // With masks the neuron of a column takes its own value.
        let own = stages.gate.bit(place) & (!makes_masks | stages.gated.tile.eq(u64::from(tile)));
        let gate = |row: u32| if row == place { own } else { stages.gate.bit(row) & !makes_masks };
        let input = Column {
            writes: write.writes & group.eq(u64::from(number / shape.units)),
            write_place,
            write_row,
            clear,
            value: values[(number % shape.units) as usize],
            advance,
            read_place: stages.read_place,
            gate: m.concat_lsb(&(0..shape.columns).map(gate).collect::<Vec<_>>()),
            is_first: stages.part.is_first,
            is_sum: stages.has_sum & advance,
            begins: stages.sum.begins,
            step: stages.sum.step,
            denominator: stages.sum.denominator,
        };
        let instance = m.instance(&format!("u_column{number}"), module);
        for (place, signal) in input.members() {
            instance.set(place.name(), signal);
        }
        instance.get("word")
    };
    (0..shape.channels()).map(column).collect()
}

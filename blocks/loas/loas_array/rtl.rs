//! The hardware.
//!
//! ```text
//! a --> rows in turn --> element 0 --> neuron 0 --+
//!                   +--> element 1 --> neuron 1 --+--> all rows of a column --> out
//!                   +--> ...                      |
//! b --> each element as it is ready --------------+
//! threshold of each column (if it has one) --> neurons
//! ```

use super::BLOCK;
use super::interface::ColumnSpikes;
use super::params::Params;
use crate::block::Hardware;
use crate::loas::loas_tppe::ChunkA;
use crate::loas::rows::{Fired, InTurn, fired, in_turn};
use crate::top::block;
use hdl::{Child, Design, Module, ModuleRef, Signal, Stream, index_width};
use parts::storage::held::held;
use parts::storage::shift_queue::ShiftQueue;
use parts::stream::fork::fork;
use parts::stream::skid::input_stream;

impl Hardware for Params {
    fn build(&self, design: &Design) -> ModuleRef {
        let (element, neuron) = (self.inner_element().part(design), self.neuron().build(design));
        let what = "Rows of spikes times columns of sparse weights, and the neurons behind them.";
        let timing = format!(
            "Throughput: {} matches a row and cycle; joins without a match take none; {} cycles for the spikes of the rows.",
            self.element.pipes, self.element.columns
        );
        block(design, &BLOCK, self, &[what, &timing], |m| {
            let instance = |row| m.instance(&format!("u_element{row}"), element);
            let elements: Vec<Child> = (0..self.rows).map(instance).collect();
            let ends = rows_in_turn(m, self, &elements);
            broadcast(m, self, &elements);
            columns(m, self, &elements, neuron, ends);
        })
    }
}

/// Sets of rows that can be in the array: those of two chunks, and those whose sums are being output.
const ROWS_IN: u32 = 3;

/// The last beat of the last chunk of the rows.
struct RowsEnd<'m> {
    /// It is taken in this cycle.
    now: Signal<'m>,
    /// The beats of some chunk so far disagreed on whether it is the last one.
    error: Signal<'m>,
}

/// Sends the chunks of A to the elements, some rows at a time. A chunk's first beat decides for all rows whether it
/// is the last chunk. Returns `None` if a chunk has only one beat.
fn rows_in_turn<'m>(m: &'m Module, params: &Params, elements: &[Child<'m>]) -> Option<RowsEnd<'m>> {
    let a = input_stream(m, "a", &params.a(), params.element.skid);
    let masks = a.payload.masks.split_lsb(params.element.mask_bits);
    let words = a.payload.words.split_lsb(params.element.mask_bits * params.element.time_steps);
    let stream = |row: &Child<'m>| row.input_stream("a", &params.element.a()).in_step();
    let groups: Vec<Vec<_>> = elements
        .chunks(params.rows_per_beat as usize)
        .map(|rows| rows.iter().map(stream).collect())
        .collect();
    let ready: Vec<Vec<Signal>> =
        groups.iter().map(|rows| rows.iter().map(Stream::ready).collect()).collect();
    let InTurn { takes, ready, turn } = in_turn(m, &ready);
    let last = a.payload.last;
    let of_chunk = turn.map(|turn| {
        let begins = !turn.value().any();
        (begins, begins.mux(last, held(m, "chunk_is_last", last, a.fires() & begins)).named("is_last_chunk"))
    });
    for (streams, takes) in groups.iter().zip(takes) {
        for (place, stream) in streams.iter().enumerate() {
            stream.set_valid(a.valid() & takes);
            let last = of_chunk.map_or(last, |(_, is_last)| is_last);
            stream.set_payload(ChunkA { mask: masks[place], words: words[place], last });
        }
    }
    a.set_ready(ready);
    let (turn, (_, is_last)) = turn.zip(of_chunk)?;
    turn.enable(a.fires()).set(turn.value() + 1);
    let since_reset = m.reg("error_since_reset", 1).reset_to(0);
    let error = (since_reset.value() | (a.fires() & (last ^ is_last))).named("error_until_now");
    since_reset.set(error);
    Some(RowsEnd { now: (a.fires() & turn.value().all() & is_last).named("rows_end"), error })
}

/// Sends each beat of B to every element, to each as soon as it is ready.
fn broadcast<'m>(m: &'m Module, params: &Params, elements: &[Child<'m>]) {
    let b = input_stream(m, "b", &params.element.b(), params.element.skid);
    let streams: Vec<_> =
        elements.iter().map(|element| element.input_stream("b", &params.element.b())).collect();
    fork(m, &b, &streams);
    streams.iter().for_each(|stream| stream.set_payload(b.payload));
}

/// Sends the sums of a column through the neurons once every row has its sums and the column its threshold.
fn columns<'m>(
    m: &'m Module,
    params: &Params,
    elements: &[Child<'m>],
    neuron: ModuleRef,
    ends: Option<RowsEnd<'m>>,
) {
    let out = m.output_stream("out", &params.out());
    let sums: Vec<_> =
        elements.iter().map(|element| element.output_stream("sum", &params.element.sum())).collect();
    let threshold = params
        .threshold_of_column()
        .map(|threshold| input_stream(m, "threshold", &threshold, params.element.skid));
    let rows: Vec<_> = sums.iter().map(|sum| (sum.valid(), sum.payload.sums)).collect();
    let of_column = threshold.as_ref().map(|threshold| (threshold.valid(), threshold.payload.value));
    let Fired { valid, spikes, takes } = fired(m, &rows, of_column, neuron, out.ready());
    threshold.iter().for_each(|threshold| threshold.set_ready(takes));
    sums.iter().for_each(|sum| sum.set_ready(takes));
    let keep = |name: &str, value: Signal<'m>| held(m, name, value, takes);
    let overflows: Vec<Signal> = sums.iter().map(|sum| sum.payload.overflow).collect();
    out.set_valid(valid);
    let sums_now: Vec<Signal> = sums.iter().map(|sum| sum.payload.sums).collect();
    let kept_sums = params.sums.then(|| keep("sums", m.concat_lsb(&sums_now)));
    let overflow = keep("overflow", m.concat_lsb(&overflows).any());
    let mut errors: Vec<Signal> = sums.iter().map(|sum| sum.payload.error).collect();
    errors.extend(ends.map(|ends| error_of_rows(m, params, ends, takes)));
    let error = keep("error", m.concat_lsb(&errors).any());
    out.set_payload(ColumnSpikes { spikes, sums: kept_sums, overflow, error });
}

/// 1 if the beats of some chunk of A disagreed, up to the current rows; a column is output while `gives` is 1.
fn error_of_rows<'m>(m: &'m Module, params: &Params, ends: RowsEnd<'m>, gives: Signal<'m>) -> Signal<'m> {
    let columns = u64::from(params.element.columns);
    let is_final = match columns {
        1 => m.ones(1),
        _ => {
            // The number of columns is a power of two, so the counter wraps by itself.
            let column = m.reg("given_column", index_width(columns)).reset_to(0).enable(gives);
            column.set(column.value() + 1);
            column.value().all()
        }
    };
    let queue = m.scope("rows_in", || ShiftQueue::new(m, ends.error, ends.now, gives & is_final, ROWS_IN));
    m.assert("rows_in_have_room", !ends.now | queue.has_room);
    m.assert("rows_given_are_in", !gives | queue.has_word);
    queue.front
}

//! The hardware.
//!
//! ```text
//! a --> rows in turn --> element 0 --> neuron 0 --+
//!                   +--> element 1 --> neuron 1 --+--> all rows of a column --> out
//!                   +--> ...                      |
//! b --> each element as it is ready --------------+
//! ```

mod element;
mod lanes;

use super::BLOCK;
use super::interface::{ColumnSpikes, Spikes};
use super::params::Params;
use crate::block::Hardware;
use crate::loas::rows::{Fired, InTurn, fired, in_turn};
use crate::top::block;
use hdl::{Child, Design, Module, ModuleRef, Signal, Stream};
use parts::storage::held::held;
use parts::stream::fork::fork;
use parts::stream::skid::input_stream;

impl Hardware for Params {
    fn build(&self, design: &Design) -> ModuleRef {
        let (element, neuron) = (self.element(design), self.neuron().build(design));
        let what = "Rows of spikes times columns of sparse weights, which are broadcast one by one, and the neurons behind them.";
        let timing = format!(
            "Throughput: {} weights a cycle, of which a row adds {}; {} cycles for the spikes of the rows.",
            self.lanes, self.pipes, self.columns
        );
        block(design, &BLOCK, self, &[what, &timing], |m| {
            let instance = |row| m.instance(&format!("u_element{row}"), element);
            let elements: Vec<Child> = (0..self.rows).map(instance).collect();
            rows_in_turn(m, self, &elements);
            broadcast(m, self, &elements);
            columns(m, self, &elements, neuron);
        })
    }
}

/// Sends the chunks of A to the elements, some rows at a time.
fn rows_in_turn<'m>(m: &'m Module, params: &Params, elements: &[Child<'m>]) {
    let a = input_stream(m, "a", &params.a(), params.skid);
    let stream = |row: &Child<'m>| row.input_stream("a", &params.row()).in_step();
    let groups: Vec<Vec<_>> = elements
        .chunks(params.rows_per_beat as usize)
        .map(|rows| rows.iter().map(stream).collect())
        .collect();
    let ready: Vec<Vec<Signal>> =
        groups.iter().map(|rows| rows.iter().map(Stream::ready).collect()).collect();
    let InTurn { takes, ready, turn } = in_turn(m, &ready);
    for (streams, takes) in groups.iter().zip(takes) {
        for (stream, words) in streams.iter().zip(a.payload.words.split_lsb(params.row().words)) {
            stream.set_valid(a.valid() & takes);
            stream.set_payload(Spikes { words });
        }
    }
    a.set_ready(ready);
    if let Some(turn) = turn {
        // The number of turns is a power of two, so the counter wraps by itself.
        turn.enable(a.fires()).set(turn.value() + 1);
    }
}

/// Sends each beat of B to every element, to each as soon as it is ready.
fn broadcast<'m>(m: &'m Module, params: &Params, elements: &[Child<'m>]) {
    let b = input_stream(m, "b", &params.b(), params.skid);
    let streams: Vec<_> = elements.iter().map(|element| element.input_stream("b", &params.b())).collect();
    fork(m, &b, &streams);
    streams.iter().for_each(|stream| stream.set_payload(b.payload));
}

/// Sends the sums of a column through the neurons once every row has its sums.
fn columns<'m>(m: &'m Module, params: &Params, elements: &[Child<'m>], neuron: ModuleRef) {
    let out = m.output_stream("out", &params.out());
    let sums: Vec<_> = elements.iter().map(|element| element.output_stream("sum", &params.sum())).collect();
    let rows: Vec<_> = sums.iter().map(|sum| (sum.valid(), sum.payload.sums)).collect();
    let Fired { valid, spikes, takes } = fired(m, &rows, None, neuron, out.ready());
    sums.iter().for_each(|sum| sum.set_ready(takes));
    let overflows: Vec<Signal> = sums.iter().map(|sum| sum.payload.overflow).collect();
    out.set_valid(valid);
    out.set_payload(ColumnSpikes {
        spikes,
        overflow: held(m, "overflow", m.concat_lsb(&overflows).any(), takes),
    });
}

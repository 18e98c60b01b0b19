//! A column: its values of K^T V, their sum over the rows that Q selects, and its neuron.
//!
//! ```text
//! values --> [memory] --> AND gate --> + --> [part] --> + [sum] --> neuron --> word
//! ```

use crate::loas::loas_plif::{self, neuron};
use crate::parameters::Parameters;
use crate::statten::Shape;
use crate::statten::jobs::fit;
use crate::top::module;
use hdl::{Bundle, Collision, Design, Module, ModuleRef, Signal};
use parts::arithmetic::tree::add_all;

/// What a column takes.
#[derive(Clone, Copy, Bundle)]
pub struct Column<T> {
    /// A value is written.
    pub writes: T,
    /// The piece x 2 + the half of what is written.
    pub write_place: T,
    /// One bit for each row: the row of the value.
    pub write_row: T,
    /// All other rows become 0.
    pub clear: T,
    /// The value.
    pub value: T,
    /// The stages move.
    pub advance: T,
    /// The piece x 2 + the half that is read.
    pub read_place: T,
    /// A cycle later: the rows that are added.
    pub gate: T,
    /// Two cycles later: the rows are the first of their sum.
    pub is_first: T,
    /// Three cycles later: the sum is complete, and the stages move.
    pub is_sum: T,
    /// The sum is that of the first step.
    pub begins: T,
    /// The step, one bit for each, the first in the most significant bit.
    pub step: T,
    /// The threshold.
    pub denominator: T,
}

impl Shape {
    /// What a column takes.
    pub fn column(&self) -> Column<u32> {
        let place = self.piece_bits() + 1;
        Column {
            writes: 1,
            write_place: place,
            write_row: self.columns,
            clear: 1,
            value: self.value_bits(),
            advance: 1,
            read_place: place,
            gate: self.columns,
            is_first: 1,
            is_sum: 1,
            begins: 1,
            step: self.time_steps,
            denominator: self.sum_bits(),
        }
    }

    /// The neuron: the potential halves in each step, and fires where its double is at least the denominator.
    fn neuron(&self) -> loas_plif::Params {
        loas_plif::Params {
            time_steps: self.time_steps,
            sum_bits: self.sum_bits(),
            leak: 1,
            threshold_port: true,
            compare: loas_plif::Compare::GreaterEqual,
            ..Default::default()
        }
    }
}

/// The module.
pub fn column(design: &Design, shape: &Shape) -> ModuleRef {
    module(design, "statten_column", &shape.name_parts(), |m| {
        m.describe("Adds up the values of a column in rows that are selected; its neuron fires or not, step by step.");
        let input = m.inputs(&shape.column());
        let sum = sum(m, shape, &input);
        m.output(
            "word",
            word(m, shape, &input, sum),
            "the spikes up to this step, the first in the highest bit",
        );
    })
}

fn sum<'m>(m: &'m Module, shape: &Shape, input: &Column<Signal<'m>>) -> Signal<'m> {
    let bits = shape.value_bits();
    let rows = input.write_row.split_lsb(1);
    let data = m.concat_lsb(&rows.iter().map(|row| input.value.gated(*row)).collect::<Vec<_>>());
    let memory = m.memory("values", bits * shape.columns, 2 * u64::from(shape.pieces));
    let mask = input.write_row | input.clear.repeat(shape.columns);
    memory.write_masked(input.writes, mask, input.write_place, data);
    let read = memory.read_at_clock("row_values", input.read_place, Collision::Undefined);
    let values = read.enable(input.advance).value().split_lsb(bits);
    let selected = values.into_iter().zip(input.gate.split_lsb(1)).map(|(value, gate)| value.gated(gate));
    let part = m.reg("part", bits + shape.columns.ilog2()).enable(input.advance);
    part.set(add_all(selected.collect()));
    let sum = m.reg("sum", shape.sum_bits()).enable(input.advance);
    sum.set(sum.value().gated(!input.is_first) + fit(part.value(), shape.sum_bits()));
    sum.value()
}

fn word<'m>(m: &'m Module, shape: &Shape, input: &Column<Signal<'m>>, sum: Signal<'m>) -> Signal<'m> {
    let params = shape.neuron();
    let membrane = m.reg("potential", params.membrane_bits()).enable(input.is_sum);
    let threshold = input.denominator.zext(params.membrane_bits());
    let rest = membrane.value().gated(!input.begins);
    let step = m.scope("neuron", || neuron::step(m, &params, sum, Some(rest), threshold));
    membrane.set(step.membrane);
    let spikes = m.reg("spikes", shape.time_steps).enable(input.is_sum);
    let word = spikes.value().gated(!input.begins) | input.step.gated(step.fires);
    spikes.set(word);
    word
}

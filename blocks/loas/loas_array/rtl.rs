//! The hardware.
//!
//! ```text
//! a --> rows in turn --> element 0 --> neuron 0 --+
//!                   +--> element 1 --> neuron 1 --+--> all rows of a column --> out
//!                   +--> ...                      |
//! b --> each element as it is ready --------------+
//! ```

use super::params::Params;
use crate::block::Configured;
use crate::common::rtl::fork::fork;
use crate::common::rtl::held::held;
use crate::common::rtl::module::module;
use crate::loas::header::describe;
use hdl::{Child, Design, Module, ModuleRef, Signal, Stream, index_width};

/// Adds the block to a design.
pub fn build(params: &Params, design: &Design) -> ModuleRef {
    let (element, neuron) = (params.element.part(design), params.neuron().build(design));
    module(design, "loas_array", &params.name_parts(), |m| {
        let what = "Rows of spikes times columns of sparse weights, and the neurons behind them.";
        let timing = format!(
            "Throughput: {} matches a row and cycle; joins without a match take none; {} cycles for the spikes of the rows.",
            params.element.pipes, params.element.columns
        );
        describe(m, &[what, &timing], params.values());
        let instance = |row| m.instance(&format!("u_element{row}"), element);
        let elements: Vec<Child> = (0..params.rows).map(instance).collect();
        rows_in_turn(m, params, &elements);
        broadcast(m, params, &elements);
        columns(m, params, &elements, neuron);
    })
}

/// Gives the chunks of A to the elements, some rows at a time.
fn rows_in_turn<'m>(m: &'m Module, params: &Params, elements: &[Child<'m>]) {
    let a = m.input_stream("a", &params.a());
    let turns = params.beats_of_a();
    let turn = (turns > 1).then(|| m.reg("turn", index_width(turns.into())).reset_to(0));
    let masks = a.field("masks").split_lsb(params.element.mask_bits);
    let words = a.field("words").split_lsb(params.element.mask_bits * params.element.time_steps);
    let mut ready = m.lit(0, 1);
    for (number, rows) in elements.chunks(params.rows_per_beat as usize).enumerate() {
        let is_turn = turn.map_or_else(|| m.ones(1), |turn| turn.value().eq(number as u64));
        let streams: Vec<Stream> =
            rows.iter().map(|row| row.input_stream("a", &params.element.a()).in_step()).collect();
        let all = streams.iter().map(Stream::ready).reduce(|a, b| a & b).expect("there is a row");
        let takes = (is_turn & all).named(&format!("takes{number}"));
        for (place, stream) in streams.iter().enumerate() {
            stream.set_valid(a.valid() & takes);
            stream.set_field("mask", masks[place]);
            stream.set_field("words", words[place]);
            stream.set_field("last", a.field("last"));
        }
        ready = ready | takes;
    }
    a.set_ready(ready);
    if let Some(turn) = turn {
        turn.enable(a.fires()).set(turn.value() + 1);
    }
}

/// Gives each beat of B to every element, to each as soon as it is ready.
fn broadcast<'m>(m: &'m Module, params: &Params, elements: &[Child<'m>]) {
    let b = m.input_stream("b", &params.element.b());
    let streams: Vec<Stream> =
        elements.iter().map(|element| element.input_stream("b", &params.element.b())).collect();
    fork(m, &b, &streams);
    for stream in &streams {
        for field in params.element.b() {
            stream.set_field(&field.name, b.field(&field.name));
        }
    }
}

/// Puts the sums of a column through the neurons once every row has them.
fn columns<'m>(m: &'m Module, params: &Params, elements: &[Child<'m>], neuron: ModuleRef) {
    let out = m.output_stream("out", &params.out());
    let sums: Vec<Stream> =
        elements.iter().map(|element| element.output_stream("sum", &params.element.sum())).collect();
    let all = m.concat_lsb(&sums.iter().map(Stream::valid).collect::<Vec<_>>()).all().named("column_valid");
    let valid = m.reg("spikes_valid", 1).reset_to(0);
    let advance = (!valid.value() | out.ready()).named("spikes_ready");
    valid.enable(advance).set(all);
    let takes = (advance & all).named("column_taken");
    let mut spikes = vec![];
    for (row, sum) in sums.iter().enumerate() {
        sum.set_ready(takes);
        let neuron = m.instance(&format!("u_neuron{row}"), neuron).set("sums", sum.field("sums"));
        spikes.push(neuron.get("spikes"));
    }
    let keep = |name: &str, value: Signal<'m>| held(m, name, value, takes);
    let overflows: Vec<Signal> = sums.iter().map(|sum| sum.field("overflow")).collect();
    out.set_valid(valid.value());
    out.set_field("spikes", keep("spikes", m.concat_lsb(&spikes)));
    out.set_field("overflow", keep("overflow", m.concat_lsb(&overflows).any()));
}

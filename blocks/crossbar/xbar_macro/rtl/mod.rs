//! The hardware.
//!
//! ```text
//! s_axi ----------> registers --> clocks, skip_zeros --+
//!                       +-------> config --------------|--> xbar_program --> program_* pins, m_axis_outcome
//! s_axis_word ----> [word] ----------------------------|--------^  |
//!                                                      v           | programs: no vector begins, pins rest
//! s_axis_vector --> packets ----------------------> xbar_mvm <-----+
//!                       +--> [tags] ---------+         | sums     --> word_lines, precharge, ...
//! s_axis_partial --> [kept] -------------+   v         v
//! s_axis_table ----> entries ------------+--> + --> output stages --> [results] --> m_axis_result
//! ```

mod host;
mod lanes;
mod packet;
mod results;
mod stages;
mod vectors;
mod words;

use super::BLOCK;
use super::params::{Analog, Output, Params, Programmed};
use super::registers::Registers;
use crate::block::Hardware;
use crate::crossbar::pins::{Pins, outputs_of};
use crate::crossbar::{xbar_program, xbar_sequencer};
use crate::top::block;
use hdl::{Bundle, Child, Design, Module, ModuleRef, Signal};
use host::Seen;
use parts::registers::AxiLite;
use vectors::Vectors;
use words::Words;

impl Hardware for Params {
    fn build(&self, design: &Design) -> ModuleRef {
        let what =
            "The digital half of an in-memory-computing macro: products, programming, registers, streams.";
        let results = match self.output {
            Output::Sums => "Results are sums.",
            Output::Scale => "Results are sums with a bias, scaled, rounded and saturated.",
            Output::Lif => "Results are spikes of leaky integrate-and-fire neurons.",
        };
        block(design, &BLOCK, self, &[what, results, "Throughput: that of xbar_mvm."], |m| build(m, self))
    }
}

fn build(m: &Module, params: &Params) {
    let registers = Registers::new(params);
    let port = AxiLite::new(m, &registers.map);
    let mvm = m.instance("u_mvm", params.mvm.build(m.design()));
    let program = m.instance("u_program", params.program().build(m.design()));
    let side = m.inputs(&params.side());
    for (place, signal) in side.load.into_iter().flat_map(|load| load.members()) {
        mvm.set(&format!("load_{}", place.name()), signal);
    }
    for (name, answer) in [("thermometer", side.thermometer), ("cmp", side.cmp)] {
        if let Some(answer) = answer {
            mvm.set(name, answer);
        }
    }
    program.set("sense_valid", side.program.sense_valid).set("sense_data", side.program.sense_data);
    host::set_steps(&port, &registers, mvm);

    let wants_array = m.wire("word_wants_array", 1);
    let next = host::next(&port, &registers);
    let vectors = m.scope("vectors", || Vectors::new(m, params, mvm, &next, wants_array.value()));
    let results = results::build(m, params, mvm, &vectors.tag);
    let words = m.scope("word", || words::build(m, params, program, vectors.are_inside));
    wants_array.drive(words.wants_array);
    let seen = Seen::new(m, &vectors, &results, &words);
    m.outputs(&params.analog(), pins(params, mvm, program, &words));
    check(m, program, &vectors, &words, mvm);
    m.scope("vectors", || vectors.finish(m, results.vector_ends));
    host::finish(m, port, &registers, &seen, program);
}

/// The pins; while a word is programmed, those that `xbar_mvm` reads with rest.
fn pins<'m>(params: &Params, mvm: Child<'m>, program: Child<'m>, words: &Words<'m>) -> Analog<Signal<'m>> {
    let of_mvm: Pins<Signal> = outputs_of(mvm, &params.mvm.pins());
    let is_free = !words.is_programmed;
    let array = xbar_sequencer::Analog {
        precharge: of_mvm.array.precharge & is_free,
        word_line_enable: of_mvm.array.word_line_enable & is_free,
        sample: of_mvm.array.sample.gated(is_free),
        ..of_mvm.array
    };
    let analog: xbar_program::Analog<Signal> = outputs_of(program, &params.program().analog());
    Analog { pins: Pins { array, ..of_mvm }, program: Programmed { place: words.place, analog } }
}

/// Products and programming are apart.
fn check<'m>(m: &'m Module, program: Child<'m>, vectors: &Vectors<'m>, words: &Words<'m>, mvm: Child<'m>) {
    let is_used = program.get("read") | program.get("drive") | program.get("pulse");
    m.assert("cells_are_programmed_by_turns", !is_used | words.is_programmed);
    m.assert("no_vector_is_inside_while_cells_are_programmed", !words.is_programmed | !vectors.are_inside);
    m.assert(
        "no_row_is_driven_while_cells_are_programmed",
        !words.is_programmed | !mvm.get("word_lines").any(),
    );
}

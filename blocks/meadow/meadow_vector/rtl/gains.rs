//! Gains and biases of a job, which every row uses.

use super::control::Work;
use super::walk::Walk;
use crate::meadow::meadow_attention_head::params::COUNT_BITS;
use crate::meadow::meadow_vector::params::{ELEMENT_BITS, Params};
use crate::nonlinear::layer_norm::Gains;
use hdl::{Collision, Module, Signal, Stream};
use parts::storage::held::{held, held_flag};

/// Takes them from `affine`, then sends them to the norm for each row of the job, if it has a norm.
pub fn gains<'m>(m: &'m Module, params: &Params, work: &Work<'m>, into: &Stream<'m, Gains<Signal<'m>>>) {
    let affine = m.input_stream("affine", &params.operand());
    let start = work.start & work.has_norm;
    // Two words for one of elements: the second one has the upper half of their gains and biases.
    let last = m.concat(&[work.last, m.ones(1)]);
    let load = Walk::new(m, "load_gains", start, m.lit(1, COUNT_BITS), last);
    affine.set_ready(load.is_active);
    let send = Walk::new(m, "gains", start, work.job.rows, work.last);
    let is_there = m.wire("gains_are_there", 1);
    let fetches = send.is_active & !load.is_active & (!is_there.value() | into.ready());
    let fetches = fetches.named("fetches_gains");
    is_there.drive(held_flag(m, "has_gains", fetches, fetches | into.fires()));

    let place = load.value.high(params.place_bits());
    let halves = [!load.value.bit(0), load.value.bit(0)].into_iter().enumerate().map(|(half, is_meant)| {
        let memory = m.memory(&format!("gains{half}"), params.word_bits(), 1 << params.place_bits());
        memory.write(affine.fires() & is_meant, place, affine.payload.data);
        let name = format!("gains_word{half}");
        memory.read_at_clock(&name, send.value, Collision::Undefined).enable(fetches).value()
    });
    let numbers: Vec<Signal> = halves.flat_map(|half| half.split_lsb(ELEMENT_BITS)).collect();
    let every_second =
        |first: usize| m.concat_lsb(&numbers.iter().skip(first).step_by(2).copied().collect::<Vec<_>>());
    into.set_valid(is_there.value());
    into.set_payload(Gains {
        gains: every_second(0),
        biases: every_second(1),
        last: held(m, "gains_last", send.is_last, fetches),
    });
    load.finish(affine.fires());
    send.finish(fetches);
}

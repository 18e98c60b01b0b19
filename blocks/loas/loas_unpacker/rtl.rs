//! The hardware: with each output beat, the mask shifts down by the neurons of the beat, and the words by as many as
//! these take.
//!
//! ```text
//! in -> [mask], [words] -> the first words to the neurons that have one -> out
//! ```

use super::params::Params;
use super::{BLOCK, Neurons};
use crate::block::Hardware;
use crate::top::block;
use hdl::{Design, Module, ModuleRef, Signal};
use parts::arithmetic::count::{Adders, running_counts};
use parts::arithmetic::prefix::Network;
use parts::storage::held::held;
use parts::stream::skid::input_stream;

impl Hardware for Params {
    fn build(&self, design: &Design) -> ModuleRef {
        let timing = format!("Latency: 1 cycle. Throughput: {} neurons a cycle.", self.lanes);
        block(design, &BLOCK, self, &["A bitmask and packed words to spikes.", &timing], |m| {
            unpacker(m, self);
        })
    }
}

fn unpacker(m: &Module, params: &Params) {
    let (input, output) =
        (input_stream(m, "in", &params.inputs(), params.skid), m.output_stream("out", &params.outputs()));
    let busy = m.reg("busy", 1).reset_to(0);
    let left = m.reg("beats_left", params.beat_bits());
    let ends_row = held(m, "ends_row", input.payload.last, input.fires());
    let is_last = (!left.value().any()).named("is_last");
    let ends = (output.fires() & is_last).named("ends");
    input.set_ready(!busy.value() | ends);
    busy.enable(input.fires() | ends).set(input.fires());
    let moves = input.fires() | output.fires();
    let most = m.lit((params.beats() - 1).into(), params.beat_bits());
    left.enable(moves).set(input.fires().mux(most, left.value() - 1));

    let rest = m.reg("rest", params.mask_bits).enable(moves);
    rest.set(input.fires().mux(input.payload.mask, rest.value() >> params.lanes));
    let words = m.reg("words", params.mask_bits * params.time_steps).enable(moves);
    let fires = rest.value().low(params.lanes).named("fires");
    let counts = running_counts(fires, Network::Sklansky, Adders::Plus);
    words.set(input.fires().mux(input.payload.words, without(m, params, words.value(), &counts)));

    output.set_valid(busy.value());
    output.set_payload(Neurons {
        spikes: spikes(m, params, fires, &counts, words.value()),
        last: is_last & ends_row,
    });
}

/// The words that are left after the beat has taken its own.
fn without<'m>(m: &'m Module, params: &Params, words: Signal<'m>, counts: &[Signal<'m>]) -> Signal<'m> {
    let taken = counts[counts.len() - 1];
    let mut shifted: Vec<Signal> =
        (0..=params.lanes).map(|count| words >> (count * params.time_steps)).collect();
    shifted.resize(1 << taken.width(), words);
    m.select(taken, &shifted)
}

/// The word of each neuron of the beat.
fn spikes<'m>(
    m: &'m Module,
    params: &Params,
    fires: Signal<'m>,
    counts: &[Signal<'m>],
    words: Signal<'m>,
) -> Signal<'m> {
    let words = words.low(params.lanes * params.time_steps).split_lsb(params.time_steps);
    let neuron = |(lane, fires): (usize, Signal<'m>)| {
        // A neuron that fires takes the word whose index is the number of ones before it.
        let cases: Vec<(Signal, Signal)> =
            (0..=lane).map(|offset| (fires & counts[lane].eq(offset as u64 + 1), words[offset])).collect();
        m.one_hot(&cases)
    };
    m.concat_lsb(&fires.split_lsb(1).into_iter().enumerate().map(neuron).collect::<Vec<_>>())
}

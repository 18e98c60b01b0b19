//! A pipe: adds each weight at once, as if the neuron fired at every step, and later subtracts it for the steps at
//! which the neuron did not fire.

use super::super::interface::Tag;
use super::super::params::Params;
use super::tile::Tile;
use super::words::Words;
use crate::loas::events::Event;
use crate::loas::loas_inner_join::{SpikeMatch, WeightMatch};
use crate::loas::sums::{Bank, Sums};
use hdl::{Bundle, Module, Signal, Stream};
use parts::storage::fifo::Fifo;

/// Outputs of a pipe.
pub struct Result<'m> {
    /// The sums of all time steps of the column that is drained, if this pipe holds it.
    pub sums: Signal<'m>,
    /// One of them leaves its range, although the pseudo sum and the correction may be within.
    pub difference_leaves: Signal<'m>,
    /// A sum that is added to leaves its range: the pseudo sum, a correction sum.
    pub overflows: [Event<'m>; 2],
    /// A match has no weight; `None` if each has one.
    pub lacks_weight: Option<Event<'m>>,
    /// A word is all ones.
    pub needs_none: Signal<'m>,
    /// A weight is subtracted.
    pub corrects: Signal<'m>,
}

/// What was added to a column's sums at once, kept until the spikes are known.
#[derive(Clone, Copy, Bundle)]
struct Added<T> {
    place: T,
    value: T,
}

/// Adds up the matches of a pipe of the inner-join.
pub fn pipe<'m>(
    m: &'m Module,
    params: &Params,
    number: u32,
    weight: &Stream<'m, WeightMatch<Signal<'m>>>,
    spike: &Stream<'m, SpikeMatch<Signal<'m>>>,
    words: &Words<'m>,
    tile: &Tile<'m>,
) -> Result<'m> {
    let bank = Bank::new(m, number, params.pipes, &tile.drain);
    let WeightMatch { tag, offset } = weight.payload;
    let Tag { place, weights } = m.unpack(&params.tag(), tag);
    let (value, lacks) = choose(m, params, weights, offset);
    let added = Added { place: place.named("place"), value: value.named("value") };

    // The pseudo sum: each weight is added at once.
    let pseudo = m.scope("pseudo", || Sums::new(m, bank, 1, params.sum_bits()));
    let overflow = pseudo.add(m, weight.fires(), added.place, &[added.value]);
    let fifo = Fifo::new(m, "values", added.packed_width(), params.fifo_depth.into());
    weight.set_ready(!fifo.is_full());

    // The correction, one cycle after the spikes are known.
    spike.set_ready(m.ones(1));
    let word = words.word(m, spike.payload.slot, spike.payload.offset).named("word");
    let pending = m.reg("correction_valid", 1).reset_to(0);
    pending.set(spike.fires() & !word.all());
    let silent = (!word).delayed("correction_steps");
    let waiting = fifo.front.delayed("correction_value");
    fifo.finish(weight.fires(), m.pack(&added), spike.fires());
    let Added { place, value } = m.unpack(&added, waiting);
    let steps: Vec<Signal> =
        silent.split_lsb(1).into_iter().rev().map(|silent| value.gated(silent)).collect();
    let correction = m.scope("correction", || Sums::new(m, bank, params.time_steps, params.sum_bits()));
    let corrected = correction.add(m, pending.value(), place, &steps);

    let total = pseudo.drained(m).remove(0);
    let subtract = |correction| difference(total, correction);
    let (sums, leave): (Vec<Signal>, Vec<Signal>) = correction.drained(m).into_iter().map(subtract).unzip();
    Result {
        sums: m.concat_lsb(&sums),
        difference_leaves: m.concat_lsb(&leave).any(),
        overflows: [Event::of(overflow, &tile.drain, added.place), Event::of(corrected, &tile.drain, place)],
        lacks_weight: lacks.map(|lacks| Event::of(lacks & weight.fires(), &tile.drain, added.place)),
        needs_none: spike.fires() & word.all(),
        corrects: pending.value(),
    }
}

/// The difference of two numbers in two's complement, and whether it leaves their range.
fn difference<'m>(from: Signal<'m>, what: Signal<'m>) -> (Signal<'m>, Signal<'m>) {
    let difference = from - what;
    (difference, (from.msb() ^ what.msb()) & (difference.msb() ^ from.msb()))
}

/// The weight at an offset among those of a mask, and whether it is missing, if that can happen: its value is then 0.
fn choose<'m>(
    m: &'m Module,
    params: &Params,
    weights: Signal<'m>,
    offset: Signal<'m>,
) -> (Signal<'m>, Option<Signal<'m>>) {
    let weights = weights.split_lsb(params.weight_bits);
    let bits = params.values.ilog2();
    let chosen = if bits == 0 { weights[0] } else { m.select(offset.low(bits), &weights) };
    if !params.may_lack_weights() {
        return (chosen, None);
    }
    let lacks = offset.high(offset.width() - bits).any().named("lacks_weight");
    (chosen.gated(!lacks), Some(lacks))
}

//! The hardware: the kept neurons of a beat are packed without gaps, and placed behind the words already stored.
//!
//! ```text
//! in -> keep? -> together -> behind the first `count` words -> [words] -> out
//!         +-> [mask], [count]
//! ```

use super::params::Params;
use super::{BLOCK, Chunk};
use crate::block::Hardware;
use crate::top::block;
use hdl::{Design, Module, ModuleRef, Signal};
use parts::arithmetic::count::{Adders, population, running_counts};
use parts::arithmetic::prefix::Network;
use parts::stream::skid::input_stream;

impl Hardware for Params {
    fn build(&self, design: &Design) -> ModuleRef {
        let timing =
            format!("Latency: 1 cycle from a chunk's last beat. Throughput: {} neurons a cycle.", self.lanes);
        let what = "Spikes to a bitmask and the packed words of the neurons that fire.";
        block(design, &BLOCK, self, &[what, &timing], |m| {
            packer(m, self);
        })
    }
}

fn packer(m: &Module, params: &Params) {
    let (input, output) =
        (input_stream(m, "in", &params.inputs(), params.skid), m.output_stream("out", &params.outputs()));
    let complete = m.reg("complete", 1).reset_to(0);
    let ends_row = m.reg("ends_row", 1);
    let beat = m.reg("beat", params.beat_bits()).reset_to(0);
    let count = m.reg("count", params.count_bits());
    // The next beat starts a chunk.
    let begins = m.reg("begins", 1).reset_to(1);
    let takes = input.fires();
    input.set_ready(!complete.value() | output.ready());

    let is_full = beat.value().eq(u64::from(params.beats() - 1));
    let completes = (takes & (is_full | input.payload.last)).named("completes");
    complete.enable(takes | output.ready()).set(completes);
    ends_row.enable(takes).set(input.payload.last);
    begins.enable(takes).set(completes);
    beat.enable(takes).set((beat.value() + 1).gated(!completes));

    let words = input.payload.spikes.split_lsb(params.time_steps);
    let kept: Vec<Signal> = words.iter().map(|word| is_kept(params, *word)).collect();
    let first = count.value().gated(!begins.value()).named("first_free");
    let kept_count = population(&kept).zext(count.value().width());
    count.enable(takes).set(first + kept_count);

    output.set_valid(complete.value());
    output.set_payload(Chunk {
        mask: mask(m, params, takes, begins.value(), beat.value(), &kept),
        words: stored(m, params, takes, begins.value(), first, &together(m, &words, &kept)),
        count: count.value(),
        last: ends_row.value(),
    });
}

/// 1 if the neuron fires more often than those that are dropped.
fn is_kept<'m>(params: &Params, word: Signal<'m>) -> Signal<'m> {
    match params.drop {
        0 => word.any(),
        drop => population(&word.split_lsb(1)).gt(u64::from(drop)),
    }
}

/// The mask of the chunk: the part of this beat is written; the first beat of a chunk clears the others.
fn mask<'m>(
    m: &'m Module,
    params: &Params,
    takes: Signal<'m>,
    is_first: Signal<'m>,
    beat: Signal<'m>,
    kept: &[Signal<'m>],
) -> Signal<'m> {
    let kept = m.concat_lsb(kept).named("kept");
    let part = |number: u32| {
        let part = m.reg(&format!("mask{number}"), params.lanes).enable(takes);
        part.set(beat.eq(u64::from(number)).mux(kept, part.value().gated(!is_first)));
        part.value()
    };
    m.concat_lsb(&(0..params.beats()).map(part).collect::<Vec<_>>())
}

/// The kept words of a beat without gaps, and for each place whether it has one.
fn together<'m>(m: &'m Module, words: &[Signal<'m>], kept: &[Signal<'m>]) -> Vec<(Signal<'m>, Signal<'m>)> {
    let counts = running_counts(m.concat_lsb(kept), Network::Sklansky, Adders::Plus);
    let place = |place: usize| {
        // The word whose running count of kept words, itself included, matches the place.
        let cases: Vec<(Signal, Signal)> = (place..words.len())
            .map(|lane| (kept[lane] & counts[lane].eq(place as u64 + 1), words[lane]))
            .collect();
        let has_word = m.concat_lsb(&cases.iter().map(|(is, _)| *is).collect::<Vec<_>>()).any();
        (has_word, m.one_hot(&cases))
    };
    (0..words.len()).map(place).collect()
}

/// The words of the chunk: those of the beat go behind the ones already there; the first beat of a chunk clears them.
fn stored<'m>(
    m: &'m Module,
    params: &Params,
    takes: Signal<'m>,
    is_first: Signal<'m>,
    first: Signal<'m>,
    packed: &[(Signal<'m>, Signal<'m>)],
) -> Signal<'m> {
    let begins: Vec<Signal> = (0..params.mask_bits).map(|place| first.eq(u64::from(place))).collect();
    let word = |place: usize| {
        let register = m.reg(&format!("word{place}"), params.time_steps).enable(takes);
        let cases: Vec<(Signal, Signal)> = packed
            .iter()
            .enumerate()
            .filter(|(offset, _)| *offset <= place)
            .map(|(offset, (has_word, word))| (begins[place - offset] & *has_word, *word))
            .collect();
        // A place that is written was empty, hence 0, so an OR is enough.
        register.set(m.one_hot(&cases) | register.value().gated(!is_first));
        register.value()
    };
    m.concat_lsb(&(0..params.mask_bits as usize).map(word).collect::<Vec<_>>())
}

//! The hardware.
//!
//! ```text
//! in --> [next vector] --> magnitudes, signs --> [vector] --> bits of the first phase left --> [rows, phase] --> out
//!                      --> phases with a 1 ----> [left] --> lowest 1 --+
//! ```

use super::BLOCK;
use super::params::{Driven, Inputs, Params, Slot};
use crate::block::Hardware;
use crate::common::row_framing::RowFraming;
use crate::crossbar::phase::{Encoding, Phase};
use crate::top::block;
use hdl::{Bits, Bundle, Design, Module, ModuleRef, Signal, Stream};
use parts::arithmetic::lowest_one::{encode, lowest_one};
use parts::arithmetic::negate::negated;
use parts::storage::held::held;

impl Hardware for Params {
    fn build(&self, design: &Design) -> ModuleRef {
        let what = "Inputs to the word lines of a crossbar, bit by bit and block of rows by block.";
        let timing = "The first phase is there 3 cycles after the last beat of a vector, and each further one in the cycle after \
                      the one before it was taken.";
        block(design, &BLOCK, self, &[what, timing], |m| {
            driver(m, self);
        })
    }
}

fn driver(m: &Module, params: &Params) {
    let (input, output) = (m.input_stream("in", &params.inputs()), m.output_stream("out", &params.driven()));
    let loads = m.wire("loads", 1);
    let next = next_vector(m, params, &input, loads.value());

    let magnitudes: Vec<Magnitude> = (0..)
        .zip(&next.inputs)
        .map(|(row, input)| m.scope(&format!("row{row}"), || magnitude(params, *input)))
        .collect();
    let slots = params.slots();
    let left = m.reg("phases_left", slots.len() as u32);
    let lowest = lowest_one(m, left.value()).one_hot;
    let is_last = (!(left.value() & !lowest).any()).named("is_last_phase");

    let has_vector = m.reg("has_vector", 1).reset_to(0);
    let has_phase = m.reg("has_phase", 1).reset_to(0);
    let has_room = !has_phase.value() | output.ready();
    let moves = (has_vector.value() & has_room).named("moves");
    let ends = moves & is_last;
    loads.drive(next.is_complete & (!has_vector.value() | ends));
    has_vector.enable(loads.value() | ends).set(loads.value());
    left.enable(loads.value() | moves);
    left.set(
        loads.value().mux(wanted(m, params, &slots, &magnitudes, next.skips_zeros), left.value() & !lowest),
    );
    let vector: Vec<Magnitude> =
        (0..).zip(magnitudes).map(|(row, magnitude)| magnitude.held(m, row, loads.value())).collect();
    let error = held(m, "vector_error", next.error, loads.value());

    has_phase.enable(has_room).set(moves);
    let rows = word_lines(m, params, &slots, &vector, lowest);
    let word_lines = m.reg("word_lines", params.rows).reset_to(0).enable(has_room);
    word_lines.set(rows.gated(moves));
    let tag = Tag {
        phase: phase(m, params, &slots, lowest, is_last),
        block: block_of(m, params, &slots, lowest),
        error,
    };
    let Tag { phase, block, error } = m.hold("tag", &tag, moves);
    output.set_valid(has_phase.value());
    output.set_payload(Driven { rows: word_lines.value(), phase, block, error });
    m.assert("word_lines_rest_without_a_phase", has_phase.value() | !word_lines.value().any());
}

/// What goes with the word lines of a phase.
#[derive(Clone, Copy, Bundle)]
struct Tag<T> {
    phase: Phase<T>,
    block: Option<T>,
    error: T,
}

/// The vector that is loaded.
struct Next<'m> {
    is_complete: Signal<'m>,
    inputs: Vec<Signal<'m>>,
    skips_zeros: Signal<'m>,
    error: Signal<'m>,
}

/// Takes the beats of a vector, each into its own registers; the first one clears the others.
fn next_vector<'m>(
    m: &'m Module,
    params: &Params,
    input: &Stream<'m, Inputs<Signal<'m>>>,
    loads: Signal<'m>,
) -> Next<'m> {
    let is_complete = m.reg("is_complete", 1).reset_to(0);
    let has_room = !is_complete.value() | loads;
    let framing = RowFraming::new(m, params.beats(), input, input.payload.last, has_room);
    let completes = (framing.takes & framing.ends).named("completes");
    is_complete.enable(completes | loads).set(completes);

    let place = place(m, params.beats(), &framing);
    let beat = |(number, is_own): (usize, Signal<'m>)| {
        let enable = framing.takes & (is_own | framing.is_first);
        held(m, &format!("beat{number}"), input.payload.data.gated(is_own), enable)
    };
    let beats = place.into_iter().enumerate().map(beat);
    Next {
        is_complete: is_complete.value(),
        inputs: beats.flat_map(|beat| beat.split_lsb(params.input_bits)).collect(),
        skips_zeros: held(m, "skips_zeros", input.payload.skip_zeros, completes),
        error: framing.error,
    }
}

/// For each beat of a vector, whether it is the next one.
fn place<'m>(m: &'m Module, beats: u32, framing: &RowFraming<'m>) -> Vec<Signal<'m>> {
    if beats == 1 {
        return vec![m.ones(1)];
    }
    let place = m.reg("place", beats).reset_to(1).enable(framing.takes);
    place.set(framing.ends.mux(m.lit(1, beats), place.value() << 1));
    place.value().split_lsb(1)
}

/// An input as it is driven.
#[derive(Clone, Copy)]
struct Magnitude<'m> {
    bits: Signal<'m>,
    /// It is driven in the phases of negative inputs.
    is_negative: Option<Signal<'m>>,
}

fn magnitude<'m>(params: &Params, input: Signal<'m>) -> Magnitude<'m> {
    match params.encoding {
        Encoding::Unsigned | Encoding::TwosComplement => Magnitude { bits: input, is_negative: None },
        // That of the least input needs all bits.
        Encoding::SignMagnitude => {
            Magnitude { bits: negated(input, input.msb()), is_negative: Some(input.msb()) }
        }
    }
}

impl<'m> Magnitude<'m> {
    /// Its word line in a phase of its block.
    fn drives(self, slot: Slot) -> Signal<'m> {
        let bit = self.bits.bit(slot.bit);
        match self.is_negative {
            None => bit,
            Some(is_negative) if slot.is_negative => bit & is_negative,
            Some(is_negative) => bit & !is_negative,
        }
    }

    fn held(self, m: &'m Module, row: usize, enable: Signal<'m>) -> Magnitude<'m> {
        let bits = held(m, &format!("magnitude{row}"), self.bits, enable);
        let is_negative =
            self.is_negative.map(|is_negative| held(m, &format!("is_negative{row}"), is_negative, enable));
        Magnitude { bits, is_negative }
    }
}

/// The phases to drive: all; without those that drive no row, if wanted; of a vector of zeros the first one.
fn wanted<'m>(
    m: &'m Module,
    params: &Params,
    slots: &[Slot],
    magnitudes: &[Magnitude<'m>],
    skips_zeros: Signal<'m>,
) -> Signal<'m> {
    let drives = |slot: &Slot| {
        if !params.can_drive(*slot) {
            return m.zero(1);
        }
        let rows = magnitudes.chunks(params.rows_at_once() as usize).nth(slot.block as usize);
        let rows = rows.into_iter().flatten().map(|magnitude| magnitude.drives(*slot));
        m.concat_lsb(&rows.collect::<Vec<_>>()).any()
    };
    let driving = m.concat_lsb(&slots.iter().map(drives).collect::<Vec<_>>()).named("phases_that_drive");
    let first = (!driving.any()).zext(driving.width());
    skips_zeros.mux(driving | first, m.ones(driving.width()))
}

/// The word lines of the phase that is the one 1 of `chosen`.
fn word_lines<'m>(
    m: &'m Module,
    params: &Params,
    slots: &[Slot],
    vector: &[Magnitude<'m>],
    chosen: Signal<'m>,
) -> Signal<'m> {
    let row = |(row, magnitude): (u32, &Magnitude<'m>)| {
        let is_own = |slot: Slot| slot.block == row / params.rows_at_once() && params.can_drive(slot);
        let own = (0..).zip(slots).filter(|(_, slot)| is_own(**slot));
        let cases: Vec<(Signal, Signal)> =
            own.map(|(number, slot)| (chosen.bit(number), magnitude.drives(*slot))).collect();
        m.one_hot(&cases)
    };
    m.concat_lsb(&(0..).zip(vector).map(row).collect::<Vec<_>>()).named("rows_of_phase")
}

/// Whether the phase that is the one 1 of `chosen` is among some.
fn is_among<'m>(m: &'m Module, slots: &[Slot], chosen: Signal<'m>, is: impl Fn(Slot) -> bool) -> Signal<'m> {
    let mut mask = Bits::zero(slots.len() as u32);
    (0..).zip(slots).for_each(|(number, slot)| mask.set_bit(number, is(*slot)));
    (chosen & m.bits(&mask)).any()
}

fn phase<'m>(
    m: &'m Module,
    params: &Params,
    slots: &[Slot],
    chosen: Signal<'m>,
    last: Signal<'m>,
) -> Phase<Signal<'m>> {
    let declared = params.driven().phase;
    let bit = |_| {
        let bits = (0..params.input_bits).map(|bit| is_among(m, slots, chosen, |slot| slot.bit == bit));
        encode(m, m.concat_lsb(&bits.collect::<Vec<_>>()))
    };
    let subtract = |_| is_among(m, slots, chosen, |slot| params.subtracts(slot));
    Phase { bit: declared.bit.map(bit), subtract: declared.subtract.map(subtract), last }
}

fn block_of<'m>(m: &'m Module, params: &Params, slots: &[Slot], chosen: Signal<'m>) -> Option<Signal<'m>> {
    let is_of_block = |block: u32| is_among(m, slots, chosen, |slot| slot.block == block);
    let blocks = || (0..params.blocks()).map(is_of_block).collect::<Vec<_>>();
    (params.blocks() > 1).then(|| encode(m, m.concat_lsb(&blocks())))
}

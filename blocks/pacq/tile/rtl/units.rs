//! The units of an engine, which work in step: they take and give together.

use crate::pacq::results::Results;
use crate::pacq::tile::UNITS;
use hdl::{Module, Ram, Signal, Stream, index_width};
use parts::storage::shift_queue::ShiftQueue;

/// Rows and columns that can be in a unit's pipeline.
const IN_FLIGHT: u32 = 4;

/// The entries in the units' pipelines: for each, where its sums go when they leave.
pub struct InFlight<'m> {
    place_bits: u32,
    queue: ShiftQueue<'m>,
}

impl<'m> InFlight<'m> {
    /// An empty queue: takes flags, the first in the lowest bit, and a place while `push` is 1.
    pub fn new(
        m: &'m Module,
        name: &str,
        flags: &[Signal<'m>],
        place: Signal<'m>,
        push: Signal<'m>,
        pop: Signal<'m>,
    ) -> InFlight<'m> {
        let word = m.concat(&[m.concat_lsb(flags), place]);
        InFlight {
            place_bits: place.width(),
            queue: m.scope(name, || ShiftQueue::new(m, word, push, pop, IN_FLIGHT)),
        }
    }

    /// One more can enter.
    pub fn has_room(&self) -> Signal<'m> {
        self.queue.has_room
    }

    /// The place of the next output among all places of a unit.
    pub fn place(&self) -> Signal<'m> {
        self.queue.front.low(self.place_bits)
    }

    /// A flag of the next output.
    pub fn flag(&self, number: u32) -> Signal<'m> {
        self.queue.front.bit(self.place_bits + number)
    }
}

/// A memory per unit; all are read at one place, and written at another.
pub struct Memories<'m> {
    memories: Vec<Ram<'m>>,
}

impl<'m> Memories<'m> {
    /// As many words of a memory as a unit has places.
    pub fn new(m: &'m Module, name: &str, width: u32, places: u32) -> Memories<'m> {
        let memory = |unit| m.memory(&format!("{name}{unit}"), width, places.into());
        Memories { memories: (0..UNITS).map(memory).collect() }
    }

    /// The word at a place of a unit.
    pub fn read(&self, unit: usize, place: Signal<'m>) -> Signal<'m> {
        self.memories[unit].read(place)
    }

    /// Writes a word of each unit.
    pub fn write(&self, enable: Signal<'m>, place: Signal<'m>, words: impl Iterator<Item = Signal<'m>>) {
        self.memories.iter().zip(words).for_each(|(memory, word)| memory.write(enable, place, word));
    }
}

/// Sends the rows of the units to the channel `out`, one after the other. `values` are those of each unit, valid
/// while `has_rows` is 1; `error` goes with all of them, and `finish` is applied to each. True in the cycle in which
/// the last of them is taken.
pub fn rows_in_turn<'m>(
    m: &'m Module,
    output: &Stream<'m, Results<Signal<'m>>>,
    has_rows: Signal<'m>,
    error: Option<Signal<'m>>,
    values: &[Signal<'m>],
    finish: impl Fn(Signal<'m>) -> Signal<'m>,
) -> Signal<'m> {
    let unit = m.reg("out_unit", index_width(UNITS.into())).reset_to(0);
    output.set_valid(has_rows);
    output.set_payload(Results { results: finish(m.select(unit.value(), values)), error });
    unit.enable(output.fires()).set(unit.value() + 1);
    (output.fires() & unit.value().all()).named("rows_are_out")
}

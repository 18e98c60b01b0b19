//! Bursts of reads.

use super::late::Late;
use super::order::{Beat, Due, in_order, unordered};
use super::writes::Write;
use super::{Memory, count_beats};
use crate::axi::{Axi4, ReadBeat, ResponseBeat};
use crate::storage::credit::Credit;
use crate::storage::fifo::Fifo;
use crate::storage::held::{held, held_flag};
use hdl::{Bundle, Module, Signal};

/// Beats that were read and wait for the master. Three are under way when none waits.
const QUEUE: u64 = 4;

/// What is read in this cycle.
pub(super) struct Read<'m> {
    /// A beat is.
    pub is_read: Signal<'m>,
    /// The word that was read in the cycle before.
    pub word: Signal<'m>,
}

/// Serves reads, a beat where `may` is 1. `read` reads a word where its first argument is 1, and returns it in the next cycle.
pub(super) fn reads<'m>(
    m: &'m Module,
    shape: &Axi4,
    memory: &Memory,
    may: Signal<'m>,
    write: &Write<'m>,
    read: impl FnOnce(Signal<'m>, Signal<'m>) -> Signal<'m>,
) -> Read<'m> {
    let moves = m.wire("read_moves", 1);
    let (has_beat, beat) = next(m, shape, memory, moves.value());
    let under_way = Credit::new(m, "read_under_way", QUEUE);
    // It would get some bits of before the write and some of after it.
    let meets_write = write.fires & write.address.eq(beat.address);
    let is_read = (has_beat & may & under_way.has_room & !meets_write).named("is_read");
    moves.drive(!has_beat | is_read);
    let word = read(is_read, beat.address);
    answer(m, shape, memory, under_way, is_read, &beat, word);
    Read { is_read, word }
}

/// The beat that is to be read, which is replaced where `moves` is 1; and whether there is one.
fn next<'m>(
    m: &'m Module,
    shape: &Axi4,
    memory: &Memory,
    moves: Signal<'m>,
) -> (Signal<'m>, Beat<Signal<'m>>) {
    let asks = m.input_stream("s_axi_ar", &shape.address());
    // Cycles from a burst that leaves this queue to its data: the beat, its word, the queue of data; and the slot.
    let after = 3 + u32::from(memory.is_unordered);
    let width = shape.asked().packed_width();
    let asked = Late::new(m, "read", width, shape.outstanding, memory.latency - after);
    asks.set_ready(!asked.is_full());
    let due = Due { has_burst: asked.has_word(), burst: m.unpack(&shape.asked(), asked.front()), moves };
    let next = if memory.is_unordered { unordered(m, shape, &due) } else { in_order(m, &due) };
    asked.finish(asks.fires(), shape.pack_asked(m, "read", &asks), next.pops);
    (held_flag(m, "has_beat", next.has_beat, moves), m.hold("beat", &next.beat, moves))
}

/// Answers with the word that comes in the cycle after a beat was read.
fn answer<'m>(
    m: &'m Module,
    shape: &Axi4,
    memory: &Memory,
    under_way: Credit<'m>,
    is_read: Signal<'m>,
    beat: &Beat<Signal<'m>>,
    word: Signal<'m>,
) {
    let output = m.output_stream("s_axi_r", &shape.read_data());
    let queue = Fifo::new(m, "data", shape.read_data().packed_width(), QUEUE);
    let comes = m.reg("word_comes", 1).reset_to(0);
    comes.set(is_read);
    let resp = memory.response(m, beat.address, beat.is_refused);
    let ResponseBeat { id, resp } = m.hold("word", &ResponseBeat { id: beat.id, resp }, is_read);
    let last = held(m, "word_last", beat.last, is_read);
    let word = ReadBeat { id, data: word.gated(!resp.bit(1)), resp, last };
    output.set_valid(queue.has_word());
    output.set_payload(m.unpack(&shape.read_data(), queue.front));
    queue.finish(comes.value(), m.pack(&word), output.fires());
    under_way.finish(is_read, output.fires());
    count_beats(m, "read_beats", output.fires(), "beats of data handed on since reset");
}

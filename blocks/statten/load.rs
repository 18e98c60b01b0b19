//! Columns of spikes into memories of two heads: one is written while the other is read.
//!
//! ```text
//! plan -----------+
//! spikes --> [beat] --> steps of a chunk --> place in a word --> [memory, 2 halves] --> words
//!                                       +--> any spike? ------> [live columns] ------> live
//! ```

use super::jobs::fit;
use super::loops::{Order, counted};
use super::shape::{Plan, Shape};
use crate::parameters::Parameters;
use crate::top::module;
use hdl::{Bundle, Collision, Design, Module, ModuleRef, Signal};
use parts::storage::halves::Halves;
use parts::storage::shift_queue::ShiftQueue;
use parts::stream::slot::Slot;

/// Which operand of K^T V.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Operand {
    /// One column is read at a time.
    Keys,
    /// As many columns as there are units are read at once.
    Values,
}

/// What is read.
#[derive(Clone, Copy, Bundle)]
pub struct Asked<T> {
    /// The place of the word in its column: those of earlier tiles and chunks come first.
    pub word: T,
    /// The column in its tile, or the first one / units.
    pub column: Option<T>,
    /// The tile x chunks + the chunk.
    pub piece: T,
    /// Words are read.
    pub reads: T,
    /// The head is not needed any more.
    pub releases: T,
}

/// What there is.
#[derive(Clone, Copy, Bundle)]
pub struct Found<T> {
    /// A head is complete.
    pub has_head: T,
    /// Words that were read a cycle ago, the first column in the lowest bits.
    pub words: T,
    /// Which columns of the piece have a spike.
    pub live: T,
}

/// What the counters of the reader go up to.
#[derive(Clone, Copy, Bundle)]
pub struct Turn<T> {
    /// As in the plan.
    pub last_chunk: T,
    /// The same.
    pub last_tile: T,
    /// The same.
    pub last_word: T,
    /// The same.
    pub tile_words: T,
    /// The same.
    pub masks: T,
}

impl Operand {
    /// Columns that are read at once.
    fn banks(self, shape: &Shape) -> u32 {
        match self {
            Operand::Keys => 1,
            Operand::Values => shape.units,
        }
    }

    /// What is read of it.
    pub fn asked(self, shape: &Shape) -> Asked<u32> {
        let columns = shape.columns / self.banks(shape);
        Asked {
            word: shape.word_bits(),
            column: (columns > 1).then(|| columns.ilog2()),
            piece: shape.piece_bits(),
            reads: 1,
            releases: 1,
        }
    }

    /// What there is.
    pub fn found(self, shape: &Shape) -> Found<u32> {
        Found { has_head: 1, words: self.banks(shape) * shape.width, live: shape.columns }
    }
}

/// What a reader counts up to.
pub fn turn(shape: &Shape) -> Turn<u32> {
    let Plan { last_chunk, last_tile, last_word, tile_words, masks, .. } = shape.plan();
    Turn { last_chunk, last_tile, last_word, tile_words, masks }
}

/// The module: `plan` and `spikes` to what is asked for.
pub fn load(design: &Design, shape: &Shape, operand: Operand) -> ModuleRef {
    let name = match operand {
        Operand::Keys => "statten_keys",
        Operand::Values => "statten_values",
    };
    module(design, name, &shape.name_parts(), |m| {
        m.describe("Columns of spikes as words of a chunk; a head is written while another is read.");
        let asked = m.inputs(&operand.asked(shape));
        let loaded = Loaded::new(m, shape, asked.releases);
        let words = words(m, shape, operand, &loaded, &asked);
        let live = live(m, shape, &loaded, asked.piece);
        m.outputs(&operand.found(shape), Found { has_head: loaded.halves.has_half, words, live });
        if operand == Operand::Keys {
            let Plan { last_chunk, last_tile, last_word, tile_words, masks, .. } = loaded.plan;
            let own = m.pack(&Turn { last_chunk, last_tile, last_word, tile_words, masks });
            let ends = loaded.order.tile.wraps;
            let turns = m.scope("turns", || ShiftQueue::new(m, own, ends, asked.releases, 2));
            m.assert("turns_have_room", !ends | turns.has_room);
            m.assert("turn_is_there", !asked.releases | turns.has_word);
            m.outputs(&turn(shape), m.unpack(&turn(shape), turns.front));
        }
    })
}

/// A chunk of a beat on its way into memory.
struct Loaded<'m> {
    plan: Plan<Signal<'m>>,
    order: Order<'m>,
    halves: Halves<'m>,
    /// A chunk is written.
    writes: Signal<'m>,
    /// The steps of the chunk, each with a bit for each token; those beyond its end are 0.
    steps: Vec<Signal<'m>>,
    /// The place of the word.
    word: Signal<'m>,
    /// The first lane of the word.
    lane: Signal<'m>,
    piece: Signal<'m>,
}

impl<'m> Loaded<'m> {
    fn new(m: &'m Module, shape: &Shape, releases: Signal<'m>) -> Loaded<'m> {
        let plans = m.input_stream("plan", &shape.plan());
        let spikes = m.input_stream("in", &shape.spikes());
        let ends = m.wire("job_ends", 1);
        let Slot { is_full, beat: plan } = Slot::new(m, "plan", &plans, &plans.payload, ends.value());
        let busy = m.reg("busy", 1).reset_to(0);
        let writes = busy.value();
        let chunk = counted(m, "chunk", plan.last_chunk, writes);
        let order = Order::new(m, shape, &plan, chunk.wraps);
        let ends_head = order.tile.wraps.named("head_ends");
        ends.drive(order.head.wraps);
        let halves = Halves::new(m, ends_head, releases);
        let is_free = !busy.value() | (chunk.is_last & !ends_head);
        spikes.set_ready((is_full & halves.has_room & is_free).named("is_ready"));
        let takes = spikes.fires();
        busy.enable(takes | chunk.wraps).set(takes);

        let beat = m.reg("words_of_beat", shape.rows * shape.time_steps).enable(takes | writes);
        let words = beat.value().split_lsb(shape.time_steps);
        let left: Vec<Signal> = words.iter().map(|word| *word << plan.steps).collect();
        beat.set(takes.mux(spikes.payload.spikes, m.concat_lsb(&left)));
        let steps = steps(m, shape, &plan, &words, order.beat.is_last);

        // The next chunk follows the words of this one; the next tile those of the last chunk.
        let base = |name: &str, width: u32, by: Signal<'m>| {
            let of_tile = m.reg(&format!("tile_{name}"), width).reset_to(0).enable(order.beat.wraps);
            let own = m.reg(&format!("chunk_{name}"), width).reset_to(0).enable(writes);
            let next = own.value() + by;
            let of_next_tile = next.gated(!ends_head);
            of_tile.set(of_next_tile);
            let again = order.beat.wraps.mux(of_next_tile, of_tile.value());
            own.set(chunk.is_last.mux(again, next));
            own.value()
        };
        let first_word = base("word", shape.word_bits(), plan.last_word + 1);
        let piece = base("piece", shape.piece_bits(), m.lit(1, shape.piece_bits()));
        let lane_bits = shape.lanes().ilog2();
        let place = m.reg("place", shape.word_bits() + lane_bits).reset_to(0).enable(order.column.wraps);
        let next = place.value() + fit(plan.lanes, place.value().width());
        place.set(next.gated(!order.beat.is_last));
        let word = first_word + place.value().high(shape.word_bits());
        Loaded { plan, order, halves, writes, steps, word, lane: place.value().low(lane_bits), piece }
    }
}

/// The steps of the chunk that comes first in the words of a beat.
fn steps<'m>(
    m: &'m Module,
    shape: &Shape,
    plan: &Plan<Signal<'m>>,
    words: &[Signal<'m>],
    is_last_beat: Signal<'m>,
) -> Vec<Signal<'m>> {
    let is_token = |row: usize| !is_last_beat | plan.last_row.ge(row as u64);
    let tokens = m.concat_lsb(&(0..words.len()).map(is_token).collect::<Vec<_>>()).named("tokens");
    let step = |lane: u32| {
        let bits = words.iter().map(|word| word.bit(shape.time_steps - 1 - lane));
        let is_of_chunk = plan.steps.gt(u64::from(lane));
        (m.concat_lsb(&bits.collect::<Vec<_>>()) & tokens).gated(is_of_chunk).named(&format!("step{lane}"))
    };
    (0..shape.lanes().min(shape.time_steps)).map(step).collect()
}

/// The memories of words. The first chunk of a word clears the rest of it.
fn words<'m>(
    m: &'m Module,
    shape: &Shape,
    operand: Operand,
    loaded: &Loaded<'m>,
    asked: &Asked<Signal<'m>>,
) -> Signal<'m> {
    let Loaded { lane, steps, halves, .. } = loaded;
    let data = m.concat_lsb(steps).zext(shape.width);
    let by = m.concat(&[*lane, m.zero(shape.rows.ilog2())]);
    let data = (data << by).named("word_of_chunk");
    let is_own = |index: u32| match u64::from(index) {
        0 => m.ones(1),
        index => loaded.plan.lanes.gt(index),
    };
    let own = m.concat_lsb(&(0..shape.lanes()).map(is_own).collect::<Vec<_>>());
    let mask = ((own << *lane) | (!lane.any()).repeat(shape.lanes())).named("lanes_written");

    let banks = operand.banks(shape);
    let column = loaded.order.column.value;
    let place = |word, half, column: Option<Signal<'m>>| match column {
        Some(column) => m.concat(&[word, half, column]),
        None => m.concat(&[word, half]),
    };
    let of_bank = banks.ilog2();
    let to = asked.column.map(|_| column.high(column.width() - of_bank));
    let (write, read) =
        (place(loaded.word, halves.write_half, to), place(asked.word, halves.read_half, asked.column));
    let depth = u64::from(shape.column_words) * 2 * u64::from(shape.columns / banks);
    let word = |bank: u32| {
        let is_own = if banks == 1 { m.ones(1) } else { column.low(of_bank).eq(u64::from(bank)) };
        let memory = m.memory(&format!("words{bank}"), shape.width, depth);
        memory.write_masked(loaded.writes & is_own, mask, write, data);
        let read = memory.read_at_clock(&format!("word{bank}"), read, Collision::Undefined);
        read.enable(asked.reads).value()
    };
    m.concat_lsb(&(0..banks).map(word).collect::<Vec<_>>())
}

/// Which columns have a spike in a piece.
fn live<'m>(m: &'m Module, shape: &Shape, loaded: &Loaded<'m>, piece: Signal<'m>) -> Signal<'m> {
    let Loaded { order, halves, steps, .. } = loaded;
    let any = m.concat_lsb(steps).any().named("has_spike");
    let memory = m.memory("live_columns", shape.columns, 2 * u64::from(shape.pieces));
    let own = m.lit(1, shape.columns) << order.column.value;
    // The first tokens set the bit, others only to 1.
    let writes = loaded.writes & (any | !order.beat.value.any());
    let place = m.concat(&[loaded.piece, halves.write_half]);
    memory.write_masked(writes, own, place, any.repeat(shape.columns));
    memory.read(m.concat(&[piece, halves.read_half]))
}

/// The memories of Q, a column of a tile in each.
pub struct Queries<'m> {
    /// The plan of the head that is written.
    pub plan: Plan<Signal<'m>>,
    /// A head is complete in this cycle.
    pub ends_head: Signal<'m>,
    /// A head is complete.
    pub has_head: Signal<'m>,
    /// The beats that were read a cycle ago, one for each column.
    pub beats: Vec<Signal<'m>>,
}

impl<'m> Queries<'m> {
    /// Loads `q`; reads the beats at `asked` where `reads` is 1, and frees the head where `releases` is 1.
    pub fn new(
        m: &'m Module,
        shape: &Shape,
        asked: Signal<'m>,
        reads: Signal<'m>,
        releases: Signal<'m>,
    ) -> Queries<'m> {
        let plans = m.input_stream("plan", &shape.plan());
        let spikes = m.input_stream("q", &shape.spikes());
        let ends = m.wire("job_ends", 1);
        let Slot { is_full, beat: plan } = Slot::new(m, "plan", &plans, &plans.payload, ends.value());
        let takes = spikes.fires();
        let order = Order::new(m, shape, &plan, takes);
        let halves = Halves::new(m, order.tile.wraps, releases);
        spikes.set_ready(is_full & halves.has_room);
        ends.drive(order.head.wraps);

        let place = m.reg("write_place", shape.query_bits()).reset_to(0).enable(order.column.wraps);
        place.set((place.value() + 1).gated(!order.tile.wraps));
        let write = m.concat(&[place.value(), halves.write_half]);
        let read = m.concat(&[asked, halves.read_half]);
        let beat = |column: u32| {
            let memory = m.memory(
                &format!("column{column}"),
                spikes.payload.spikes.width(),
                2 * u64::from(shape.query_words),
            );
            let is_own = order.column.value.eq(u64::from(column));
            memory.write(takes & is_own, write, spikes.payload.spikes);
            memory.read_at_clock(&format!("read{column}"), read, Collision::Undefined).enable(reads).value()
        };
        let beats = (0..shape.columns).map(beat).collect();
        Queries { plan, ends_head: order.tile.wraps, has_head: halves.has_half, beats }
    }
}

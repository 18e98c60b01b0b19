//! Columns of spikes into memories of two heads: one is written while the other is read.
//!
//! ```text
//! plan -----------+
//! spikes --> [beat] --> steps of chunks --> places in words --> [memories, 2 halves] --> words
//!                                      +--> any spike? ------> [live columns] ------> live
//! ```
//!
//! Several chunks of a beat are written in a cycle: chunk j of these to memory column + j, so that no memory takes two. The same
//! chunk of several columns, which is read at once, is in as many memories too.

use super::jobs::fit;
use super::loops::{Loop, Order, counted};
use super::shape::{Plan, Shape};
use crate::parameters::Parameters;
use crate::top::module;
use hdl::{Bundle, Collision, Design, Module, ModuleRef, Signal};
use parts::storage::halves::Halves;
use parts::storage::held::held;
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
    /// The place of the word in its column.
    pub word: T,
    /// The column in its tile, or the first one / units.
    pub column: Option<T>,
    /// The number of the chunk among those that are loaded at once.
    pub chunk: Option<T>,
    /// The tile.
    pub tile: T,
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
    /// The tile is complete.
    pub has_tile: T,
    /// Words that were read a cycle ago. Those of several columns: chunk j of the chunks that are loaded at once has the word of the
    /// first column in place j, and so on in a circle.
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
    /// Memories of words.
    fn banks(self, shape: &Shape) -> u32 {
        match self {
            Operand::Keys => shape.chunks_per_cycle(),
            Operand::Values => shape.units,
        }
    }

    /// Columns that are read at once.
    fn columns(self, shape: &Shape) -> u32 {
        match self {
            Operand::Keys => 1,
            Operand::Values => shape.units,
        }
    }

    /// What is read of it.
    pub fn asked(self, shape: &Shape) -> Asked<u32> {
        let columns = shape.columns / self.columns(shape);
        Asked {
            word: shape.word_bits(),
            column: (columns > 1).then(|| columns.ilog2()),
            chunk: (shape.chunks_per_cycle() > 1).then(|| shape.chunks_per_cycle().ilog2()),
            tile: shape.plan().last_tile,
            piece: shape.piece_bits(),
            reads: 1,
            releases: 1,
        }
    }

    /// What there is.
    pub fn found(self, shape: &Shape) -> Found<u32> {
        Found { has_tile: 1, words: self.columns(shape) * shape.width, live: shape.columns }
    }
}

/// What a reader counts up to.
pub fn turn(shape: &Shape) -> Turn<u32> {
    turn_of(&shape.plan())
}

fn turn_of<T: Copy>(plan: &Plan<T>) -> Turn<T> {
    let Plan { last_chunk, last_tile, last_word, tile_words, masks, .. } = *plan;
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
        let live = live(m, shape, &loaded, &asked);
        // The head that is read may be the one that is written.
        let is_read_early = loaded.order.tile.value.gt(asked.tile);
        let has_tile = loaded.halves.has_half | is_read_early;
        m.outputs(&operand.found(shape), Found { has_tile, words, live });
        if operand == Operand::Keys {
            let own = m.pack(&turn_of(&loaded.plan));
            let ends = loaded.order.tile.wraps;
            let turns = m.scope("turns", || ShiftQueue::new(m, own, ends, asked.releases, 2));
            m.assert("turns_have_room", !ends | turns.has_room);
            m.assert("turn_is_there", !asked.releases | turns.has_word);
            m.outputs(&turn(shape), m.unpack(&turn(shape), turns.has_word.mux(turns.front, own)));
        }
    })
}

/// Chunks of a beat on their way into memory.
struct Loaded<'m> {
    plan: Plan<Signal<'m>>,
    order: Order<'m>,
    halves: Halves<'m>,
    /// As many as are loaded at once: that of memory 0, and so on.
    chunks: Vec<Chunk<'m>>,
    /// The first lane of their words.
    lane: Signal<'m>,
}

/// A chunk of a beat.
struct Chunk<'m> {
    /// It is there.
    is_written: Signal<'m>,
    /// A bit for each token of each step; those beyond its end are 0.
    spikes: Signal<'m>,
    /// The place of its word.
    word: Signal<'m>,
    /// The tile x chunks + the chunk.
    piece: Signal<'m>,
}

impl<'m> Loaded<'m> {
    fn new(m: &'m Module, shape: &Shape, releases: Signal<'m>) -> Loaded<'m> {
        let plans = m.input_stream("plan", &shape.plan());
        let spikes = m.input_stream("in", &shape.spikes());
        let ends = m.wire("job_ends", 1);
        let Slot { is_full, beat: plan } = Slot::new(m, "plan", &plans, &plans.payload, ends.value());
        let busy = m.reg("busy", 1).reset_to(0);
        let round = Round::new(m, shape, &plan, busy.value());
        let order = Order::new(m, shape, &plan, round.wraps);
        let ends_head = order.tile.wraps.named("head_ends");
        ends.drive(order.head.wraps);
        let halves = Halves::new(m, ends_head, releases);
        let is_free = !busy.value() | (round.is_last & !ends_head);
        spikes.set_ready((is_full & halves.has_room & is_free).named("is_ready"));
        let takes = spikes.fires();
        busy.enable(takes | round.wraps).set(takes);
        let words = round.words(m, shape, spikes.payload.spikes, takes);

        // The chunks of a word follow each other, then come those of the next word, and those of the next tile.
        let lane_bits = shape.lanes().ilog2();
        let lane = m.reg("lane", lane_bits).reset_to(0).enable(order.column.wraps);
        let next_lane = lane.value().zext(lane_bits + 1) + plan.lanes;
        lane.set(next_lane.low(lane_bits).gated(!order.beat.is_last));
        let first = |name: &str, width: u32, moves: Signal<'m>| {
            let first = m.reg(name, width).reset_to(0).enable(moves);
            first.set((first.value() + fit(plan.last_chunk, width) + 1).gated(!ends_head));
            first.value()
        };
        let next_word = order.beat.wraps | (order.column.wraps & next_lane.msb());
        let firsts = [
            first("first_word", shape.word_bits(), next_word),
            first("first_piece", shape.piece_bits(), order.beat.wraps),
        ];
        let tokens = tokens(m, shape, &plan, order.beat.is_last);
        let chunk = |bank: u32| {
            m.scope(&format!("chunk{bank}"), || {
                let offset = (bank_bits(shape) > 0)
                    .then(|| m.lit(bank.into(), bank_bits(shape)) - order.column.value.low(bank_bits(shape)));
                round.chunk(m, shape, offset, &words, tokens, firsts)
            })
        };
        let chunks = (0..shape.chunks_per_cycle()).map(chunk).collect();
        Loaded { plan, order, halves, chunks, lane: lane.value() }
    }
}

/// Width of the number of a chunk among those that are loaded at once.
fn bank_bits(shape: &Shape) -> u32 {
    shape.chunks_per_cycle().ilog2()
}

/// The chunks of a beat that are loaded in a cycle.
struct Round<'m> {
    plan: Plan<Signal<'m>>,
    /// The beat is there.
    is_busy: Signal<'m>,
    /// The number of the round, if there can be several.
    number: Option<Loop<'m>>,
    /// It is the last one of the beat.
    is_last: Signal<'m>,
    /// It is the last one, and ends.
    wraps: Signal<'m>,
}

impl<'m> Round<'m> {
    fn new(m: &'m Module, shape: &Shape, plan: &Plan<Signal<'m>>, is_busy: Signal<'m>) -> Round<'m> {
        let bits = plan.last_chunk.width().saturating_sub(bank_bits(shape));
        let number = (bits > 0).then(|| counted(m, "round", plan.last_chunk.high(bits), is_busy));
        Round {
            plan: *plan,
            is_busy,
            number,
            is_last: number.map_or_else(|| m.ones(1), |number| number.is_last),
            wraps: number.map_or(is_busy, |number| number.wraps),
        }
    }

    /// The words of the beat, those of this round's chunks in their highest bits.
    fn words(&self, m: &'m Module, shape: &Shape, taken: Signal<'m>, takes: Signal<'m>) -> Vec<Signal<'m>> {
        let moves = self.number.map_or(takes, |_| takes | self.is_busy);
        let beat = m.reg("words_of_beat", taken.width()).enable(moves);
        let words = beat.value().split_lsb(shape.time_steps);
        let next = match self.number {
            None => taken,
            Some(_) => {
                let by = times_power(m, self.plan.steps, bank_bits(shape));
                takes.mux(taken, m.concat_lsb(&words.iter().map(|word| *word << by).collect::<Vec<_>>()))
            }
        };
        beat.set(next);
        words
    }

    /// A chunk of the round.
    fn chunk(
        &self,
        m: &'m Module,
        shape: &Shape,
        offset: Option<Signal<'m>>,
        words: &[Signal<'m>],
        tokens: Signal<'m>,
        [word, piece]: [Signal<'m>; 2],
    ) -> Chunk<'m> {
        let Plan { steps, last_chunk, .. } = self.plan;
        let own = |word: &Signal<'m>| offset.map_or(*word, |offset| *word << (offset * steps));
        let words: Vec<Signal> = words.iter().map(own).collect();
        let step = |lane: u32| {
            let bits = words.iter().map(|word| word.bit(shape.time_steps - 1 - lane));
            let is_of_chunk = steps.gt(u64::from(lane));
            (m.concat_lsb(&bits.collect::<Vec<_>>()) & tokens).gated(is_of_chunk)
        };
        let spikes: Vec<Signal> = (0..shape.lanes().min(shape.time_steps)).map(step).collect();

        let parts: Vec<Signal> = self.number.iter().map(|number| number.value).chain(offset).collect();
        let number = m.concat(&parts).named("number");
        let is_there = offset
            .map_or_else(|| m.ones(1), |offset| !self.is_last | offset.le(fit(last_chunk, offset.width())));
        Chunk {
            is_written: (self.is_busy & is_there).named("is_written"),
            spikes: m.concat_lsb(&spikes).named("spikes"),
            word: word + fit(number, word.width()),
            piece: piece + fit(number, piece.width()),
        }
    }
}

/// A number x 2^bits.
fn times_power<'m>(m: &'m Module, number: Signal<'m>, bits: u32) -> Signal<'m> {
    if bits == 0 { number } else { m.concat(&[number, m.zero(bits)]) }
}

/// Which rows of a beat are tokens.
fn tokens<'m>(m: &'m Module, shape: &Shape, plan: &Plan<Signal<'m>>, is_last_beat: Signal<'m>) -> Signal<'m> {
    let is_token = |row: u32| !is_last_beat | plan.last_row.ge(u64::from(row));
    m.concat_lsb(&(0..shape.rows).map(is_token).collect::<Vec<_>>()).named("tokens")
}

/// What of a column's number is in the address, where its lowest bits choose one of the memories.
fn above(column: Signal<'_>, banks: u32) -> Option<Signal<'_>> {
    let bits = column.width() - banks.ilog2();
    (bits > 0).then(|| column.high(bits))
}

/// The memories of words. The first chunk of a word clears the rest of it.
fn words<'m>(
    m: &'m Module,
    shape: &Shape,
    operand: Operand,
    loaded: &Loaded<'m>,
    asked: &Asked<Signal<'m>>,
) -> Signal<'m> {
    let Loaded { lane, halves, .. } = loaded;
    let by = m.concat(&[*lane, m.zero(shape.rows.ilog2())]);
    let data = |chunk: &Chunk<'m>| (chunk.spikes.zext(shape.width) << by).named("word_of_chunk");
    let data: Vec<Signal> = loaded.chunks.iter().map(data).collect();
    let is_own = |index: u32| match u64::from(index) {
        0 => m.ones(1),
        index => loaded.plan.lanes.gt(index),
    };
    let own = m.concat_lsb(&(0..shape.lanes()).map(is_own).collect::<Vec<_>>());
    let mask = ((own << *lane) | (!lane.any()).repeat(shape.lanes())).named("lanes_written");

    let banks = operand.banks(shape);
    let column = loaded.order.column.value;
    let place = |word, half, column: Option<Signal<'m>>| {
        m.concat(&[word, half].into_iter().chain(column).collect::<Vec<_>>())
    };
    let to = above(column, banks);
    let from = match operand {
        Operand::Keys => asked.column.and_then(|column| above(column, banks)),
        Operand::Values => asked.column,
    };
    let read = place(asked.word, halves.read_half, from);
    let depth = u64::from(shape.column_words) * 2 * u64::from(shape.columns / banks);
    let word = |bank: u32| {
        let number = bank % shape.chunks_per_cycle();
        let chunk = &loaded.chunks[number as usize];
        // Memories column, column + 1, ... take the chunks.
        let offset_bits = banks.ilog2() - bank_bits(shape);
        let is_near = if offset_bits == 0 {
            m.ones(1)
        } else {
            let offset = m.lit(bank.into(), banks.ilog2()) - column.low(banks.ilog2());
            !offset.high(offset_bits).any()
        };
        let memory = m.memory(&format!("words{bank}"), shape.width, depth);
        let write = place(chunk.word, halves.write_half, to);
        memory.write_masked(chunk.is_written & is_near, mask, write, data[number as usize]);
        let read = memory.read_at_clock(&format!("word{bank}"), read, Collision::Undefined);
        read.enable(asked.reads).value()
    };
    let words: Vec<Signal> = (0..banks).map(word).collect();
    match (operand, asked.column, asked.chunk) {
        (Operand::Keys, Some(column), Some(chunk)) => {
            let bank = held(m, "bank_read", column.low(bank_bits(shape)) + chunk, asked.reads);
            m.select(bank, &words)
        }
        (Operand::Keys | Operand::Values, _, _) => m.concat_lsb(&words),
    }
}

/// Which columns have a spike in a piece.
fn live<'m>(m: &'m Module, shape: &Shape, loaded: &Loaded<'m>, asked: &Asked<Signal<'m>>) -> Signal<'m> {
    let Loaded { order, halves, chunks, .. } = loaded;
    let banks = shape.chunks_per_cycle();
    let columns = shape.columns / banks;
    let own = match above(order.column.value, banks) {
        None => m.ones(1),
        Some(column) => m.lit(1, columns) << column,
    };
    let bits = |(bank, chunk): (u32, &Chunk<'m>)| {
        let any = chunk.spikes.any().named("has_spike");
        let memory = m.memory(&format!("live_columns{bank}"), columns, 2 * u64::from(shape.pieces));
        // The first tokens set the bit, others only to 1.
        let writes = chunk.is_written & (any | !order.beat.value.any());
        memory.write_masked(writes, own, m.concat(&[chunk.piece, halves.write_half]), any.repeat(columns));
        memory.read(m.concat(&[asked.piece, halves.read_half])).split_lsb(1)
    };
    let bits: Vec<Vec<Signal>> = (0..).zip(chunks).map(bits).collect();
    let near = |place: usize| {
        let near = m.concat_lsb(&bits.iter().map(|bits| bits[place]).collect::<Vec<_>>());
        asked.chunk.map_or(near, |chunk| near.rotate_right(chunk))
    };
    m.concat_lsb(&(0..columns as usize).map(near).collect::<Vec<_>>())
}

/// The memories of Q, a column of a tile in each.
pub struct Queries<'m> {
    /// The plan of the head that is written.
    pub plan: Plan<Signal<'m>>,
    /// It is the last one of its job.
    pub is_last_head: Signal<'m>,
    /// A head is complete in this cycle.
    pub ends_head: Signal<'m>,
    /// The beats of the tokens that are asked for are there.
    pub has_beat: Signal<'m>,
    /// The beats that were read a cycle ago, one for each column.
    pub beats: Vec<Signal<'m>>,
}

impl<'m> Queries<'m> {
    /// Loads `q`; reads the beats at `asked`, of the tokens of beat `beat`, where `reads` is 1, and frees the head where `releases` is 1.
    pub fn new(
        m: &'m Module,
        shape: &Shape,
        [asked, beat]: [Signal<'m>; 2],
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
        // The head that is read may be the one that is written.
        let is_read_early = (order.tile.is_last & order.beat.value.gt(beat)).named("is_read_early");
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
        Queries {
            plan,
            is_last_head: order.head.is_last,
            ends_head: order.tile.wraps,
            has_beat: halves.has_half | is_read_early,
            beats,
        }
    }
}

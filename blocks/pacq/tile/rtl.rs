//! Buffers and loops of tile engines.

use super::{ROWS, Shape, UNITS, WORDS};
use crate::common::rtl::store::Store;
use crate::pacq::held::held;
use hdl::{Module, Ram, Signal, Stream, bit_length, index_width};

/// Two halves of a buffer: a stream fills the one while the other is read.
pub struct DoubleBuffer<'m> {
    /// There is a half to read.
    pub has_half: Signal<'m>,
    /// The half that is read.
    pub read_half: Signal<'m>,
    /// The half that is written, and the number of the word in it.
    pub write_half: Signal<'m>,
    pub write_index: Signal<'m>,
    /// A half has room.
    pub has_room: Signal<'m>,
}

impl<'m> DoubleBuffer<'m> {
    /// Halves of `count` words, at least two: one is written where `write` is 1, which it may be where there is room;
    /// `release`: the half that is read is not needed any more.
    pub fn new(m: &'m Module, count: u32, write: Signal<'m>, release: Signal<'m>) -> DoubleBuffer<'m> {
        let index = m.reg("write_index", index_width(count.into())).reset_to(0).enable(write);
        let is_last = index.value().eq(u64::from(count) - 1).named("fills_half");
        index.set((index.value() + 1).gated(!is_last));
        let fills = (write & is_last).named("half_filled");
        let toggle = |name: &str, when: Signal<'m>| {
            let half = m.reg(name, 1).reset_to(0).enable(when);
            half.set(!half.value());
            half.value()
        };
        let halves = m.reg("halves", bit_length(2)).reset_to(0);
        let count = halves.value();
        halves.enable(fills ^ release).set(fills.mux(count + 1, count - 1));
        DoubleBuffer {
            has_half: count.any().named("has_half"),
            read_half: toggle("read_half", release),
            write_half: toggle("write_half", fills),
            write_index: index.value(),
            has_room: !count.bit(1),
        }
    }
}

/// The activations of a tile, in a memory for each unit: of each beat the activations that the units are to have.
pub struct Activations<'m> {
    /// A tile is there.
    pub has_tile: Signal<'m>,
    half: Signal<'m>,
    banks: Vec<Ram<'m>>,
}

impl<'m> Activations<'m> {
    /// Takes the channel `a`.
    pub fn new(m: &'m Module, shape: Shape, release: Signal<'m>) -> Activations<'m> {
        let input = m.input_stream("a", &shape.a());
        m.scope("a", || {
            let steps = shape.steps();
            let buffer = DoubleBuffer::new(m, ROWS * steps, input.fires(), release);
            input.set_ready(buffer.has_room);
            // The number of a beat: row of the unit, unit, step.
            let of_step = if steps > 1 { index_width(steps.into()) } else { 0 };
            let index = buffer.write_index;
            let unit = index.slice(of_step + 1, of_step);
            let row = index.high(2);
            let address = match of_step {
                0 => m.concat(&[buffer.write_half, row]),
                bits => m.concat(&[buffer.write_half, row, index.low(bits)]),
            };
            let bank = |number: u32| {
                let memory = m.memory(&format!("rows{number}"), shape.terms * 16, u64::from(2 * ROWS / UNITS * steps));
                memory.write(input.fires() & unit.eq(u64::from(number)), address, input.field("activations"));
                memory
            };
            let banks = (0..UNITS).map(bank).collect();
            Activations { has_tile: buffer.has_half, half: buffer.read_half, banks }
        })
    }

    /// What each unit reads in a step.
    pub fn read(&self, m: &'m Module, loops: &Loops<'m>) -> Vec<Signal<'m>> {
        let address = loops.address(m, &[self.half, loops.row]);
        self.banks.iter().map(|bank| bank.read(address)).collect()
    }
}

/// The steps of a tile in their order: for each column, for each of a unit's rows, along k.
pub struct Loops<'m> {
    /// Number of the beat along k; none where there is one only.
    step: Option<Signal<'m>>,
    /// Of the unit's rows.
    pub row: Signal<'m>,
    /// Of words, or of weights.
    pub column: Signal<'m>,
    /// The first step of its row and column.
    pub is_first_step: Signal<'m>,
    /// The last step of its row and column.
    pub is_last_step: Signal<'m>,
    /// The last step of the tile.
    pub is_last: Signal<'m>,
}

impl<'m> Loops<'m> {
    /// Goes on where `advance` is 1.
    pub fn new(m: &'m Module, shape: Shape, columns: u32, advance: Signal<'m>) -> Loops<'m> {
        let counter = |name: &str, count: u32, advance: Signal<'m>| {
            let counter = m.reg(name, index_width(count.into())).reset_to(0).enable(advance);
            // The counts are powers of two.
            counter.set(counter.value() + 1);
            counter.value()
        };
        let step = (shape.steps() > 1).then(|| counter("step", shape.steps(), advance));
        let is_last_step = step.map_or_else(|| m.ones(1), |step| step.all()).named("is_last_step");
        let is_first_step = step.map_or_else(|| m.ones(1), |step| !step.any()).named("is_first_step");
        let row = counter("row", ROWS / UNITS, advance & is_last_step);
        let is_last_row = (is_last_step & row.all()).named("is_last_row");
        let column = counter("column", columns, advance & is_last_row);
        let is_last = (is_last_row & column.all()).named("is_last_of_tile");
        Loops { step, row, column, is_first_step, is_last_step, is_last }
    }

    /// The given parts of an address, and the step below them.
    pub fn address(&self, m: &'m Module, parts: &[Signal<'m>]) -> Signal<'m> {
        m.concat(&parts.iter().copied().chain(self.step).collect::<Vec<_>>())
    }

    /// The place of the row and column among all that a unit has.
    pub fn place(&self, m: &'m Module) -> Signal<'m> {
        m.concat(&[self.column, self.row])
    }
}

/// What follows the tile that is worked on.
pub struct Tile<'m> {
    /// It is known.
    pub is_there: Signal<'m>,
    /// The group of scales ends with the tile.
    pub ends_group: Signal<'m>,
    /// The results end with the tile.
    pub ends_k: Signal<'m>,
}

impl<'m> Tile<'m> {
    /// Takes the channel `tile`; `done`: the tile ends.
    pub fn new(m: &'m Module, shape: Shape, done: Signal<'m>) -> Tile<'m> {
        let input = m.input_stream("tile", &shape.tile());
        let is_there = m.reg("tile_is_there", 1).reset_to(0);
        input.set_ready(!is_there.value() | done);
        let takes = input.fires();
        is_there.enable(takes | done).set(takes);
        let ends_k = held(m, "ends_k", input.field("ends_k"), takes);
        let ends_group = held(m, "ends_group", input.field("ends_group") | input.field("ends_k"), takes);
        Tile { is_there: is_there.value(), ends_group, ends_k }
    }
}

/// Scales and zero points of the columns of words of a group.
pub struct Scales<'m> {
    /// Those of a group are there.
    pub has_group: Signal<'m>,
    half: Signal<'m>,
    memory: Store<'m>,
    scale_bits: u32,
}

impl<'m> Scales<'m> {
    /// Takes the channel `scale`.
    pub fn new(m: &'m Module, shape: Shape, release: Signal<'m>) -> Scales<'m> {
        let input = m.input_stream("scale", &shape.scale());
        m.scope("scale", || {
            let buffer = DoubleBuffer::new(m, WORDS, input.fires(), release);
            input.set_ready(buffer.has_room);
            let (scales, zeros) = (input.field("scales"), input.field("zeros"));
            let memory = Store::new(m, "groups", scales.width() + zeros.width(), (2 * WORDS).into());
            let address = m.concat(&[buffer.write_half, buffer.write_index]);
            memory.write(input.fires(), address, m.concat(&[zeros, scales]));
            Scales { has_group: buffer.has_half, half: buffer.read_half, memory, scale_bits: scales.width() }
        })
    }

    /// The scales and zero points of a column of words.
    pub fn read(&self, m: &'m Module, column: Signal<'m>) -> (Signal<'m>, Signal<'m>) {
        let word = self.memory.read(m.concat(&[self.half, column])).named("group_scale");
        (word.low(self.scale_bits), word.high(word.width() - self.scale_bits))
    }
}

/// True where every one of the streams has a beat.
pub fn all_valid<'m>(m: &'m Module, streams: &[Stream<'m>]) -> Signal<'m> {
    m.concat_lsb(&streams.iter().map(Stream::valid).collect::<Vec<_>>()).all()
}

/// True where every one of the streams takes a beat.
pub fn all_ready<'m>(m: &'m Module, streams: &[Stream<'m>]) -> Signal<'m> {
    m.concat_lsb(&streams.iter().map(Stream::ready).collect::<Vec<_>>()).all()
}

/// Gives the rows of the units one after the other to the channel `out`; `values` are those of each unit, where `has_rows`
/// is 1, and `finish` is done to each. True in the cycle in which the last of them is taken.
pub fn rows_in_turn<'m>(
    m: &'m Module,
    output: &Stream<'m>,
    has_rows: Signal<'m>,
    values: &[Signal<'m>],
    finish: impl Fn(Signal<'m>) -> Signal<'m>,
) -> Signal<'m> {
    let unit = m.reg("out_unit", index_width(UNITS.into())).reset_to(0);
    output.set_valid(has_rows);
    output.set_field("results", finish(m.select(unit.value(), values)));
    unit.enable(output.fires()).set(unit.value() + 1);
    (output.fires() & unit.value().all()).named("rows_are_out")
}

//! Rows that begin at any byte, moved to the lowest lane, and from there.

use super::Axi4;
use super::reorder::Fetched;
use super::rows::Row;
use hdl::{Bundle, Design, Module, ModuleRef, Reg, Signal};

/// A beat of a matrix that was read.
#[derive(Clone, Copy, Bundle)]
pub struct MatrixBeat<T> {
    /// Bytes of a row from the lowest lane on; 0 beyond its end.
    pub data: T,
    /// The bytes that belong to the row, one bit each.
    pub keep: T,
    /// The last beat of a row.
    pub row_last: T,
    /// The last beat of the matrix.
    pub last: T,
    /// With `last`: a part of the matrix came with an error.
    pub error: T,
}

/// A beat of memory that is written.
#[derive(Clone, Copy, Bundle)]
pub(super) struct Stored<T> {
    /// The data.
    pub data: T,
    /// The bytes that are written, one bit each.
    pub strb: T,
}

/// The data of a beat.
#[derive(Clone, Copy, Bundle)]
pub struct Data<T> {
    /// Bytes of a row from the lowest lane on.
    pub data: T,
}

impl Axi4 {
    /// The widths of a beat of a matrix.
    pub fn matrix_beat(&self) -> MatrixBeat<u32> {
        MatrixBeat { data: self.data_bits, keep: self.bytes(), row_last: 1, last: 1, error: 1 }
    }

    pub(super) fn stored(&self) -> Stored<u32> {
        Stored { data: self.data_bits, strb: self.bytes() }
    }

    /// The width of the data of a beat.
    pub fn data(&self) -> Data<u32> {
        Data { data: self.data_bits }
    }

    /// The lanes from the lowest to this one.
    fn up_to<'m>(&self, m: &'m Module, lane: Signal<'m>) -> Signal<'m> {
        // The complement of a lane is its distance from the highest.
        m.ones(self.bytes()) >> !lane
    }

    /// The bits of `lane` bytes.
    fn bits_of<'m>(&self, m: &'m Module, lane: Signal<'m>) -> Signal<'m> {
        m.concat(&[lane, m.zero(3)])
    }
}

/// Which beat of a row is next.
struct Place<'m> {
    index: Reg<'m>,
    is_first: Signal<'m>,
    /// It is the last one in memory.
    is_end: Signal<'m>,
}

impl<'m> Place<'m> {
    fn new(m: &'m Module, row: &Row<Signal<'m>>) -> Place<'m> {
        let index = m.reg("index", row.beats.width()).reset_to(0);
        let is_first = !index.value().any();
        Place { index, is_first, is_end: index.value().eq(row.beats).named("is_end") }
    }

    fn move_on(&self, moves: Signal<'m>) {
        self.index.enable(moves).set((self.index.value() + 1).gated(!self.is_end));
    }
}

/// The module that moves the rows from where they lie in memory to the lowest lane. A row with an offset takes a beat to begin.
pub(super) fn align(design: &Design, shape: &Axi4) -> ModuleRef {
    design.module("dma_align", &shape.parts().each_ref().map(String::as_str), |m| {
        m.describe(
            "Moves the bytes of each row to the lowest lane. A row is used until its last beat leaves.",
        );
        let rows = m.input_stream("row", &shape.row());
        let input = m.input_stream("beat", &shape.fetched());
        let output = m.output_stream("out", &shape.matrix_beat());
        let row = rows.payload;
        let place = Place::new(m, &row);
        let Fetched { data, error } = input.payload;
        let is_moved = row.offset.any().named("is_moved");
        let is_flushing = m.reg("is_flushing", 1).reset_to(0);
        let begins = (is_moved & place.is_first).named("begins");
        let open = rows.valid() & !is_flushing.value();
        output.set_valid(is_flushing.value() | (open & input.valid() & !begins));
        input.set_ready(open & (begins | output.ready()));
        place.move_on(input.fires());
        let needs_flush = is_moved & !row.is_shorter;
        let row_last = (is_flushing.value() | (place.is_end & !needs_flush)).named("row_last");
        is_flushing.enable(input.fires() | output.fires()).set(input.fires() & place.is_end & needs_flush);
        rows.set_ready(output.fires() & row_last);

        let before = m.reg("before", shape.data_bits);
        before.enable(input.fires()).set(data);
        let pair = m.concat(&[data, is_moved.mux(before.value(), data)]);
        let moved = (pair >> shape.bits_of(m, row.offset)).low(shape.data_bits);
        let keep = row_last.mux(shape.up_to(m, row.tail), m.ones(shape.bytes())).named("keep");
        let mask: Vec<Signal> = keep.split_lsb(1).into_iter().map(|lane| lane.repeat(8)).collect();

        let has_failed = m.reg("has_failed", 1).reset_to(0);
        let last = (row_last & row.is_last).named("last");
        let fails = has_failed.value() | (input.fires() & error);
        has_failed.set(fails & !(output.fires() & last));
        let arrives_with_error = error & !is_flushing.value();
        output.set_payload(MatrixBeat {
            data: moved & m.concat_lsb(&mask),
            keep,
            row_last,
            last,
            error: last & (has_failed.value() | arrives_with_error),
        });
    })
}

/// The module that moves the rows from the lowest lane to where they lie in memory.
pub(super) fn place(design: &Design, shape: &Axi4) -> ModuleRef {
    design.module("dma_place", &shape.parts().each_ref().map(String::as_str), |m| {
        m.describe("Moves the bytes of each row from the lowest lane to their lanes in memory.");
        let rows = m.input_stream("row", &shape.row());
        let input = m.input_stream("in", &shape.data());
        let output = m.output_stream("out", &shape.stored());
        let (row, data) = (rows.payload, input.payload.data);
        let place = Place::new(m, &row);
        row.is_last.unused();
        let takes = !(place.is_end & row.is_shorter);
        output.set_valid(rows.valid() & (input.valid() | !takes));
        input.set_ready(rows.valid() & takes & output.ready());
        rows.set_ready(output.fires() & place.is_end);
        place.move_on(output.fires());

        let before = m.reg("before", shape.data_bits);
        before.enable(input.fires()).set(data);
        // Without a beat of its own, the last one must not follow the next row's.
        let pair = m.concat(&[data.gated(takes), before.value().gated(!place.is_first)]);
        let moved = (pair << shape.bits_of(m, row.offset)).high(shape.data_bits);
        let from = place.is_first.mux(m.ones(shape.bytes()) << row.offset, m.ones(shape.bytes()));
        let to = place.is_end.mux(shape.up_to(m, row.offset + row.tail), m.ones(shape.bytes()));
        output.set_payload(Stored { data: moved, strb: from & to });
    })
}

//! The rows of a command, one after the other.

use super::{Axi4, Command};
use hdl::{Bundle, Design, ModuleRef, Signal};

/// A row as it lies in memory, and in the stream, where its first byte is in the lowest lane.
#[derive(Clone, Copy, Bundle)]
pub(super) struct Row<T> {
    /// The lane of its first byte in memory.
    pub offset: T,
    /// Its beats in memory, less one.
    pub beats: T,
    /// It has one beat fewer in the stream than in memory.
    pub is_shorter: T,
    /// The lane of its last byte in the stream.
    pub tail: T,
    /// The last row of its command.
    pub is_last: T,
}

/// A row, and where it begins.
#[derive(Clone, Copy, Bundle)]
pub(super) struct RowAt<T> {
    /// Its first beat: the address without the bits of the lane.
    pub beat: T,
    /// The row.
    #[bundle(flatten)]
    pub row: Row<T>,
}

impl Axi4 {
    pub(super) fn row(&self) -> Row<u32> {
        Row {
            offset: self.lane_bits(),
            beats: (self.count_bits + 1).saturating_sub(self.lane_bits()).max(1),
            is_shorter: 1,
            tail: self.lane_bits(),
            is_last: 1,
        }
    }

    pub(super) fn row_at(&self) -> RowAt<u32> {
        RowAt { beat: self.beat_address_bits(), row: self.row() }
    }
}

/// What is kept of a command.
#[derive(Clone, Copy, Bundle)]
struct Kept<T> {
    row_bytes: T,
    rows: T,
    stride: T,
    tile_stride: T,
}

/// The module that turns commands into rows, a row a cycle.
pub(super) fn rows(design: &Design, shape: &Axi4) -> ModuleRef {
    design.module("dma_rows", &shape.parts().each_ref().map(String::as_str), |m| {
        m.describe("Turns a command of a DMA into the rows of its matrix, one per cycle.");
        let command = m.input_stream("command", &shape.command());
        let output = m.output_stream("row", &shape.row_at());
        let Command { address, row_bytes, rows, stride, tiles, tile_stride } = command.payload;
        let is_busy = m.reg("is_busy", 1).reset_to(0);
        command.set_ready(!is_busy.value());
        let has_rows = row_bytes.any() & rows.any() & tiles.any();
        m.assert("command_is_not_empty", !command.fires() | has_rows);
        let kept = m.hold("kept", &Kept { row_bytes, rows, stride, tile_stride }, command.fires());

        let [row_address, tile_address] =
            ["row_address", "tile_address"].map(|name| m.reg(name, address.width()));
        let [rows_left, tiles_left] = ["rows_left", "tiles_left"].map(|name| m.reg(name, rows.width()));
        let ends_tile = !rows_left.value().any();
        let is_last = (ends_tile & !tiles_left.value().any()).named("is_last");
        let next_tile =
            shape.within(tile_address.value(), |address| address + kept.tile_stride).named("next_tile");
        m.when(command.fires(), || {
            is_busy.set(has_rows);
            row_address.set(address);
            tile_address.set(address);
            rows_left.set(rows - 1);
            tiles_left.set(tiles - 1);
        })
        .else_when(output.fires(), || {
            is_busy.set(!is_last);
            m.when(ends_tile, || {
                row_address.set(next_tile);
                tile_address.set(next_tile);
                rows_left.set(kept.rows - 1);
                tiles_left.set(tiles_left.value() - 1);
            })
            .otherwise(|| {
                row_address.set(shape.within(row_address.value(), |address| address + kept.stride));
                rows_left.set(rows_left.value() - 1);
            });
        });

        output.set_valid(is_busy.value());
        let row = shape.row_from(row_address.value(), kept.row_bytes, is_last);
        let beat = row_address.value().high(shape.beat_address_bits());
        output.set_payload(RowAt { beat, row });
    })
}

impl Axi4 {
    /// A row of so many bytes at an address.
    fn row_from<'m>(&self, address: Signal<'m>, bytes: Signal<'m>, is_last: Signal<'m>) -> Row<Signal<'m>> {
        let lanes = self.lane_bits();
        let offset = address.low(lanes);
        let before = bytes - 1;
        // The bits above the lane, as many as the number of beats has.
        let beats = |last: Signal<'m>| {
            let width = self.row().beats + lanes;
            if last.width() < width { last.zext(width) } else { last }.high(self.row().beats)
        };
        let in_memory = beats(before.add_wide(offset));
        let in_stream = beats(before.zext(before.width().max(lanes) + 1));
        let tail = if before.width() < lanes { before.zext(lanes) } else { before.low(lanes) };
        Row { offset, beats: in_memory, is_shorter: in_memory.ne(in_stream), tail, is_last }
    }
}

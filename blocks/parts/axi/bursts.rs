//! The bursts of a row.

use super::Axi4;
use super::rows::Row;
use hdl::{Bundle, Design, ModuleRef};

/// A burst.
#[derive(Clone, Copy, Bundle)]
pub(super) struct Burst<T> {
    /// The address of its first beat, without the bits of the lane.
    pub beat: T,
    /// Its beats, less one.
    pub len: T,
    /// The first of its row.
    pub starts_row: T,
    /// The last of its row.
    pub ends_row: T,
    /// Its row.
    #[bundle(flatten)]
    pub row: Row<T>,
}

impl Axi4 {
    pub(super) fn bursts(&self) -> Burst<u32> {
        let (beat, len) = (self.beat_address_bits(), self.burst_bits());
        Burst { beat, len, starts_row: 1, ends_row: 1, row: self.row() }
    }
}

/// The module that cuts rows into bursts, one per cycle. It cuts where the address is a multiple of the longest burst, and so at
/// every boundary of 4 KiB.
pub(super) fn bursts(design: &Design, shape: &Axi4) -> ModuleRef {
    design.module("dma_bursts", &shape.parts().each_ref().map(String::as_str), |m| {
        m.describe(
            "Cuts the rows of a DMA into bursts, one per cycle, none of which crosses a boundary of 4 KiB.",
        );
        let input = m.input_stream("row", &shape.row_at());
        let output = m.output_stream("burst", &shape.bursts());
        let has_row = m.reg("has_row", 1).reset_to(0);
        let starts_row = m.reg("starts_row", 1);
        let beat = m.reg("beat", shape.beat_address_bits());
        // Beats of the row, less one.
        let left = m.reg("left", shape.row().beats);
        let width = left.value().width().max(shape.burst_bits());

        // Beats to the next boundary, less one.
        let room = (!beat.value().low(shape.burst_bits())).named("room");
        let ends_row = left.value().zext(width).le(room.zext(width)).named("ends_row");
        let all = left.value().zext(width).low(shape.burst_bits());
        let takes = (!has_row.value() | (output.fires() & ends_row)).named("takes");
        input.set_ready(takes);
        m.when(takes, || {
            has_row.set(input.valid());
            starts_row.set(1);
            beat.set(input.payload.beat);
            left.set(input.payload.row.beats);
        })
        .else_when(output.fires(), || {
            starts_row.set(0);
            let longest_burst = beat.value().high(shape.beat_address_bits() - shape.burst_bits());
            let boundary = shape.within(longest_burst, |address| address + 1);
            beat.set(m.concat(&[boundary, m.zero(shape.burst_bits())]));
            let rest = left.value().zext(width) - room.zext(width) - 1;
            left.set(rest.low(left.value().width()));
        });
        output.set_valid(has_row.value());
        output.set_payload(Burst {
            beat: beat.value(),
            len: ends_row.mux(all, room),
            starts_row: starts_row.value(),
            ends_row,
            row: m.hold("row", &input.payload.row, input.fires()),
        });
    })
}

//! The hardware.
//!
//! ```text
//! in --+--> [elements] --> [sums of a row] --+--> radicand --> [normalise] --> [inverse root] --> [roots] --+
//!      |                                     v                                                              v
//!      |                                  [rows] --------------+                                            |
//!      v                                                       v                                            v
//!   [buffer of rows] ------------------------> [length x - sum] --> [shift] --> [times root] --> [times gain, plus bias] --> out
//! ```

mod root;
mod scale;
mod sums;

use super::BLOCK;
use super::params::Params;
use crate::block::Hardware;
use crate::common::row_framing::RowFraming;
use crate::top::block;
use hdl::{Bundle, Design, Module, ModuleRef};
use parts::storage::buffer::Buffer;
use parts::storage::credit::Credit;
use parts::storage::fifo::Fifo;
use root::root;
use scale::{Front, scale};
use sums::total;

/// Rows that are complete and have not left.
const ROWS: u64 = 4;

impl Hardware for Params {
    fn build(&self, design: &Design) -> ModuleRef {
        let what = "LayerNorm or RMSNorm of rows of integers, with gains and biases.";
        let timing = format!(
            "Throughput: one beat per cycle. A row leaves {} cycles after its last beat, behind the rows before it.",
            self.latency()
        );
        block(design, &BLOCK, self, &[what, &timing], |m| layer_norm(m, self))
    }
}

impl Params {
    /// Cycles from the last beat of a row in to its first beat out.
    pub fn latency(&self) -> u32 {
        if self.is_refined() { 14 } else { 11 }
    }

    /// Beats in the buffer: a row leaves it while the next one enters.
    fn buffered(&self) -> u64 {
        u64::from(self.beats() + self.latency() + 2).next_power_of_two()
    }

    fn beat(&self) -> Beat<u32> {
        Beat { elements: self.lanes * self.input_bits, is_last: 1 }
    }
}

/// A beat that waits for the root of its row.
#[derive(Clone, Copy, Bundle)]
pub struct Beat<T> {
    elements: T,
    /// The row ends with it.
    is_last: T,
}

fn layer_norm(m: &Module, params: &Params) {
    let input = m.input_stream("in", &params.input());
    let gains = m.input_stream("affine", &params.gains());
    let output = m.output_stream("out", &params.output());
    let buffer = Buffer::new(m, "buffer", params.beat().packed_width(), params.buffered());
    let rows = Fifo::new(m, "rows", params.row().packed_width(), ROWS);
    let roots = Fifo::new(m, "roots", params.root().packed_width(), ROWS);
    let in_flight = Credit::new(m, "rows_in_flight", ROWS);
    let has_room = (buffer.has_room & in_flight.has_room).named("has_room");
    let framing = RowFraming::new(m, params.beats(), &input, input.payload.last, has_room);

    let (summed, totals) = total(m, params, &input.payload, &framing);
    let (rooted, new_root) = root(m, params, summed, &totals);
    let front = Front {
        is_ready: roots.has_word(),
        beat: m.unpack(&params.beat(), buffer.front),
        row: m.unpack(&params.row(), rows.front),
        root: m.unpack(&params.root(), roots.front),
    };
    let leaves = scale(m, params, &front, &gains, &output);

    let row_leaves = (leaves & front.beat.is_last).named("row_leaves");
    in_flight.finish(framing.takes & framing.ends, row_leaves);
    rows.finish(summed, m.pack(&totals.row), row_leaves);
    roots.finish(rooted, m.pack(&new_root), row_leaves);
    let elements = input.payload.elements;
    buffer.finish(framing.takes, m.pack(&Beat { elements, is_last: framing.ends }), leaves);
}

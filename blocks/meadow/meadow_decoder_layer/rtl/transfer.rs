//! Commands of a DMA: a matrix, or the rows of two by turns.

use crate::meadow::meadow_decoder_layer::params::{ADDRESS_BITS, COUNT_BITS, Params};
use hdl::{Bundle, Design, Module, ModuleRef, Signal};
use parts::axi::Command;

/// The rows of a matrix, and whose they are.
#[derive(Clone, Copy, Bundle)]
pub struct Side<T> {
    /// Byte address of the first row.
    pub address: T,
    /// Bytes from a row to the next.
    pub stride: T,
    /// Bytes of a row.
    pub row_bytes: T,
    /// Where the data goes or comes from.
    pub port: T,
}

/// A transfer: the tiles of `first`, or with `by_turns` a row of `first`, a row of `second`, and so on; with `at_once` those of both.
#[derive(Clone, Copy, Bundle)]
pub struct Transfer<T> {
    /// The matrix.
    pub first: Side<T>,
    /// The other one.
    pub second: Side<T>,
    /// Rows of a tile, or of each side.
    pub rows: T,
    /// Tiles; 1 with `by_turns`.
    pub tiles: T,
    /// Bytes from a tile to the next.
    pub tile_stride: T,
    /// There are two sides.
    pub by_turns: T,
    /// Stores, with on-chip memory: the same data goes to both sides, one of which is there and one outside.
    pub at_once: Option<T>,
}

impl<'m> Transfer<Signal<'m>> {
    /// So many rows of a matrix.
    pub fn of(m: &'m Module, first: Side<Signal<'m>>, rows: Signal<'m>) -> Transfer<Signal<'m>> {
        let (tiles, tile_stride) = (m.lit(1, COUNT_BITS), m.zero(ADDRESS_BITS));
        Transfer { first, second: first, rows, tiles, tile_stride, by_turns: m.zero(1), at_once: None }
    }
}

/// A command, and whose it is.
#[derive(Clone, Copy, Bundle)]
pub struct Routed<T> {
    /// The command.
    pub command: Command<T>,
    /// Where the data goes or comes from.
    pub port: T,
    /// It is the last one of its transfer.
    pub ends: T,
    /// As in [`Transfer`].
    pub at_once: Option<T>,
}

impl Params {
    /// An address as a DMA has it, in on-chip memory where `is_local` is 1.
    pub fn place<'m>(&self, m: &'m Module, address: Signal<'m>, is_local: Signal<'m>) -> Signal<'m> {
        if self.local_words > 0 { m.concat(&[is_local, address]) } else { address }
    }

    /// The widths of a transfer between `1 << port_bits` ports.
    pub fn transfer(&self, port_bits: u32) -> Transfer<u32> {
        let address = self.dma().address_bits;
        let side = Side { address, stride: ADDRESS_BITS, row_bytes: COUNT_BITS, port: port_bits };
        Transfer {
            first: side,
            second: side,
            rows: COUNT_BITS,
            tiles: COUNT_BITS,
            tile_stride: ADDRESS_BITS,
            by_turns: 1,
            at_once: None,
        }
    }

    /// The widths of a command of a transfer with these.
    pub fn routed(&self, transfer: &Transfer<u32>) -> Routed<u32> {
        let Transfer { first: Side { port, .. }, at_once, .. } = *transfer;
        Routed { command: self.dma().command(), port, ends: 1, at_once }
    }
}

/// The module that turns transfers of these widths into commands.
pub fn transfers(design: &Design, params: &Params, transfer: &Transfer<u32>) -> ModuleRef {
    let port_bits = transfer.first.port;
    let parts = [vec![format!("p{port_bits}")], params.memory_parts().split_off(1)].concat();
    design.module("meadow_transfers", &parts.iter().map(String::as_str).collect::<Vec<_>>(), |m| {
        m.describe(
            "Turns transfers into commands of a DMA: one, or one for each row of two matrices by turns.",
        );
        let input = m.input_stream("transfer", transfer);
        let output = m.output_stream("command", &params.routed(transfer));
        let is_busy = m.reg("is_busy", 1).reset_to(0);
        input.set_ready(!is_busy.value());
        let job = m.hold("job", &input.payload, input.fires());
        let is_second = m.reg("is_second", 1).reset_to(0);
        let [first, second] =
            ["first_address", "second_address"].map(|name| m.reg(name, params.dma().address_bits));
        let left = m.reg("rows_left", COUNT_BITS);
        let at_once = job.at_once.unwrap_or(m.zero(1));
        let is_whole = !job.by_turns & !at_once;
        let ends = (is_whole | (is_second.value() & (at_once | left.value().eq(1)))).named("ends");
        m.when(input.fires(), || {
            is_busy.set(1);
            is_second.set(0);
            first.set(input.payload.first.address);
            second.set(input.payload.second.address);
            left.set(input.payload.rows);
        })
        .else_when(output.fires(), || {
            is_busy.set(!ends);
            is_second.set(!is_second.value());
            m.when(is_second.value(), || {
                second.set(params.dma().within(second.value(), |address| address + job.second.stride));
                left.set(left.value() - 1);
            })
            .otherwise(|| {
                first.set(params.dma().within(first.value(), |address| address + job.first.stride));
            });
        });
        output.set_valid(is_busy.value());
        let side = is_second.value().mux_all(
            &Side { address: second.value(), ..job.second },
            &Side { address: first.value(), ..job.first },
        );
        let one = m.lit(1, COUNT_BITS);
        let command = Command {
            address: side.address,
            row_bytes: side.row_bytes,
            rows: job.by_turns.mux(one, job.rows),
            stride: side.stride,
            tiles: job.by_turns.mux(one, job.tiles),
            tile_stride: job.tile_stride,
        };
        output.set_payload(Routed { command, port: side.port, ends, at_once: job.at_once });
    })
}

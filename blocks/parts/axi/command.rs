//! What a DMA is told to transfer.

use super::Axi4;
use hdl::Bundle;

/// A matrix in memory, in the order in which an engine wants it: `tiles` times `rows` rows of `row_bytes` bytes each. Row r of
/// tile t begins at byte `address + t * tile_stride + r * stride`, modulo the size of the address space of its memory.
#[derive(Clone, Copy, Bundle)]
pub struct Command<T> {
    /// Address of the first byte; any.
    pub address: T,
    /// Bytes in a row, not 0.
    pub row_bytes: T,
    /// Rows in a tile, not 0.
    pub rows: T,
    /// Bytes from a row to the next, modulo the address space.
    pub stride: T,
    /// Tiles, not 0.
    pub tiles: T,
    /// Bytes from a tile to the next, modulo the address space.
    pub tile_stride: T,
}

impl Axi4 {
    /// The widths of a command.
    pub fn command(&self) -> Command<u32> {
        Command {
            address: self.address_bits,
            row_bytes: self.count_bits,
            rows: self.count_bits,
            stride: self.address_bits - self.select_bits,
            tiles: self.count_bits,
            tile_stride: self.address_bits - self.select_bits,
        }
    }
}

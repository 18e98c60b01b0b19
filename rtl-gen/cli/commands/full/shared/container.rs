//! The sizes of containers, as `pack --scheme` and `unpack` print them.

use crate::terminal::error::Error;
use blocks::meadow::packing::{self, Header};
use std::io::Write;

/// The level of `zstd -19`, the highest that its command takes without another option.
pub const ZSTD_LEVEL: i32 = 19;

/// What other codes make of the weights of a container.
pub struct Yardsticks {
    /// The order-0 entropy, in bits.
    pub entropy: f64,
    /// The bytes by zstd, where they are asked for.
    pub zstd: Option<usize>,
}

impl Yardsticks {
    /// Of the weights in the order of the matrix.
    pub fn of(weights: &[u8], compares_zstd: bool) -> Result<Yardsticks, Error> {
        let compressed = compares_zstd.then(|| zstd::bulk::compress(weights, ZSTD_LEVEL)).transpose();
        let compressed = compressed.map_err(|error| Error::io("compress with zstd", error))?;
        Ok(Yardsticks { entropy: packing::entropy(weights), zstd: compressed.map(|bytes| bytes.len()) })
    }
}

/// Prints where the bytes of a container go, with everything counted, beside those of its weights by other codes.
pub fn print_sizes(header: &Header, yardsticks: &Yardsticks, out: &mut dyn Write) -> Result<(), Error> {
    let (raw, packed) = (f64::from(header.count), header.container_bytes());
    let (table, payload) = (header.table_bytes() as u64, header.payload);
    let frame = packed - table - payload;
    writeln!(out, "  {} weights in {packed} bytes: ratio {:.4}", header.count, raw / packed as f64)?;
    writeln!(out, "  payload {payload}, table {table}, header, padding and CRC {frame} bytes")?;
    let least = yardsticks.entropy / 8.0;
    match least > 0.0 {
        true => writeln!(out, "  order-0 entropy {least:.0} bytes: ratio {:.4}", raw / least)?,
        false => writeln!(out, "  order-0 entropy 0 bytes: all weights are equal")?,
    }
    if let Some(bytes) = yardsticks.zstd {
        writeln!(out, "  zstd -{ZSTD_LEVEL} {bytes} bytes: ratio {:.4}", raw / bytes as f64)?;
    }
    Ok(())
}

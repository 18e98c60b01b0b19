//! The sizes of containers, as `pack --scheme` and `unpack` print them.

use crate::terminal::error::Error;
use blocks::meadow::packing::Header;
use std::io::Write;

/// Prints where the bytes of a container go, with everything counted, beside those of its weights and their entropy in bits.
pub fn print_sizes(header: &Header, entropy: f64, out: &mut dyn Write) -> Result<(), Error> {
    let (raw, packed) = (f64::from(header.count), header.container_bytes());
    let (table, payload) = (header.table_bytes() as u64, header.payload);
    let frame = packed - table - payload;
    writeln!(out, "  {} weights in {packed} bytes: ratio {:.4}", header.count, raw / packed as f64)?;
    writeln!(out, "  payload {payload}, table {table}, header, padding and CRC {frame} bytes")?;
    let least = entropy / 8.0;
    match least > 0.0 {
        true => writeln!(out, "  order-0 entropy {least:.0} bytes: ratio {:.4}", raw / least)?,
        false => writeln!(out, "  order-0 entropy 0 bytes: all weights are equal")?,
    }
    Ok(())
}

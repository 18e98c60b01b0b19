//! Sequences and checks over GF(2).

pub mod crc;
pub mod lfsr;

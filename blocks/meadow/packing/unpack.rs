//! The decoder: the golden model of the hardware, and what `gen-rtl unpack` runs.

use super::container::{CHECK_BYTES, HEADER_BYTES, Header, Scheme};
use super::huffman::{self, Code, TABLE_BYTES};
use super::meadow;
use std::fmt;

/// What is wrong with a container, the first fault that decoding meets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A field of the header, or one that the decoder does not support.
    Header(String),
    /// The table of codes.
    Table(String),
    /// A packet of `meadow` has a mode that the header does not list.
    Mode {
        /// Its number.
        packet: u64,
        /// The mode.
        mode: usize,
    },
    /// A packet of `meadow` has an ID that is not in the table.
    Id {
        /// Its number.
        packet: u64,
        /// The ID.
        id: usize,
    },
    /// The container ends before the last weight.
    Early,
    /// The CRC.
    Check {
        /// As the container has it.
        found: u32,
        /// As its bytes have it.
        expected: u32,
    },
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Header(what) => write!(f, "its header is wrong: {what}"),
            Fault::Table(what) => write!(f, "its table of codes is wrong: {what}"),
            Fault::Mode { packet, mode } => {
                write!(f, "packet {packet} has mode {mode}, which the header does not list")
            }
            Fault::Id { packet, id } => {
                write!(f, "packet {packet} has ID {id}, which is not in the table of chunks")
            }
            Fault::Early => write!(f, "it ends before its last weight: it is truncated"),
            Fault::Check { found, expected } => {
                write!(f, "its CRC is {found:08x}, but its bytes have {expected:08x}: it is damaged")
            }
        }
    }
}

impl std::error::Error for Fault {}

/// What a container holds, as far as it is right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded {
    /// Its header.
    pub header: Option<Header>,
    /// The weights before the fault, in stream order.
    pub weights: Vec<u8>,
    /// The first fault.
    pub fault: Option<Fault>,
}

/// Decodes as the hardware does, which takes what `supports` accepts: up to the first fault, and all bytes behind the last
/// weight but the CRC may be anything.
pub fn decode(bytes: &[u8], supports: impl Fn(&Header) -> Result<(), String>) -> Decoded {
    let mut weights = vec![];
    let header = match header(bytes, supports) {
        Ok(header) => header,
        Err(fault) => return Decoded { header: None, weights, fault: Some(fault) },
    };
    let fault = payload(bytes, &header, &mut weights).and_then(|()| check(bytes)).err();
    Decoded { header: Some(header), weights, fault }
}

fn header(bytes: &[u8], supports: impl Fn(&Header) -> Result<(), String>) -> Result<Header, Fault> {
    let header = Header::read(bytes.first_chunk::<HEADER_BYTES>().ok_or(Fault::Early)?)?;
    supports(&header).map_err(Fault::Header)?;
    Ok(header)
}

fn payload(bytes: &[u8], header: &Header, weights: &mut Vec<u8>) -> Result<(), Fault> {
    let count = header.count as usize;
    let payload = || bytes.get(header.scheme.payload_start()..).ok_or(Fault::Early);
    match &header.scheme {
        Scheme::Raw => {
            let payload = payload()?;
            weights.extend(&payload[..count.min(payload.len())]);
            if weights.len() < count { Err(Fault::Early) } else { Ok(()) }
        }
        Scheme::Meadow(dictionary) => {
            let table = &bytes[HEADER_BYTES..];
            let payload = payload()?;
            meadow::decode(payload, &table[..header.table_bytes()], dictionary, count, weights)
        }
        Scheme::Huffman { lanes, classes } => {
            let codes = codes(bytes, *classes)?;
            huffman::decode(payload()?, &codes, header.shape.k as usize, count, *lanes, weights)
        }
    }
}

fn codes(bytes: &[u8], classes: u32) -> Result<Vec<Code>, Fault> {
    let mut tables = bytes[HEADER_BYTES..].as_chunks::<TABLE_BYTES>().0.iter();
    (0..classes).map(|_| Code::read(tables.next().ok_or(Fault::Early)?)).collect()
}

fn check(bytes: &[u8]) -> Result<(), Fault> {
    let (body, found) = bytes.split_last_chunk::<CHECK_BYTES>().expect("there is a header");
    let (found, expected) = (u32::from_le_bytes(*found), crc32fast::hash(body));
    if found == expected { Ok(()) } else { Err(Fault::Check { found, expected }) }
}

/// The weights of a container in stream order, and its header. A container that the packer cannot have written is refused.
pub fn unpack(bytes: &[u8]) -> Result<(Header, Vec<u8>), Fault> {
    // A damaged size would be found as an early end or in the header, but the CRC says what happened.
    let Decoded { header, weights, fault } = decode(bytes, |_| Ok(()));
    if let Some(fault) = fault {
        return Err(fault);
    }
    let header = header.expect("there is no fault");
    let wrong = |what: String| Err(Fault::Header(what));
    if header.shape.count() != Some(header.count) {
        let (shape, count) = (header.shape, header.count);
        return wrong(format!("it has {count} weights, but {} inputs and {} outputs", shape.k, shape.n));
    }
    if bytes[..HEADER_BYTES] != header.write() {
        return wrong("a byte that must be 0 or 1 is not".into());
    }
    match header.container_bytes() == bytes.len() as u64 {
        true => Ok((header, weights)),
        false => {
            wrong(format!("it describes {} bytes, but there are {}", header.container_bytes(), bytes.len()))
        }
    }
}

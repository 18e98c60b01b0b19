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

/// A container while its bytes come: what it holds, as far as it is there and right.
#[derive(Default)]
pub struct Decoding {
    header: Option<Header>,
    payload: Option<Payload>,
    weights: Vec<u8>,
    fault: Option<Fault>,
}

/// The decoder of a scheme.
enum Payload {
    Raw,
    Meadow(meadow::Decoder),
    Huffman(huffman::Decoder),
}

impl Decoding {
    /// Its header.
    pub fn header(&self) -> Option<&Header> {
        self.header.as_ref()
    }

    /// Its weights in stream order.
    pub fn weights(&self) -> &[u8] {
        &self.weights
    }

    /// Decodes what can be decoded of the bytes so far, up to the first fault. `supports` refuses headers.
    pub fn advance(&mut self, bytes: &[u8], supports: impl Fn(&Header) -> Result<(), String>) {
        if self.fault.is_none() {
            // An early end is a fault only where no bytes follow.
            self.fault = self.decode(bytes, supports).err().filter(|fault| *fault != Fault::Early);
        }
    }

    /// The first fault of the whole container. All bytes behind the last weight but the CRC may be anything.
    pub fn end(&self, bytes: &[u8]) -> Option<Fault> {
        let is_whole = self.header.as_ref().is_some_and(|header| self.weights.len() == header.count as usize);
        match &self.fault {
            Some(fault) => Some(fault.clone()),
            None if is_whole => check(bytes).err(),
            None => Some(Fault::Early),
        }
    }

    fn decode(
        &mut self,
        bytes: &[u8],
        supports: impl Fn(&Header) -> Result<(), String>,
    ) -> Result<(), Fault> {
        if self.header.is_none() {
            let header = Header::read(bytes.first_chunk::<HEADER_BYTES>().ok_or(Fault::Early)?)?;
            supports(&header).map_err(Fault::Header)?;
            self.header = Some(header);
        }
        let header = self.header.as_ref().expect("it is there");
        if self.payload.is_none() {
            self.payload = Some(Payload::of(header, &bytes[HEADER_BYTES..])?);
        }
        let payload = bytes.get(header.scheme.payload_start()..).ok_or(Fault::Early)?;
        let (count, weights) = (header.count as usize, &mut self.weights);
        match self.payload.as_mut().expect("it is there") {
            Payload::Raw => {
                weights.extend(&payload[weights.len()..count.min(payload.len())]);
                if weights.len() < count { Err(Fault::Early) } else { Ok(()) }
            }
            Payload::Meadow(decoder) => decoder.advance(payload, count, weights),
            Payload::Huffman(decoder) => decoder.advance(payload, count, weights),
        }
    }
}

impl Payload {
    /// The decoder of a container, with its table, which the bytes begin with.
    fn of(header: &Header, bytes: &[u8]) -> Result<Payload, Fault> {
        match &header.scheme {
            Scheme::Raw => Ok(Payload::Raw),
            Scheme::Meadow(dictionary) => {
                let table = bytes.get(..header.table_bytes()).ok_or(Fault::Early)?;
                Ok(Payload::Meadow(meadow::Decoder::new(dictionary, table)))
            }
            Scheme::Huffman { lanes, classes } => {
                let mut tables = bytes.as_chunks::<TABLE_BYTES>().0.iter();
                let codes: Result<Vec<Code>, Fault> =
                    (0..*classes).map(|_| Code::read(tables.next().ok_or(Fault::Early)?)).collect();
                Ok(Payload::Huffman(huffman::Decoder::new(&codes?, header.shape.k as usize, *lanes)))
            }
        }
    }
}

fn check(bytes: &[u8]) -> Result<(), Fault> {
    let (body, found) = bytes.split_last_chunk::<CHECK_BYTES>().expect("there is a header");
    let (found, expected) = (u32::from_le_bytes(*found), crc32fast::hash(body));
    if found == expected { Ok(()) } else { Err(Fault::Check { found, expected }) }
}

/// The weights of a container in stream order, and its header. A container that the packer cannot have written is refused.
pub fn unpack(bytes: &[u8]) -> Result<(Header, Vec<u8>), Fault> {
    let mut decoding = Decoding::default();
    decoding.advance(bytes, |_| Ok(()));
    if let Some(fault) = decoding.end(bytes) {
        return Err(fault);
    }
    let Decoding { header, weights, .. } = decoding;
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

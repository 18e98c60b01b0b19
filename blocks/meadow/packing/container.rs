//! The header of a container, and the frame around table and payload.

use super::huffman::{CLASSES, LANES, TABLE_BYTES};
use super::unpack::Fault;
use std::fmt;
use std::ops::RangeInclusive;

/// The first bytes of a container.
pub const MAGIC: [u8; 4] = *b"WPAK";

/// Bytes of the header.
pub const HEADER_BYTES: usize = 64;

/// A container is a multiple of this many bytes, and so is each part of it.
pub const BLOCK_BYTES: usize = 64;

/// Bytes of the CRC.
pub const CHECK_BYTES: usize = 4;

/// The packet sizes of `meadow`, in bits.
pub const PACKET_BITS: [u32; 4] = [64, 128, 256, 512];

/// Unique chunks, and widths of an ID.
pub const UNIQUE: RangeInclusive<u32> = 1..=1 << 16;
pub const ID_BITS: RangeInclusive<u32> = 1..=16;
const MODES: RangeInclusive<usize> = 1..=16;

const VERSION: u8 = 1;

/// What the rows of a matrix in memory are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rows {
    /// A row for each output, as frameworks store weights.
    Outputs,
    /// A row for each input.
    Inputs,
}

/// Size and layout of a matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Inputs: the length of an inner product.
    pub k: u32,
    /// Outputs.
    pub n: u32,
    /// The layout in memory.
    pub rows: Rows,
}

/// A matrix that no container can hold, with its inputs and outputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShapeError {
    /// It has no weights.
    Empty(usize, usize),
    /// It has 2^32 weights or more.
    Large(usize, usize),
}

impl fmt::Display for ShapeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ShapeError::Empty(k, n) => write!(f, "the matrix has {k} inputs and {n} outputs: it is empty"),
            ShapeError::Large(k, n) => {
                write!(
                    f,
                    "the matrix has {k} inputs and {n} outputs: a container holds up to {} weights",
                    u32::MAX
                )
            }
        }
    }
}

impl std::error::Error for ShapeError {}

impl Shape {
    /// The shape of a matrix with this many rows and columns.
    pub fn of(rows: usize, columns: usize, kind: Rows) -> Result<Shape, ShapeError> {
        let (k, n) = match kind {
            Rows::Outputs => (columns, rows),
            Rows::Inputs => (rows, columns),
        };
        if k == 0 || n == 0 {
            return Err(ShapeError::Empty(k, n));
        }
        match (u32::try_from(k), u32::try_from(n)) {
            (Ok(k32), Ok(n32)) if k32.checked_mul(n32).is_some() => Ok(Shape { k: k32, n: n32, rows: kind }),
            _ => Err(ShapeError::Large(k, n)),
        }
    }

    /// Rows and columns in memory.
    pub fn in_memory(&self) -> (usize, usize) {
        match self.rows {
            Rows::Outputs => (self.n as usize, self.k as usize),
            Rows::Inputs => (self.k as usize, self.n as usize),
        }
    }

    /// Weights; `None` from 2^32 on.
    pub fn count(&self) -> Option<u32> {
        self.k.checked_mul(self.n)
    }
}

/// The parameters of `meadow`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dictionary {
    /// Weights in a chunk: 1 or 2.
    pub chunk: u32,
    /// Bits of a packet.
    pub packet_bits: u32,
    /// Unique chunks.
    pub unique: u32,
    /// The width of an ID in each mode.
    pub widths: Vec<u32>,
}

impl Dictionary {
    /// Bits of the mode.
    pub fn mode_bits(&self) -> u32 {
        (self.widths.len() - 1).checked_ilog2().map_or(0, |bit| bit + 1)
    }

    /// IDs of a width in a packet.
    pub fn ids(&self, width: u32) -> usize {
        ((self.packet_bits - self.mode_bits()) / width) as usize
    }
}

/// How the weights are stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// As bytes.
    Raw,
    /// As IDs of unique chunks, in packets.
    Meadow(Dictionary),
    /// As codes of bytes.
    Huffman {
        /// Codes that are decoded at once.
        lanes: u32,
        /// Classes of outputs, each with a code of its own: 1, 2 or 4.
        classes: u32,
    },
}

impl Scheme {
    /// Its name.
    pub fn name(&self) -> &'static str {
        match self {
            Scheme::Raw => "raw",
            Scheme::Meadow(_) => "meadow",
            Scheme::Huffman { .. } => "huffman",
        }
    }

    /// Bytes of its table, without those that fill the block.
    fn table_bytes(&self) -> usize {
        match self {
            Scheme::Raw => 0,
            Scheme::Meadow(dictionary) => (dictionary.unique * dictionary.chunk) as usize,
            Scheme::Huffman { classes, .. } => TABLE_BYTES * *classes as usize,
        }
    }

    /// Where the payload begins.
    pub fn payload_start(&self) -> usize {
        HEADER_BYTES + self.table_bytes().next_multiple_of(BLOCK_BYTES)
    }
}

/// What a header says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// The matrix.
    pub shape: Shape,
    /// Weights in the container.
    pub count: u32,
    /// How they are stored.
    pub scheme: Scheme,
    /// Bytes of the payload.
    pub payload: u64,
}

impl Header {
    /// Its bytes.
    pub fn write(&self) -> [u8; HEADER_BYTES] {
        let mut bytes = [0; HEADER_BYTES];
        let mut put = |place: usize, field: &[u8]| bytes[place..place + field.len()].copy_from_slice(field);
        put(0, &MAGIC);
        put(4, &[VERSION, self.scheme.code(), u8::from(self.shape.rows == Rows::Inputs)]);
        put(8, &self.shape.k.to_le_bytes());
        put(12, &self.shape.n.to_le_bytes());
        put(16, &self.count.to_le_bytes());
        match &self.scheme {
            Scheme::Raw => {}
            Scheme::Huffman { lanes, classes } => {
                put(7, &[*lanes as u8]);
                put(28, &[*classes as u8]);
            }
            Scheme::Meadow(dictionary) => {
                put(20, &(dictionary.packet_bits as u16).to_le_bytes());
                put(22, &[dictionary.chunk as u8, dictionary.widths.len() as u8]);
                put(24, &dictionary.unique.to_le_bytes());
                put(32, &dictionary.widths.iter().map(|width| *width as u8).collect::<Vec<_>>());
            }
        }
        put(48, &self.payload.to_le_bytes());
        bytes
    }

    /// Reads a header as the hardware does: fields that decoding does not need may be anything.
    pub fn read(bytes: &[u8; HEADER_BYTES]) -> Result<Header, Fault> {
        let wrong = |what: String| Err(Fault::Header(what));
        if bytes[..4] != MAGIC {
            return wrong(format!("it begins with {:02x?}: expected {MAGIC:02x?}", &bytes[..4]));
        }
        if bytes[4] != VERSION {
            return wrong(format!("its version is {}: expected {VERSION}", bytes[4]));
        }
        let scheme = match bytes[5] {
            0 => Scheme::Raw,
            1 => Scheme::Meadow(dictionary(bytes)?),
            2 => classes(bytes)?,
            other => return wrong(format!("its scheme is {other}: expected 0, 1 or 2")),
        };
        let count = u32_at(bytes, 16);
        if count == 0 {
            return wrong("it has no weights".into());
        }
        let rows = if bytes[6] == 0 { Rows::Outputs } else { Rows::Inputs };
        let shape = Shape { k: u32_at(bytes, 8), n: u32_at(bytes, 12), rows };
        let payload = u64::from(u32_at(bytes, 48)) | u64::from(u32_at(bytes, 52)) << 32;
        Ok(Header { shape, count, scheme, payload })
    }

    /// Bytes of the whole container.
    pub fn container_bytes(&self) -> u64 {
        let end = (self.scheme.payload_start() as u64)
            .saturating_add(self.payload)
            .saturating_add(CHECK_BYTES as u64);
        end.checked_next_multiple_of(BLOCK_BYTES as u64).unwrap_or(u64::MAX)
    }

    /// Bytes of its table, without those that fill the block.
    pub fn table_bytes(&self) -> usize {
        self.scheme.table_bytes()
    }

    /// The container around table and payload.
    pub fn frame(&self, table: &[u8], payload: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.container_bytes() as usize);
        bytes.extend(self.write());
        bytes.extend(table);
        bytes.resize(self.scheme.payload_start(), 0);
        bytes.extend(payload);
        bytes.resize(self.container_bytes() as usize - CHECK_BYTES, 0);
        let check = crc32fast::hash(&bytes);
        bytes.extend(check.to_le_bytes());
        bytes
    }
}

impl Scheme {
    fn code(&self) -> u8 {
        match self {
            Scheme::Raw => 0,
            Scheme::Meadow(_) => 1,
            Scheme::Huffman { .. } => 2,
        }
    }
}

fn classes(bytes: &[u8; HEADER_BYTES]) -> Result<Scheme, Fault> {
    let wrong = |what: String| Err(Fault::Header(what));
    let (lanes, classes, k) = (u32::from(bytes[7]), bytes[28], u32_at(bytes, 8));
    if !LANES.contains(&lanes) {
        return wrong(format!("it has {lanes} lanes: expected {LANES:?}"));
    }
    if !CLASSES.contains(&classes.into()) {
        return wrong(format!("it has {classes} classes: expected one of {CLASSES:?}"));
    }
    match classes > 1 && (k == 0 || !k.is_multiple_of(lanes)) {
        true => wrong(format!("it has classes, but {k} inputs are no multiple of {lanes} lanes")),
        false => Ok(Scheme::Huffman { lanes, classes: classes.into() }),
    }
}

fn dictionary(bytes: &[u8; HEADER_BYTES]) -> Result<Dictionary, Fault> {
    let wrong = |what: String| Err(Fault::Header(what));
    let packet_bits = u32::from(u16::from_le_bytes([bytes[20], bytes[21]]));
    if !PACKET_BITS.contains(&packet_bits) {
        return wrong(format!("a packet has {packet_bits} bits: expected one of {PACKET_BITS:?}"));
    }
    let chunk = u32::from(bytes[22]);
    if !matches!(chunk, 1 | 2) {
        return wrong(format!("a chunk has {chunk} weights: expected 1 or 2"));
    }
    let modes = usize::from(bytes[23]);
    if !MODES.contains(&modes) {
        return wrong(format!("it has {modes} modes: expected {MODES:?}"));
    }
    let widths: Vec<u32> = bytes[32..32 + modes].iter().map(|width| u32::from(*width)).collect();
    if let Some(width) = widths.iter().find(|width| !ID_BITS.contains(width)) {
        return wrong(format!("a mode has IDs of {width} bits: expected {ID_BITS:?}"));
    }
    let unique = u32_at(bytes, 24);
    if !UNIQUE.contains(&unique) {
        return wrong(format!("it has {unique} unique chunks: expected {UNIQUE:?}"));
    }
    Ok(Dictionary { chunk, packet_bits, unique, widths })
}

fn u32_at(bytes: &[u8; HEADER_BYTES], place: usize) -> u32 {
    u32::from_le_bytes([bytes[place], bytes[place + 1], bytes[place + 2], bytes[place + 3]])
}

//! The packer.

use super::container::{Dictionary, Header, PACKET_BITS, Scheme, Shape};
use super::huffman::{self, CLASSES, Classes, Code, LANES};
use super::meadow::{self, IdOrder};
use super::statistics::{self, OfBytes};
use std::fmt;

/// Which scheme to use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// `raw`.
    Raw,
    /// `meadow`, if it is not larger than `raw`.
    Meadow,
    /// `huffman`, if it is not larger than `raw`.
    Huffman,
    /// The smallest.
    Best,
}

/// How `meadow` numbers chunks and packs IDs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dictionaries {
    /// Weights in a chunk, 1 or 2; [`Choice::Best`] tries both.
    pub chunk: u32,
    /// Bits of a packet: 64, 128, 256 or 512.
    pub packet_bits: u32,
    /// Which chunks get small IDs.
    pub order: IdOrder,
    /// All packets have IDs of one width.
    pub is_fixed: bool,
}

impl Default for Dictionaries {
    fn default() -> Dictionaries {
        Dictionaries { chunk: 2, packet_bits: 256, order: IdOrder::Frequency, is_fixed: false }
    }
}

/// How to pack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// The scheme.
    pub choice: Choice,
    /// Lanes of `huffman`, 1 to 64: the weights that a decoder gives in a cycle.
    pub lanes: u32,
    /// Most classes of outputs of `huffman`, 1, 2 or 4.
    pub classes: u32,
    /// For `meadow`.
    pub dictionaries: Dictionaries,
}

/// An illegal option, with its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OptionsError {
    /// The number of lanes.
    Lanes(u32),
    /// The number of classes.
    Classes(u32),
    /// The weights in a chunk.
    Chunk(u32),
    /// The bits of a packet.
    PacketBits(u32),
    /// The number of weights given, where the shape has another.
    Weights(usize),
}

impl fmt::Display for OptionsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OptionsError::Lanes(lanes) => write!(f, "lanes is {lanes}: legal values are 1 to 64"),
            OptionsError::Classes(classes) => write!(f, "classes is {classes}: legal values are 1, 2 and 4"),
            OptionsError::Chunk(chunk) => write!(f, "chunk is {chunk}: legal values are 1 and 2"),
            OptionsError::PacketBits(bits) => {
                write!(f, "packet_bits is {bits}: legal values are 64, 128, 256 and 512")
            }
            OptionsError::Weights(count) => {
                write!(f, "there are {count} weights, which is not inputs x outputs")
            }
        }
    }
}

impl std::error::Error for OptionsError {}

/// A container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packed {
    /// What it says of itself.
    pub header: Header,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Where the chosen scheme is not used, being larger: its bytes.
    pub refused: Option<usize>,
}

/// The order-0 entropy of weights, in bits: the least size of a code that knows only how often each byte occurs.
pub fn entropy(weights: &[u8]) -> f64 {
    statistics::entropy(&statistics::of_bytes(weights))
}

/// Packs weights, which are in stream order.
pub fn pack(weights: &[u8], shape: Shape, options: &Options) -> Result<Packed, OptionsError> {
    let packer = Packer::new(weights, shape, options, None)?;
    let raw_bytes = packer.header(Scheme::Raw, weights.len()).container_bytes() as usize;
    let chosen = packer.packed();
    Ok(match options.choice == Choice::Raw || chosen.bytes.len() < raw_bytes {
        true => chosen,
        false => Packed { refused: Some(chosen.bytes.len()), ..packer.raw() },
    })
}

/// What tests of the hardware ask for, whether it is small or not: codes and modes of any kind, also in small matrices.
#[derive(Default)]
pub(crate) struct Force {
    /// The widths of the modes of `meadow`, ascending; the default ones if there are none.
    pub widths: Vec<u32>,
    /// Makes the lengths of codes random.
    pub seed: Option<u64>,
}

/// Packs by the scheme and with the number of classes that the options give, whatever the size.
pub(crate) fn pack_as_asked(
    weights: &[u8],
    shape: Shape,
    options: &Options,
    force: &Force,
) -> Result<Packed, OptionsError> {
    Ok(Packer::new(weights, shape, options, Some(force))?.packed())
}

impl Options {
    fn check(&self) -> Result<(), OptionsError> {
        let Dictionaries { chunk, packet_bits, .. } = self.dictionaries;
        match () {
            () if !LANES.contains(&self.lanes) => Err(OptionsError::Lanes(self.lanes)),
            () if !CLASSES.contains(&(self.classes as usize)) => Err(OptionsError::Classes(self.classes)),
            () if !matches!(chunk, 1 | 2) => Err(OptionsError::Chunk(chunk)),
            () if !PACKET_BITS.contains(&packet_bits) => Err(OptionsError::PacketBits(packet_bits)),
            () => Ok(()),
        }
    }
}

/// Weights to be packed.
struct Packer<'w> {
    weights: &'w [u8],
    shape: Shape,
    count: u32,
    options: &'w Options,
    force: Option<&'w Force>,
}

/// Weights as chunks.
struct Chunked {
    unique: Vec<u16>,
    dictionary: Dictionary,
    /// Bits that their IDs take at least.
    least_bits: u64,
}

impl<'w> Packer<'w> {
    fn new(
        weights: &'w [u8],
        shape: Shape,
        options: &'w Options,
        force: Option<&'w Force>,
    ) -> Result<Packer<'w>, OptionsError> {
        let count = shape.count().filter(|count| *count as usize == weights.len() && *count > 0);
        let count = count.ok_or(OptionsError::Weights(weights.len()))?;
        options.check()?;
        Ok(Packer { weights, shape, count, options, force })
    }

    fn packed(&self) -> Packed {
        match self.options.choice {
            Choice::Raw => self.raw(),
            Choice::Meadow => {
                let chunk = self.options.dictionaries.chunk;
                self.chunked(chunk, statistics::of_chunks(self.weights, chunk)).packed(self)
            }
            Choice::Huffman => self.coded(&self.classes().0),
            Choice::Best => self.best(),
        }
    }

    fn raw(&self) -> Packed {
        self.frame(Scheme::Raw, &[], self.weights)
    }

    fn header(&self, scheme: Scheme, payload: usize) -> Header {
        Header { shape: self.shape, count: self.count, scheme, payload: payload as u64 }
    }

    fn frame(&self, scheme: Scheme, table: &[u8], payload: &[u8]) -> Packed {
        let header = self.header(scheme, payload.len());
        let bytes = header.frame(table, payload);
        Packed { header, bytes, refused: None }
    }

    /// The smaller one of `huffman` and of `meadow` with either chunk. Only what can be the smallest is encoded.
    fn best(&self) -> Packed {
        let (classes, counts) = self.classes();
        let most = classes.most_bytes(self.options.lanes);
        let dictionaries =
            [self.chunked(1, counts.to_vec()), self.chunked(2, statistics::of_chunks(self.weights, 2))];
        let candidates = dictionaries
            .iter()
            .filter(|chunked| chunked.least_bytes() < most && chunked.likely_bytes(self.weights) < most);
        let mut best = self.coded(&classes);
        for chunked in candidates {
            let packed = chunked.packed(self);
            if packed.bytes.len() < best.bytes.len() {
                best = packed;
            }
        }
        best
    }

    fn classes(&self) -> (Classes, OfBytes) {
        let Options { lanes, classes, .. } = *self.options;
        let legal = CLASSES.into_iter().filter(|count| match self.force.is_some() {
            true => *count == classes as usize,
            false => *count <= classes as usize,
        });
        let code = |counts: &OfBytes| match self.force.and_then(|force| force.seed) {
            None => Code::of(counts),
            Some(seed) => Code::of(&statistics::scrambled(counts, seed)),
        };
        Classes::best(self.weights, self.shape.k as usize, lanes, &legal.collect::<Vec<_>>(), &code)
    }

    fn coded(&self, classes: &Classes) -> Packed {
        let lanes = self.options.lanes;
        let payload = huffman::encode(self.weights, classes, lanes);
        let scheme = Scheme::Huffman { lanes, classes: classes.codes.len() as u32 };
        self.frame(scheme, &classes.table(), &payload)
    }

    /// With chunks of which there are so many of each value.
    fn chunked(&self, chunk: u32, counts: Vec<u32>) -> Chunked {
        let Dictionaries { packet_bits, order, is_fixed, .. } = self.options.dictionaries;
        let unique = meadow::unique(self.weights, chunk, &counts, order);
        let widest = meadow::width(unique.len() as u32 - 1);
        let widths = match self.force.filter(|force| !force.widths.is_empty()) {
            Some(force) => force.widths.clone(),
            None if is_fixed => vec![widest],
            None => (1..=widest).collect(),
        };
        let least_bits = meadow::least_bits(&unique, &counts);
        let dictionary = Dictionary { chunk, packet_bits, unique: unique.len() as u32, widths };
        Chunked { unique, dictionary, least_bits }
    }
}

/// Of a large matrix, one span of so many weights in every [`SAMPLED`] is packed to see whether `meadow` is worth it.
const SPAN: usize = 1 << 15;
const SAMPLED: usize = 16;

impl Chunked {
    /// No container of it is smaller, header and CRC apart.
    fn least_bytes(&self) -> u64 {
        self.least_bits / 8 + u64::from(self.dictionary.unique * self.dictionary.chunk)
    }

    /// The bytes of a large matrix, less 1/16, from a part of it.
    fn likely_bytes(&self, weights: &[u8]) -> u64 {
        if weights.len() <= SPAN * SAMPLED {
            return 0;
        }
        let (mut bytes, mut count) = (0, 0);
        for span in weights.chunks(SPAN).step_by(SAMPLED) {
            bytes += meadow::encode(span, &self.unique, &self.dictionary).len() as u64;
            count += span.len() as u64;
        }
        bytes * weights.len() as u64 / count * 15 / 16
    }

    fn packed(&self, packer: &Packer) -> Packed {
        let payload = meadow::encode(packer.weights, &self.unique, &self.dictionary);
        let table = meadow::table(&self.unique, self.dictionary.chunk);
        packer.frame(Scheme::Meadow(self.dictionary.clone()), &table, &payload)
    }
}

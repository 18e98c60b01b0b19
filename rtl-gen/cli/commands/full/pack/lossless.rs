//! `gen-rtl pack --scheme`: int8 matrices in fewer bytes, without loss.

use crate::commands::full::shared::{Yardsticks, ZSTD_LEVEL, print_sizes, write_many};
use crate::files::folder;
use crate::terminal::error::{Error, Outcome};
use crate::weights::int8::{Int8, Matrices};
use crate::weights::names;
use blocks::meadow::packing::{self, Choice, Dictionaries, Header, IdOrder, Rows, Shape};
use clap::{Args, ValueEnum, value_parser};
use std::io::Write;
use std::path::Path;

/// The options of `--scheme`.
#[derive(Args)]
#[command(next_help_heading = "Lossless packing of int8 weights")]
pub struct Lossless {
    /// Pack int8 weights without loss, by this scheme
    #[arg(
        long,
        value_name = "SCHEME",
        conflicts_with_all = ["bits", "group", "group_n", "from", "requantise"]
    )]
    scheme: Option<Scheme>,
    /// huffman: weights that the hardware decodes in a cycle, 1 to 64 [default: 16]
    #[arg(long, value_name = "N", value_parser = value_parser!(u32).range(1..=64), requires = "scheme")]
    lanes: Option<u32>,
    /// huffman: most classes of outputs, each with a code of its own: 1, 2 or 4 [default: 4]
    #[arg(long, value_name = "N", requires = "scheme")]
    classes: Option<u32>,
    /// meadow: weights in a chunk, 1 or 2; `best` tries both [default: 2]
    #[arg(long, value_name = "N", value_parser = value_parser!(u32).range(1..=2), requires = "scheme")]
    chunk: Option<u32>,
    /// meadow: bits of a packet: 64, 128, 256 or 512 [default: 256]
    #[arg(long, value_name = "BITS", requires = "scheme")]
    packet_bits: Option<u32>,
    /// meadow: which chunks get the small IDs [default: frequency]
    #[arg(long, value_name = "ORDER", requires = "scheme")]
    ids: Option<Ids>,
    /// meadow: IDs of one width, or of a width for each packet [default: packets]
    #[arg(long, value_name = "WIDTH", requires = "scheme")]
    width: Option<Width>,
    /// Also print the size that zstd -19 makes of the weights; slow, about 2 MB/s a core
    #[arg(long, requires = "scheme")]
    pub compare_zstd: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Scheme {
    /// The smallest of the others
    Best,
    /// Canonical Huffman code of at most 12 bits, in lanes
    Huffman,
    /// IDs of unique chunks, in packets (MEADOW)
    Meadow,
    /// As they are
    Raw,
}

#[derive(Clone, Copy, ValueEnum)]
enum Ids {
    /// Those that occur most often
    Frequency,
    /// Those that occur first
    FirstSeen,
    /// Those of small values
    Value,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Width {
    /// A width for each packet
    Packets,
    /// One width
    Fixed,
}

/// A packed matrix, without its bytes.
struct Done {
    header: Header,
    yardsticks: Yardsticks,
    note: Option<String>,
}

impl Lossless {
    /// The options of the packer, where `--scheme` is given.
    pub fn options(&self) -> Option<packing::Options> {
        let choice = match self.scheme? {
            Scheme::Best => Choice::Best,
            Scheme::Huffman => Choice::Huffman,
            Scheme::Meadow => Choice::Meadow,
            Scheme::Raw => Choice::Raw,
        };
        let default = Dictionaries::default();
        let dictionaries = Dictionaries {
            chunk: self.chunk.unwrap_or(default.chunk),
            packet_bits: self.packet_bits.unwrap_or(default.packet_bits),
            order: match self.ids.unwrap_or(Ids::Frequency) {
                Ids::Frequency => IdOrder::Frequency,
                Ids::FirstSeen => IdOrder::FirstSeen,
                Ids::Value => IdOrder::Value,
            },
            is_fixed: self.width == Some(Width::Fixed),
        };
        let (lanes, classes) = (self.lanes.unwrap_or(16), self.classes.unwrap_or(4));
        Some(packing::Options { choice, lanes, classes, dictionaries })
    }
}

/// Matrices to be packed, and how.
pub struct Job<'j> {
    pub matrices: Matrices,
    pub options: &'j packing::Options,
    pub rows: Rows,
    pub compares_zstd: bool,
    pub to: &'j Path,
}

impl Job<'_> {
    /// Packs one matrix: the one of this name, or the only one.
    pub fn pack(&self, tensor: Option<&str>, out: &mut dyn Write) -> Result<Outcome, Error> {
        let name = tensor.map_or_else(|| self.matrices.only(), |name| Ok(name.into()))?;
        let done = self.pack_one(&name, self.to)?;
        writeln!(out, "{}: {}", self.to.display(), done.summary())?;
        print_sizes(&done.header, &done.yardsticks, out)?;
        done.note.iter().try_for_each(|note| writeln!(out, "  {note}"))?;
        Ok(Outcome::Done)
    }

    /// Packs all matrices, each into a file of a new folder.
    pub fn pack_all(&self, out: &mut dyn Write) -> Result<Outcome, Error> {
        let (layers, left) = self.matrices.names();
        if layers.is_empty() {
            self.matrices.only()?;
        }
        let one = |name: &str, file: &Path, shown: &Path| {
            let done = self.pack_one(name, file)?;
            let (raw, packed) = (f64::from(done.header.count), done.header.container_bytes());
            let line = format!("{}: {}, ratio {:.4}", shown.display(), done.summary(), raw / packed as f64);
            Ok((line, done))
        };
        let done = write_many(&layers, "wpak", self.to, one)?;
        done.iter().try_for_each(|(line, _)| writeln!(out, "{line}"))?;
        let sum = |of: &dyn Fn(&Done) -> f64| done.iter().map(|(_, done)| of(done)).sum::<f64>();
        let raw = sum(&|done| done.header.count.into());
        let packed = sum(&|done| done.header.container_bytes() as f64);
        let least = sum(&|done| done.yardsticks.entropy) / 8.0;
        writeln!(out, "  all: {raw} weights in {packed} bytes: ratio {:.4}", raw / packed)?;
        writeln!(out, "  order-0 entropy of each {least:.0} bytes: ratio {:.4}", raw / least)?;
        if self.compares_zstd {
            let zstd = sum(&|done| done.yardsticks.zstd.map_or(0.0, |bytes| bytes as f64));
            writeln!(out, "  zstd -{ZSTD_LEVEL} of each {zstd} bytes: ratio {:.4}", raw / zstd)?;
        }
        if !left.is_empty() {
            writeln!(out, "  left out: {}", names::first(left.iter().map(String::as_str)))?;
        }
        Ok(Outcome::Done)
    }

    fn pack_one(&self, name: &str, file: &Path) -> Result<Done, Error> {
        let Int8 { rows, columns, values } = self.matrices.read(name)?;
        let path = self.matrices.path().display();
        let what = if name.is_empty() { path.to_string() } else { format!("`{name}` of {path}") };
        let wrong = |error: &dyn std::error::Error| Error::new(format!("{what}: {error}"));
        let shape = Shape::of(rows, columns, self.rows).map_err(|error| wrong(&error))?;
        let stream = shape.stream(&values);
        let packed = packing::pack(&stream, shape, self.options).map_err(|error| wrong(&error))?;
        let yardsticks = Yardsticks::of(&values, self.compares_zstd)?;
        folder::write_file(file, &packed.bytes)?;
        let note = |bytes| format!("as it is: by the scheme it would have {bytes} bytes");
        Ok(Done { header: packed.header, yardsticks, note: packed.refused.map(note) })
    }
}

impl Done {
    fn summary(&self) -> String {
        let Shape { k, n, .. } = self.header.shape;
        let scheme = match &self.header.scheme {
            packing::Scheme::Raw => String::new(),
            packing::Scheme::Huffman { lanes, classes } => format!(", {lanes} lanes, classes: {classes}"),
            packing::Scheme::Meadow(dictionary) => {
                format!(", {} unique chunks of {}", dictionary.unique, dictionary.chunk)
            }
        };
        format!("{k} inputs x {n} outputs, {}{scheme}", self.header.scheme.name())
    }
}

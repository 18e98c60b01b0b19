//! A product in a memory.

use super::{Counts, UNKNOWN};
use crate::common::memory::Memory;
use crate::pacq::pacq_core::job::{Job, Matrix, Outcome};
use crate::pacq::pacq_core::params::Params;
use crate::pacq::pacq_gemm::Sizes;
use crate::pacq::pacq_group_scale::model::result;
use crate::pacq::pacq_tile::model::product;
use crate::pacq::tile::golden::{Scale, groups};
use crate::pacq::tile::{DEPTH, ROWS, WORDS};

/// How a product ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ended {
    /// In which way, if that does not depend on time.
    pub outcome: Option<Outcome>,
    /// What is counted, as far as it does not depend on time.
    pub counts: Counts<Option<u32>>,
}

/// The blocks of a product that takes longer than any test.
const ENDLESS: u64 = 4096;

/// Whether it is such a product.
pub fn is_endless(job: &Job<u64>) -> bool {
    job.m.div_ceil(ROWS.into()) >= ENDLESS
}

/// Beats of a row on the bus.
fn beats(address: u64, row_bytes: u64, bytes: u64) -> u64 {
    (address % bytes + row_bytes).div_ceil(bytes)
}

impl Matrix<u64> {
    /// The address of a byte of a row.
    fn at(&self, row: u64, byte: u64) -> u64 {
        (self.address + row * self.stride + byte) % (1 << 32)
    }
}

/// A part of a matrix, as it is read or written.
#[derive(Clone, Copy)]
struct Part {
    matrix: Matrix<u64>,
    first_row: u64,
    rows: u64,
    first_byte: u64,
    row_bytes: u64,
}

impl Part {
    fn starts(self) -> impl Iterator<Item = u64> {
        (self.first_row..self.first_row + self.rows).map(move |row| self.matrix.at(row, self.first_byte))
    }

    /// Beats of its rows on the bus.
    fn beats(self, bytes: u64) -> u64 {
        self.starts().map(|address| beats(address, self.row_bytes, bytes)).sum()
    }

    /// Beats of its rows, each from its first byte on.
    fn aligned_beats(self, bytes: u64) -> u64 {
        self.rows * self.row_bytes.div_ceil(bytes)
    }

    fn read(self, memory: &mut Memory) -> Vec<Vec<u8>> {
        self.starts().map(|address| memory.read(address, self.row_bytes as usize)).collect()
    }

    /// Whether a read of it fails.
    fn fails(self, memory: &Memory) -> bool {
        self.starts()
            .any(|address| (address..address + self.row_bytes).any(|byte| memory.byte(byte).is_none()))
    }
}

/// The parts of a product.
struct Parts<'p> {
    params: &'p Params,
    job: Job<u64>,
    sizes: Sizes,
}

impl Parts<'_> {
    fn new<'p>(params: &'p Params, job: &Job<u64>) -> Parts<'p> {
        let Job { m, n, k, group, .. } = *job;
        let sizes = Sizes { m: m as u32, n: n as u32, k: k as u32, group: group as u32 };
        Parts { params, job: *job, sizes }
    }

    /// The first rows of panels.
    fn panels(&self) -> impl Iterator<Item = u64> + use<> {
        (0..self.job.m).step_by(self.params.rows as usize)
    }

    /// The first columns of strips.
    fn strips(&self) -> impl Iterator<Item = u64> + use<> {
        (0..self.job.n).step_by(self.params.strip() as usize)
    }

    fn groups(&self) -> u64 {
        self.sizes.group_ends().len() as u64
    }

    fn a(&self, panel: u64) -> Part {
        let rows = (self.job.m - panel).min(self.params.rows.into());
        Part { matrix: self.job.a, first_row: panel, rows, first_byte: 0, row_bytes: 2 * self.job.k }
    }

    /// Words, scales and zero points of a strip.
    fn of_strip(&self, strip: u64) -> [Part; 3] {
        let shape = self.params.tile.shape();
        let (lanes, group_n) = (u64::from(shape.lanes()), u64::from(shape.group_n));
        let columns = (self.job.n - strip).min(self.params.strip().into());
        let part = |matrix, rows, unit: u64, bytes: u64| Part {
            matrix,
            first_row: 0,
            rows,
            first_byte: strip / unit * bytes,
            row_bytes: columns.div_ceil(unit) * bytes,
        };
        [
            part(self.job.b, self.job.k, lanes, 2),
            part(self.job.scales, self.groups(), group_n, 2),
            part(self.job.zeros, self.groups(), group_n, 1),
        ]
    }

    /// The blocks of results, in the order in which they are written.
    fn blocks(&self) -> Vec<Part> {
        let bytes = u64::from(self.params.result_bits() / 8);
        let mut blocks = vec![];
        for panel in self.panels() {
            let panel_end = (panel + u64::from(self.params.rows)).min(self.job.m);
            for column in (0..self.job.n).step_by(self.params.block_columns() as usize) {
                let columns = (self.job.n - column).min(self.params.block_columns().into());
                for row in (panel..panel_end).step_by(ROWS as usize) {
                    blocks.push(Part {
                        matrix: self.job.c,
                        first_row: row,
                        rows: (panel_end - row).min(ROWS.into()),
                        first_byte: column * bytes,
                        row_bytes: columns * bytes,
                    });
                }
            }
        }
        blocks
    }

    /// All operands, in the order in which they are read.
    fn operands(&self) -> Vec<Part> {
        let of_panel =
            |panel| [self.a(panel)].into_iter().chain(self.strips().flat_map(|strip| self.of_strip(strip)));
        self.panels().flat_map(of_panel).collect()
    }

    fn counts(&self) -> Counts<Option<u32>> {
        let bytes = self.params.bytes().into();
        let total = |parts: &[Part], beats: &dyn Fn(Part) -> u64| {
            Some(parts.iter().map(|part| beats(*part)).sum::<u64>() as u32)
        };
        let a: Vec<Part> = self.panels().map(|panel| self.a(panel)).collect();
        let strips: Vec<[Part; 3]> =
            self.panels().flat_map(|_| self.strips()).map(|strip| self.of_strip(strip)).collect();
        let b: Vec<Part> = strips.iter().map(|[words, ..]| *words).collect();
        let scales: Vec<Part> = strips.iter().flat_map(|[_, scales, zeros]| [*scales, *zeros]).collect();
        let on_bus = |part: Part| part.beats(bytes);
        let aligned = |part: Part| part.aligned_beats(bytes);
        Counts {
            read_beats: total(&self.operands(), &on_bus),
            written_beats: total(&self.blocks(), &on_bus),
            a_beats: total(&a, &aligned),
            b_beats: total(&b, &aligned),
            scale_beats: total(&scales, &aligned),
            ..UNKNOWN
        }
    }
}

/// Forgets the results, of which some may be written.
pub fn forget(memory: &mut Memory, params: &Params, job: &Job<u64>) {
    // A product without an end writes the same rows again and again.
    let rows = if job.c.stride == 0 { 1 } else { job.m };
    let row_bytes = job.n * u64::from(params.result_bits() / 8);
    let part = Part { matrix: job.c, first_row: 0, rows, first_byte: 0, row_bytes };
    memory.writes_unknown = true;
    part.starts().for_each(|address| memory.write(address, &vec![0; row_bytes as usize]));
    memory.writes_unknown = false;
}

/// Runs a legal product.
pub fn run(memory: &mut Memory, params: &Params, job: &Job<u64>) -> Ended {
    let parts = Parts::new(params, job);
    let blocks = parts.blocks();
    let failure = parts.operands().iter().position(|part| part.fails(memory));
    let cannot_write = blocks.iter().any(|part| part.fails(memory));
    // The first block begins when the first panel is there, and the first words with their scales and zero points.
    let outcome = match failure {
        None if !cannot_write => {
            results(memory, &parts);
            return Ended { outcome: Some(Outcome::Done), counts: parts.counts() };
        }
        Some(first) if first < 4 => return Ended { outcome: Some(Outcome::ReadError), counts: UNKNOWN },
        None => Some(Outcome::WriteError),
        Some(_) if cannot_write => None,
        Some(_) => Some(Outcome::ReadError),
    };
    forget(memory, params, job);
    Ended { outcome, counts: UNKNOWN }
}

fn halves(bytes: &[u8]) -> Vec<u16> {
    bytes.chunks(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect()
}

/// Writes the results.
fn results(memory: &mut Memory, parts: &Parts) {
    let (params, job) = (parts.params, &parts.job);
    let whole = |matrix, rows, row_bytes| Part { matrix, first_row: 0, rows, first_byte: 0, row_bytes };
    memory.begin();
    let shape = params.tile.shape();
    let words = job.n.div_ceil(shape.lanes().into());
    let of_groups = job.n.div_ceil(shape.group_n.into());
    let depth = job.k.next_multiple_of(DEPTH.into()) as usize;
    let padded = |bytes: Vec<u8>| {
        let mut halves = halves(&bytes);
        halves.resize(depth, 0);
        halves
    };
    let a: Vec<Vec<u16>> = whole(job.a, job.m, 2 * job.k).read(memory).into_iter().map(padded).collect();
    let b: Vec<Vec<u16>> =
        whole(job.b, job.k, 2 * words).read(memory).iter().map(|row| halves(row)).collect();
    let scales: Vec<Vec<u16>> =
        whole(job.scales, parts.groups(), 2 * of_groups).read(memory).iter().map(|row| halves(row)).collect();
    let zeros = whole(job.zeros, parts.groups(), of_groups).read(memory);
    let ends = parts.sizes.group_ends();
    let column =
        |word: usize| -> Vec<u16> { (0..depth).map(|k| b.get(k).map_or(0, |row| row[word])).collect() };
    let scale = |word: usize, group: usize| {
        let places = || (0..shape.scales() as usize).map(|place| word * shape.scales() as usize + place);
        let code = |zero: u8| u16::from(zero) & ((1 << shape.weight_bits) - 1);
        Scale {
            scales: places().map(|place| scales[group].get(place).map_or(0, |scale| *scale)).collect(),
            zeros: places().map(|place| zeros[group].get(place).map_or(0, |zero| code(*zero))).collect(),
        }
    };
    let columns: Vec<(Vec<u16>, Vec<Scale>)> = (0..words as usize)
        .map(|word| (column(word), (0..ends.len()).map(|group| scale(word, group)).collect()))
        .collect();
    let format = params.tile.result.float();
    let row = |row: usize, part: &Part| -> Vec<u8> {
        let first = part.first_byte / u64::from(format.width() / 8) / u64::from(shape.lanes());
        let of_block = columns[first as usize..].iter().take(WORDS as usize);
        let lanes = of_block.flat_map(|(words, scales)| {
            product(&params.tile, &groups(&a[row], words, &ends, |group| &scales[group]))
        });
        let bytes =
            lanes.flat_map(|lane| result(format, lane).to_le_bytes()[..format.width() as usize / 8].to_vec());
        bytes.take(part.row_bytes as usize).collect()
    };
    memory.writes_unknown = memory.has_read_unknown;
    for part in parts.blocks() {
        for (number, address) in (part.first_row..).zip(part.starts()) {
            memory.write(address, &row(number as usize, &part));
        }
    }
    memory.writes_unknown = false;
}

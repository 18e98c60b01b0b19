//! The DMAs on a memory of plain Rust, which answers late, in any order, and with errors; and on the memory that is a part.

mod demux;
mod memory;
mod ram;
mod reads;
mod writes;

use crate::support::Bench;
use fastrand::Rng;
use parts::axi::Axi4;
use parts::axi::read_dma::read_dma;
use parts::axi::write_dma::write_dma;

/// A small shape, so that rows have several bursts.
const SHAPE: Axi4 =
    Axi4 { address_bits: 16, select_bits: 0, data_bits: 32, burst: 4, outstanding: 4, count_bits: 8 };
const BYTES: usize = 4;
/// The address space of the shape.
const SPACE: usize = 1 << 16;

/// What a DMA is told.
#[derive(Clone, Copy, Debug)]
struct Command {
    address: u64,
    row_bytes: u64,
    rows: u64,
    stride: u64,
    tiles: u64,
    tile_stride: u64,
}

/// Long rows.
const LONG: Command =
    Command { address: 0, row_bytes: 240, rows: 200, stride: 240, tiles: 1, tile_stride: 0 };

impl Command {
    /// Rows of 1 to 39 bytes, the first one at an address.
    fn of_every_length(address: u64) -> Vec<Command> {
        let of =
            |row_bytes| Command { address, row_bytes, rows: 2, stride: 101, tiles: 2, tile_stride: 1000 };
        (1..40).map(of).collect()
    }

    /// Mostly small ones, some with long rows; any alignment.
    fn random(rng: &mut Rng) -> Command {
        Command {
            address: rng.u64(..SPACE as u64),
            row_bytes: if rng.u8(..4) == 0 { rng.u64(1..256) } else { rng.u64(1..12) },
            rows: rng.u64(1..5),
            stride: rng.u64(..SPACE as u64),
            tiles: rng.u64(1..4),
            tile_stride: rng.u64(..SPACE as u64),
        }
    }

    fn offer(&self, bench: &mut Bench) {
        self.offer_to(bench, "command");
    }

    fn offer_to(&self, bench: &mut Bench, stream: &str) {
        let Command { address, row_bytes, rows, stride, tiles, tile_stride } = *self;
        let fields = [
            ("address", address),
            ("row_bytes", row_bytes),
            ("rows", rows),
            ("stride", stride),
            ("tiles", tiles),
            ("tile_stride", tile_stride),
        ];
        fields.iter().for_each(|(name, value)| bench.set(&hdl::member_port(stream, name), *value));
    }

    /// The addresses of the bytes of each row.
    fn row_addresses(&self) -> Vec<Vec<usize>> {
        let starts = (0..self.tiles).flat_map(|tile| (0..self.rows).map(move |row| (tile, row)));
        let start = |(tile, row)| self.address + tile * self.tile_stride + row * self.stride;
        let row = |start: u64| (0..self.row_bytes).map(|byte| (start + byte) as usize % SPACE).collect();
        starts.map(start).map(row).collect()
    }
}

/// Beats of a stream into the design: offered with some chance, and then until they are taken.
struct Source<T> {
    beats: std::vec::IntoIter<T>,
    offered: Option<T>,
}

impl<T> Source<T> {
    fn new(beats: Vec<T>) -> Source<T> {
        Source { beats: beats.into_iter(), offered: None }
    }

    /// What is offered in this cycle.
    fn offer(&mut self, comes: bool) -> Option<&T> {
        if self.offered.is_none() && comes {
            self.offered = self.beats.next();
        }
        self.offered.as_ref()
    }

    /// The beat that is offered was taken, where `fires` is true.
    fn see(&mut self, fires: bool) {
        if fires {
            self.offered = None;
        }
    }

    fn is_empty(&self) -> bool {
        self.offered.is_none() && self.beats.len() == 0
    }
}

#[test]
fn corners_of_shapes_elaborate() {
    let small =
        Axi4 { address_bits: 13, select_bits: 0, data_bits: 16, burst: 2, outstanding: 2, count_bits: 4 };
    let large = Axi4 {
        address_bits: 64,
        select_bits: 0,
        data_bits: 1024,
        burst: 32,
        outstanding: 64,
        count_bits: 32,
    };
    let shapes = [
        small,
        large,
        Axi4 { count_bits: 4, ..large },
        Axi4 { count_bits: 32, ..small },
        Axi4 { burst: 256, data_bits: 128, ..small },
    ];
    for shape in shapes {
        shape.check().unwrap();
        Bench::new(|design| read_dma(design, &shape));
        Bench::new(|design| write_dma(design, &shape));
    }
}

#[test]
fn numbers_out_of_range_are_named() {
    let errors = [
        (Axi4 { address_bits: 12, ..SHAPE }, "`address_bits` must be 13 to 64, and is 12"),
        (Axi4 { data_bits: 24, ..SHAPE }, "`data_bits` must be a power of two from 16 to 1024, and is 24"),
        (Axi4 { data_bits: 1024, burst: 64, ..SHAPE }, "`burst` must be 2 to 32, and is 64"),
        (Axi4 { outstanding: 0, ..SHAPE }, "`outstanding` must be a power of two from 2 to 64, and is 0"),
        (Axi4 { count_bits: 33, ..SHAPE }, "`count_bits` must be 4 to 32, and is 33"),
    ];
    for (shape, error) in errors {
        assert_eq!(shape.check(), Err(error.to_string()));
    }
}

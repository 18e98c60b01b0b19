//! Random steps.

use super::image::{Image, MOST_STEPS, Placed};
use crate::common::lanes::corner_weighted;
use crate::meadow::meadow_decoder_layer::params::{Params, TABLE_ROWS};
use crate::meadow::meadow_decoder_layer::step::{Function, Kind, Matrix, OnChip, Step};
use crate::meadow::meadow_vector::params::{First, Norm, Op};
use crate::meadow::packing::{Force, Rows, Shape, pack_as_asked};
use crate::meadow::weight_unpacker;
use fastrand::Rng;
use hdl::Encoded;

/// Product groups of a step.
pub const MOST_PRODUCT_GROUPS: u32 = 4;

/// Tiles of weights of a product.
pub const MOST_TILES: u64 = 3;

/// A list of steps, with its operands.
pub fn steps(params: &Params, image: &mut Image, rng: &mut Rng) {
    // What fails is only known where steps do not overlap. Where they do, lent elements and sparse products matter.
    let overlaps_matter = params.lends || params.sparse;
    let may_overlap = rng.u8(..if overlaps_matter { 2 } else { 3 }) == 0;
    // One step in so many has a matrix that is out of place: in one of two memories, if there are two.
    let misplaced = if image.chip.is_some() { 4 } else { 6 };
    let mut maker = Maker { params, image, rng, may_overlap, kept: None };
    for _ in 0..maker.rng.usize(1..MOST_STEPS) {
        let Some(mut step) = maker.step() else { break };
        if maker.rng.u8(..16) == 0 {
            maker.spoil(&mut step);
        }
        // Either memory can fail alone.
        let misplaced = if step.has_both_results() { 2 } else { misplaced };
        if !may_overlap && maker.rng.u8(..misplaced) == 0 {
            maker.misplace(&mut step);
        }
        maker.image.step(&step);
    }
    let end = Step { kind: Kind::End.code() as u64, ..Step::default() };
    maker.image.step(&end);
}

/// Makes steps.
struct Maker<'p, 'i, 'r> {
    params: &'p Params,
    image: &'i mut Image,
    rng: &'r mut Rng,
    may_overlap: bool,
    /// Rows and elements of the tokens of the last step that had some.
    kept: Option<(u64, u64)>,
}

/// A scale with which results are neither all 0 nor all saturated: of about `bits` bits to 8.
fn scale(rng: &mut Rng, bits: u32) -> (u64, u64) {
    let multiplier = if rng.u8(..8) == 0 { rng.u64(..1 << 16) } else { rng.u64(1 << 14..1 << 16) };
    (multiplier, (bits + 8 - rng.u32(..4)).into())
}

impl Maker<'_, '_, '_> {
    /// A legal step, if there is room for it.
    fn step(&mut self) -> Option<Step<u64>> {
        match self.rng.u8(..6) {
            0 | 1 => self.product(),
            2 | 3 => self.attention(),
            _ => self.rows(),
        }
    }

    /// What products and attention have in common.
    fn of_tokens(&mut self, columns: u64) -> Option<Step<u64>> {
        let Params { inner, token_words, .. } = *self.params;
        let tokens = self.params.product_tokens();
        let keeps = self.rng.bool();
        let (rows, inner, keeps) = match self.kept {
            Some((rows, inner)) if keeps => (rows, inner, 1),
            _ => {
                let inner = if self.rng.bool() { inner } else { self.rng.u32(1..=inner) };
                let groups = token_words / self.params.words_of_tokens(1, inner.into()) as u32;
                let most =
                    if self.rng.u8(..4) == 0 { (MOST_PRODUCT_GROUPS - 1) * tokens + 1 } else { tokens + 1 };
                let rows = self.rng.u32(1..=(groups * tokens).min(most));
                (u64::from(rows), u64::from(inner), 0)
            }
        };
        let a = self.bytes(rows, inner)?;
        let (b, packed) = self.weights(inner, columns)?;
        self.kept = Some((rows, inner));
        let local = OnChip { a: a.is_local, b: b.is_local, ..OnChip::default() };
        let (a, b) = (a.matrix, b.matrix);
        Some(Step { overlaps: self.overlaps(), keeps, packed, local, a, b, rows, inner, ..Step::default() })
    }

    /// The operands of a sparse product.
    fn sparse(&mut self, columns: u64) -> Option<Step<u64>> {
        let inner = self.params.inner;
        let inner = u64::from(if self.rng.bool() { inner } else { self.rng.u32(1..=inner) });
        // Elements that are not 0: none, some, all, or one.
        let share = [0, 10, 50, 100][self.rng.usize(..4)];
        let only = (self.rng.u8(..5) == 0).then(|| self.rng.usize(..inner as usize));
        let a = self.image.matrix(self.rng, 1, inner as usize, |rng, place| {
            let is_there = only.map_or_else(|| rng.u32(..100) < share, |only| place == only);
            // A byte of one bit is the hardest to tell from 0.
            let byte = if rng.bool() { 1 << rng.u32(..8) } else { (corner_weighted(8, rng) as u8).max(1) };
            if is_there { byte } else { 0 }
        })?;
        let tiles = self.tiles(inner, columns);
        let b = self.unpacked(&tiles, inner, columns)?;
        let local = OnChip { a: a.is_local, b: b.is_local, ..OnChip::default() };
        let (a, b) = (a.matrix, b.matrix);
        Some(Step { overlaps: self.overlaps(), sparse: 1, local, a, b, rows: 1, inner, ..Step::default() })
    }

    fn overlaps(&mut self) -> u64 {
        let matters = self.params.lends || self.params.sparse;
        u64::from(self.may_overlap && (self.rng.bool() || matters && self.rng.bool()))
    }

    fn product(&mut self) -> Option<Step<u64>> {
        let tiles = if self.rng.u8(..4) == 0 { MOST_TILES } else { self.rng.u64(1..=2) };
        let columns = u64::from(self.params.d_head) * tiles;
        let is_sparse = self.params.sparse && self.rng.u8(..3) == 0;
        let step = if is_sparse { self.sparse(columns)? } else { self.of_tokens(columns)? };
        let is_wide = self.rng.u64(..2);
        let y = self.image.result(self.rng, step.rows, (columns << is_wide) as usize)?;
        let also = self.also(step.rows, (columns << is_wide) as usize, y.is_local);
        let second = also.is_some().into();
        let d = also.unwrap_or(y);
        let function = self.rng.u64(..1 << Function::WIDTH);
        let (multiplier, shift) = if self.rng.bool() { (1, 0) } else { scale(self.rng, 12) };
        Some(Step {
            kind: Kind::Product.code() as u64,
            function,
            is_wide,
            second,
            local: OnChip { y: y.is_local, d: d.is_local, ..step.local },
            y: y.matrix,
            d: d.matrix,
            columns,
            multiplier,
            shift,
            ..step
        })
    }

    /// Room for the results of a product in the other memory, for most of the products that find some.
    fn also(&mut self, rows: u64, bytes: usize, is_local: u64) -> Option<Placed> {
        if self.image.chip.is_none() || self.rng.u8(..4) == 0 {
            return None;
        }
        self.image.result(self.rng, rows, bytes).filter(|placed| placed.is_local != is_local)
    }

    fn attention(&mut self) -> Option<Step<u64>> {
        let d_head = u64::from(self.params.d_head);
        let step = self.of_tokens(d_head)?;
        let columns = self.rng.u64(1..=self.params.keys.into());
        let valid = match self.rng.u8(..4) {
            0 => 0,
            1 => self.rng.u64(..columns),
            _ => columns,
        };
        let (c, d) = (self.bytes(columns, d_head)?, self.bytes(columns, d_head)?);
        let y = self.image.result(self.rng, step.rows, d_head as usize)?;
        let (multiplier, shift) = scale(self.rng, 16);
        let (output, output_shift) = scale(self.rng, 22);
        let skip = self.rng.u64(..2);
        let causal = skip | self.rng.u64(..2);
        let position = self.rng.u64(..=columns);
        let kind = Kind::Attention.code() as u64;
        let extra = output_shift << 16 | output;
        let local = OnChip { y: y.is_local, c: c.is_local, d: d.is_local, ..step.local };
        let step = Step { local, y: y.matrix, c: c.matrix, d: d.matrix, ..step };
        Some(Step { kind, causal, skip, columns, valid, multiplier, shift, extra, position, ..step })
    }

    fn rows(&mut self) -> Option<Step<u64>> {
        let lanes = u64::from(self.params.lanes());
        let most = u64::from(self.params.row_length) / lanes;
        let words = if self.rng.bool() { most } else { self.rng.u64(1..=most) };
        let (rows, inner) = (self.rng.u64(1..=3), words * lanes);
        let operation = self.rng.u64(..1 << Op::WIDTH);
        let columns = match Op::from_code(operation.into())? {
            Op::Copy | Op::Sum | Op::Product => inner,
            Op::Rotary if self.rng.bool() => lanes,
            Op::Rotary => lanes * self.rng.u64(1..=words),
        };
        let a = self.numbers(rows, inner)?;
        let b = self.numbers(rows, columns)?;
        let c = self.numbers(1, 2 * inner)?;
        let norm = self.rng.u64(..=Norm::Rms.code() as u64);
        let (first, second) = match norm {
            0 => (self.rng.u64(1..=2), 0),
            _ => [
                (First::Normal, 0),
                (First::Normal, 1),
                (First::None, 1),
                (First::Wide, 1),
                (First::Narrow, 1),
            ]
            .map(|(first, second)| (first.code() as u64, second))[self.rng.usize(..5)],
        };
        let y = self.image.result(self.rng, rows, 2 * inner as usize)?;
        let d = self.image.result(self.rng, rows, inner as usize)?;
        let (multiplier, shift) = if self.rng.bool() { (1, 0) } else { scale(self.rng, 16) };
        let extra = if self.rng.bool() { 0 } else { self.rng.u64(..1 << 20) };
        let (overlaps, narrow_shift) = (self.overlaps(), self.rng.u64(..16));
        let kind = Kind::Rows.code() as u64;
        let local = OnChip { a: a.is_local, b: b.is_local, y: y.is_local, c: c.is_local, d: d.is_local };
        let [a, b, y, c, d] = [a, b, y, c, d].map(|placed| placed.matrix);
        let step = Step { kind, overlaps, operation, norm, first, second, narrow_shift, ..Step::default() };
        let step = Step { local, a, b, y, c, d, ..step };
        Some(Step { rows, inner, columns, multiplier, shift, extra, ..step })
    }

    /// A matrix of small integers.
    fn bytes(&mut self, rows: u64, bytes: u64) -> Option<Placed> {
        self.image.matrix(self.rng, rows, bytes as usize, |rng, _| corner_weighted(8, rng) as u8)
    }

    /// A matrix of integers of 16 bits.
    fn numbers(&mut self, rows: u64, count: u64) -> Option<Placed> {
        let bits = [4, 10, 16][self.rng.usize(..3)];
        let mut high = 0;
        self.image.matrix(self.rng, rows, 2 * count as usize, |rng, place| {
            if place % 2 == 1 {
                return high;
            }
            let [low, above] = (corner_weighted(bits, rng) as i16).to_le_bytes();
            high = above;
            low
        })
    }

    /// Weights with their table, as a matrix or in a container; and 1 if they are in one.
    fn weights(&mut self, inner: u64, columns: u64) -> Option<(Placed, u64)> {
        let tiles = self.tiles(inner, columns);
        if let Some(unpacker) = self.params.weight_unpacker().filter(|_| self.rng.bool()) {
            return Some((self.container(&unpacker, tiles.concat())?, 1));
        }
        Some((self.unpacked(&tiles, inner, columns)?, 0))
    }

    /// The bytes of tiles.
    fn tiles(&mut self, inner: u64, columns: u64) -> Vec<Vec<u8>> {
        (0..columns / u64::from(self.params.d_head)).map(|_| self.tile(inner)).collect()
    }

    /// Tiles side by side.
    fn unpacked(&mut self, tiles: &[Vec<u8>], inner: u64, columns: u64) -> Option<Placed> {
        let (d_head, columns) = (self.params.d_head as usize, columns as usize);
        let byte = |_: &mut Rng, place: usize| {
            let (row, column) = (place / columns, place % columns);
            tiles[column / d_head][row * d_head + column % d_head]
        };
        let rows = u64::from(TABLE_ROWS) + inner;
        self.image.matrix(self.rng, rows, columns, byte)
    }

    /// The bytes of a tile: the table, and the rows.
    fn tile(&mut self, inner: u64) -> Vec<u8> {
        let (bits, d_head) = (10 + inner.ilog2(), u64::from(self.params.d_head));
        let mut bytes = vec![];
        for _ in 0..d_head {
            let bias = if self.rng.bool() { 0 } else { corner_weighted(bits + 2, self.rng) } as i32;
            let (multiplier, shift) = scale(self.rng, bits);
            bytes.extend(bias.to_le_bytes());
            bytes.extend((multiplier as u16).to_le_bytes());
            bytes.extend([shift as u8, self.rng.u8(..)]);
        }
        bytes.extend((0..inner * d_head).map(|_| corner_weighted(8, self.rng) as u8));
        bytes
    }

    /// A container of weights, of any scheme that can be unpacked; some are wrong.
    fn container(&mut self, unpacker: &weight_unpacker::Params, mut weights: Vec<u8>) -> Option<Placed> {
        let mistake = (!self.may_overlap && self.rng.u8(..4) == 0).then(|| self.rng.u8(..4));
        if mistake == Some(0) {
            weights.resize(weights.len() + self.rng.usize(..32) - 16, 0);
        }
        let shape = Shape::of(1, weights.len(), Rows::Outputs).expect("it is small");
        let options = weight_unpacker::stimulus::options(unpacker, self.rng);
        let packed = pack_as_asked(&weights, shape, &options, &Force::default());
        let mut bytes = packed.expect("the options are legal").bytes;
        let place = self.rng.usize(1..bytes.len());
        match mistake {
            None | Some(0) => {}
            Some(1) => bytes.truncate(place),
            Some(2) => bytes[place] ^= 1 << self.rng.u8(..8),
            Some(_) => bytes.resize(bytes.len() + place, 0),
        }
        let placed = self.image.matrix(self.rng, 1, bytes.len(), |_, place| bytes[place])?;
        let matrix = Matrix { stride: bytes.len() as u64, ..placed.matrix };
        Some(Placed { matrix, ..placed })
    }

    /// Makes a step illegal, or what it means different.
    fn spoil(&mut self, step: &mut Step<u64>) {
        match self.rng.u8(..12) {
            0 => step.rows = 0,
            1 => step.inner = [0, 0x8000][self.rng.usize(..2)],
            2 => step.columns = [0, 0x9001][self.rng.usize(..2)],
            3 => self.set_reserved(step),
            4 => step.shift = 64 << self.rng.u32(..9),
            5 => step.valid = step.columns + 1,
            6 => step.more = 1 << self.rng.u32(..16),
            7 => (step.norm, step.first) = (self.rng.u64(..4), self.rng.u64(..4)),
            8 => (step.packed, step.b.stride) = (1, [0, 1 << 24][self.rng.usize(..2)]),
            9 => step.sparse = 1,
            // Both results of a product in one memory.
            10 if step.kind == Kind::Product.code() as u64 => (step.second, step.local.d) = (1, step.local.y),
            10 => step.second = 1,
            // One more row of results could meet the operands.
            _ if self.may_overlap || step.kind == Kind::Rows.code() as u64 => step.more = 1 << 15,
            _ => (step.keeps, step.rows) = (1, step.rows + 1),
        }
    }

    /// Sets a bit that means nothing.
    fn set_reserved(&mut self, step: &mut Step<u64>) {
        match self.rng.u8(..11) {
            0 if self.params.local_words == 0 => step.local.a = 1,
            1 if self.params.local_words == 0 => step.local.b = 1,
            2 if self.params.local_words == 0 => step.local.y = 1,
            3 if self.params.local_words == 0 => step.local.c = 1,
            4 if self.params.local_words == 0 => step.local.d = 1,
            bit => step.reserved = 1 << (bit % 5),
        }
    }

    /// Places a matrix of a step where there is no memory.
    fn misplace(&mut self, step: &mut Step<u64>) {
        let (matrix, is_local) = match self.rng.u8(if step.has_both_results() { 3 } else { 0 }..6) {
            0 => (&mut step.a, step.local.a),
            1 => (&mut step.b, step.local.b),
            2 => (&mut step.c, step.local.c),
            3 => (&mut step.d, step.local.d),
            _ => (&mut step.y, step.local.y),
        };
        matrix.address = self.image.beyond(self.rng, is_local);
    }
}

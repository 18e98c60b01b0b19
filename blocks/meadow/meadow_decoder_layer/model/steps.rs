//! The steps.

use super::Machine;
use crate::common::memory::Memory;
use crate::meadow::attention::{Head, Mask, Scales};
use crate::meadow::meadow_decoder_layer::params::{
    CONTAINER_BITS, FUNCTION_BITS, Params, TABLE_ROWS, WIDE_BITS,
};
use crate::meadow::meadow_decoder_layer::step::{Function, Kind, Matrix, OnChip, Step};
use crate::meadow::meadow_requantize::model::Multiplier;
use hdl::Encoded;

/// Tokens that are kept.
#[derive(Clone, PartialEq, Eq)]
pub struct Tokens {
    inner: u64,
    rows: Vec<Vec<i64>>,
    are_known: bool,
}

/// What a column of weights has besides them.
struct Column {
    bias: i64,
    scale: Multiplier,
}

/// A tile of weights.
struct Tile {
    columns: Vec<Column>,
    rows: Vec<Vec<i64>>,
}

impl Tile {
    /// The table, and the rows behind it.
    fn of(bytes: &[u8], d_head: usize) -> Tile {
        let (table, rows) = bytes.split_at(TABLE_ROWS as usize * d_head);
        let column = |bytes: &[u8]| Column {
            bias: i32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]).into(),
            scale: Multiplier {
                multiplier: u16::from_le_bytes([bytes[4], bytes[5]]).into(),
                shift: (bytes[6] % 64).into(),
            },
        };
        let row = |bytes: &[u8]| bytes.iter().map(|byte| i64::from(*byte as i8)).collect();
        Tile {
            columns: table.chunks(TABLE_ROWS as usize).map(column).collect(),
            rows: rows.chunks(d_head).map(row).collect(),
        }
    }
}

/// The rows of a matrix begin at these addresses.
fn addresses(matrix: Matrix<u64>, rows: u64) -> impl Iterator<Item = u64> {
    (0..rows).map(move |row| matrix.row(row))
}

/// Which rows of weights a step reads, with those of the table before them: of a sparse product only those whose element is not 0, or
/// the first one if all are 0.
fn rows_read(step: &Step<u64>, tokens: &[Vec<i64>]) -> Vec<bool> {
    let mut of_elements: Vec<bool> = match step.sparse {
        0 => vec![true; step.inner as usize],
        _ => tokens[0].iter().map(|element| *element != 0).collect(),
    };
    let has_none = !of_elements.contains(&true);
    of_elements[0] |= has_none;
    [vec![true; TABLE_ROWS as usize], of_elements].concat()
}

impl Machine {
    /// Whether a step can be done.
    pub fn is_legal(&self, kind: Kind, step: &Step<u64>) -> bool {
        let params = &self.params;
        let d_head = u64::from(params.d_head);
        match kind {
            Kind::Product => {
                self.has_legal_tokens(step)
                    && step.columns > 0
                    && step.columns.is_multiple_of(d_head)
                    && (!step.has_both_results() || step.local.y != step.local.d)
            }
            Kind::Attention => {
                self.has_legal_tokens(step)
                    && (1..=u64::from(params.keys)).contains(&step.columns)
                    && step.valid <= step.columns
                    && step.output_scale().1 < 64
            }
            Kind::Rows => params.has_legal_bits(step) && step.packed == 0 && params.has_legal_rows(step),
            Kind::End => true,
        }
    }

    fn has_legal_tokens(&self, step: &Step<u64>) -> bool {
        let params = &self.params;
        let are_kept = |tokens: &Tokens| tokens.inner == step.inner && tokens.rows.len() as u64 == step.rows;
        params.has_legal_bits(step)
            && step.rows > 0
            && (1..=u64::from(params.inner)).contains(&step.inner)
            && params.words_of_tokens(step.rows, step.inner) <= params.token_words.into()
            && step.shift < 64
            && (step.packed == 0 || params.can_be_container(step.b))
            && (step.keeps == 0 || self.tokens.as_ref().is_some_and(are_kept))
    }

    /// Does a legal step; says whether it has read bytes that are not known.
    pub fn step(&mut self, kind: Kind, step: &Step<u64>) -> bool {
        match kind {
            Kind::Product => self.product(step),
            Kind::Attention => self.attention(step),
            Kind::Rows => self.rows(step),
            Kind::End => {}
        }
        let has_read_unknown = self.has_read_unknown();
        for memory in [&mut self.memory, &mut self.local] {
            (memory.writes_unknown, memory.has_read_unknown) = (false, false);
        }
        has_read_unknown
    }

    /// On-chip memory where `is_local` is 1, else the one outside.
    pub(super) fn memory_of(&mut self, is_local: u64) -> &mut Memory {
        if is_local == 1 { &mut self.local } else { &mut self.memory }
    }

    fn has_read_unknown(&self) -> bool {
        self.memory.has_read_unknown | self.local.has_read_unknown
    }

    /// What the step writes from here on is not known if what it has read is not.
    pub(super) fn pass_unknown(&mut self) {
        let is_unknown = self.has_read_unknown() | self.container_is_wrong;
        for memory in [&mut self.memory, &mut self.local] {
            memory.writes_unknown |= is_unknown;
        }
    }

    /// The tokens of a step. That of a sparse product is not kept.
    fn tokens(&mut self, step: &Step<u64>) -> Vec<Vec<i64>> {
        let tokens = match &self.tokens {
            Some(tokens) if step.keeps == 1 => tokens.clone(),
            _ => self.loaded(step),
        };
        self.memory.has_read_unknown |= !tokens.are_known;
        if step.sparse == 0 {
            self.tokens = Some(tokens.clone());
        }
        tokens.rows
    }

    /// The tokens of a step in memory.
    fn loaded(&mut self, step: &Step<u64>) -> Tokens {
        let rows = addresses(step.a, step.rows);
        let memory = self.memory_of(step.local.a);
        let rows = rows.map(|address| memory.bytes(address, step.inner as usize)).collect();
        Tokens { inner: step.inner, rows, are_known: !self.has_read_unknown() }
    }

    /// The tiles of weights. From a wrong container anything comes, so that the results of the step are not known.
    fn tiles(&mut self, step: &Step<u64>, count: u64, tokens: &[Vec<i64>]) -> Vec<Tile> {
        let d_head = self.params.d_head as usize;
        let rows = u64::from(TABLE_ROWS) + step.inner;
        let is_read = rows_read(step, tokens);
        let unread = is_read.iter().filter(|is_read| !**is_read).count();
        self.left_out += (unread * d_head) as u64 * count;
        let tile_bytes = d_head * rows as usize;
        let bytes = match step.packed {
            0 => {
                let places = (0..count).flat_map(|tile| {
                    let of_tile = move |address| address + tile * d_head as u64;
                    addresses(step.b, rows).map(of_tile).zip(&is_read)
                });
                // What is not read does not matter.
                let none = vec![0; d_head];
                let memory = self.memory_of(step.local.b);
                let row = |(address, is_read): (u64, &bool)| match is_read {
                    true => memory.read(address, d_head),
                    false => none.clone(),
                };
                places.flat_map(row).collect()
            }
            _ => {
                let bytes = tile_bytes * count as usize;
                let weights = self.unpacked(step).filter(|weights| weights.len() == bytes);
                self.container_is_wrong = weights.is_none();
                weights.unwrap_or_else(|| vec![0; bytes])
            }
        };
        bytes.chunks(tile_bytes).map(|bytes| Tile::of(bytes, d_head)).collect()
    }

    /// The weights of the container of a step; none if it is wrong.
    fn unpacked(&mut self, step: &Step<u64>) -> Option<Vec<u8>> {
        let Matrix { address, stride } = step.b;
        let mut bytes = self.memory_of(step.local.b).read(address, stride as usize);
        // It comes in whole beats.
        bytes.resize(bytes.len().next_multiple_of(self.params.bytes() as usize), 0);
        self.params.weight_unpacker()?.unpacked(&bytes)
    }

    /// Tokens times a tile, with the scale of each column, to 16 bits.
    fn projected(&self, tokens: &[Vec<i64>], tile: &Tile) -> Vec<Vec<i64>> {
        let of_token = |token: &Vec<i64>| {
            let result = |(place, column): (usize, &Column)| {
                let sum: i64 = token.iter().zip(&tile.rows).map(|(element, row)| element * row[place]).sum();
                column.scale.scaled_to(WIDE_BITS, self.params.rounding, sum + column.bias)
            };
            tile.columns.iter().enumerate().map(result).collect()
        };
        tokens.iter().map(of_token).collect()
    }

    fn product(&mut self, step: &Step<u64>) {
        let tokens = self.tokens(step);
        let function = Function::from_code(step.function.into()).expect("every code has a function");
        let scale = Multiplier { multiplier: step.multiplier, shift: step.shift as u32 };
        let bytes = if step.is_wide == 1 { 2 } else { 1 };
        let d_head = u64::from(self.params.d_head);
        let tiles = self.tiles(step, step.columns / d_head, &tokens);
        self.pass_unknown();
        let also = step.has_both_results().then_some((step.d, step.local.d));
        let targets: Vec<(Matrix<u64>, u64)> = [(step.y, step.local.y)].into_iter().chain(also).collect();
        for (tile, first) in tiles.iter().zip((0..).step_by(d_head as usize)) {
            let results = self.projected(&tokens, tile);
            for (row, result) in (0..).zip(&results) {
                let finished = |result: &i64| {
                    scale.scaled_to(8 * bytes, self.params.rounding, self.params.applied(function, *result))
                };
                let result: Vec<i64> = result.iter().map(finished).collect();
                for (matrix, is_local) in &targets {
                    let address = matrix.row(row) + first * u64::from(bytes);
                    self.memory_of(*is_local).put(address, bytes as usize, &result);
                }
            }
        }
    }

    fn attention(&mut self, step: &Step<u64>) {
        let tokens = self.tokens(step);
        let tiles = self.tiles(step, 1, &tokens);
        let d_head = self.params.d_head as usize;
        let mut rows = |matrix, is_local| -> Vec<Vec<i64>> {
            let memory = self.memory_of(is_local);
            addresses(matrix, step.columns).map(|address| memory.bytes(address, d_head)).collect()
        };
        let (keys, values) = (rows(step.c, step.local.c), rows(step.d, step.local.d));
        self.pass_unknown();
        let mask = Mask { valid_keys: step.valid as usize, causal: step.causal == 1 };
        let (multiplier, shift) = step.output_scale();
        let scales = Scales {
            score: Multiplier { multiplier: step.multiplier, shift: step.shift as u32 },
            output: Multiplier { multiplier, shift: shift as u32 },
        };
        // The queries are made here.
        let (rounding, softmax) = (self.params.rounding, self.softmax.clone());
        let head = Head { weights: vec![], table: vec![], keys, values, scales, rounding, softmax };
        let queries = self.projected(&tokens, &tiles[0]);
        let places = (step.position as usize..).zip(addresses(step.y, step.rows));
        for (query, (position, address)) in queries.iter().zip(places) {
            let query: Vec<i64> = query.iter().map(|element| (*element).clamp(-128, 127)).collect();
            let scores = head.scores(&query);
            let probabilities = head.probabilities(&scores, mask.count(position));
            self.memory_of(step.local.y).put(address, 1, &head.output(&probabilities));
        }
    }
}

impl Params {
    /// Whether the bits of a step that mean nothing are 0: those of on-chip memory too where there is none, and that of sparse products.
    fn has_legal_bits(&self, step: &Step<u64>) -> bool {
        step.reserved == 0
            && (self.local_words > 0 || step.local == OnChip::default())
            && (step.sparse == 0 || self.can_be_sparse(step))
    }

    /// Whether a matrix can be a container, whose stride is its size.
    fn can_be_container(&self, matrix: Matrix<u64>) -> bool {
        self.weight_unpacker().is_some() && (1..1 << CONTAINER_BITS).contains(&matrix.stride)
    }

    /// Whether a step can be sparse: a product of one token, which comes for it, and of weights that are not packed.
    fn can_be_sparse(&self, step: &Step<u64>) -> bool {
        let is_product = step.kind == Kind::Product.code() as u64;
        self.sparse && is_product && step.rows == 1 && step.keeps == 0 && step.packed == 0
    }

    /// A function of a result of 16 bits.
    fn applied(&self, function: Function, result: i64) -> i64 {
        let limit = 1 << (FUNCTION_BITS - 1);
        let short = result.clamp(-limit, limit - 1) as i32;
        match function {
            Function::None => result,
            Function::Relu => result.max(0),
            Function::Gelu => self.gelu().rounded(short).into(),
            Function::Silu => self.silu().rounded(short).into(),
        }
    }
}

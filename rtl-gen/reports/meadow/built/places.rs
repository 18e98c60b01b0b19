//! Where the matrices of a layer are: outside, or in the memory on the chip.

use super::pieces::pieces;
use crate::meadow::cycles::WIDE;
use crate::meadow::networks::{Network, Work};
use blocks::meadow::meadow_decoder_layer::step::Matrix;
use blocks::meadow::meadow_decoder_layer::{Params, TABLE_ROWS};

/// How weights are in memory.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Weights {
    /// As matrices.
    Plain,
    /// In containers, smaller by this ratio.
    Packed(f64),
}

/// Matrices of weights of a layer.
pub const MATRICES: usize = 6;

/// How each of them is in memory: queries, keys, values, projection, and the two of the feed-forward network.
pub type LayerWeights = [Weights; MATRICES];

/// A matrix, and where it is.
#[derive(Clone, Copy, Debug)]
pub struct Placed {
    /// Its rows.
    pub matrix: Matrix<u64>,
    /// 1: on the chip.
    pub local: u64,
}

impl Placed {
    /// From a byte of a row on.
    pub fn at_byte(self, byte: u64) -> Placed {
        Placed { matrix: Matrix { address: self.matrix.address + byte, ..self.matrix }, ..self }
    }

    /// With rows of some bytes, one behind the other.
    fn of_rows(self, bytes: u64) -> Placed {
        Placed { matrix: Matrix { stride: bytes, ..self.matrix }, ..self }
    }

    /// From a row on.
    pub fn at_row(self, row: u64) -> Placed {
        Placed { matrix: Matrix { address: self.matrix.row(row), ..self.matrix }, ..self }
    }
}

impl Weights {
    /// The field of a step.
    fn packed(self) -> u64 {
        u64::from(self != Weights::Plain)
    }
}

/// Weights, and where they are.
#[derive(Clone, Copy, Debug)]
pub struct PlacedWeights {
    /// The matrix, or its container.
    pub placed: Placed,
    /// 1: they are in a container.
    pub packed: u64,
}

/// The activations of a layer.
pub struct Activations {
    /// The residual stream.
    pub residual: Placed,
    /// What is added to it.
    pub delta: Placed,
    /// Tokens behind a norm.
    pub x: Placed,
    /// Results of attention.
    pub context: Placed,
    /// Results of the first matrix of the feed-forward network.
    pub hidden: Placed,
    /// Keys and values, if all are made from these tokens and stay on the chip. They go to the cache as well.
    pub near: Option<[Placed; 2]>,
}

/// Bytes of the activations of a layer, if all are on the chip.
pub fn most_local(params: &Params, work: &Work) -> u64 {
    let mut places = Places { outside: 0, local: 0, local_bytes: u64::MAX };
    places.activations(params, work);
    places.local
}

/// The first free bytes of both memories.
pub struct Places {
    outside: u64,
    local: u64,
    local_bytes: u64,
}

/// Matrices begin at a multiple of this many bytes.
const ALIGNMENT: u64 = 64;

impl Places {
    /// Behind the first bytes of the memory outside.
    pub fn behind(params: &Params, bytes: u64) -> Places {
        let local_bytes = u64::from(params.local_words) * u64::from(params.bytes());
        Places { outside: bytes, local: 0, local_bytes }
    }

    /// Room outside for rows of some bytes, one behind the other.
    pub fn outside(&mut self, rows: u64, bytes: u64) -> Placed {
        let matrix = Matrix { address: self.outside, stride: bytes };
        self.outside = (self.outside + rows * bytes).next_multiple_of(ALIGNMENT);
        Placed { matrix, local: 0 }
    }

    /// Room on the chip if there is any left, else outside.
    pub fn near(&mut self, rows: u64, bytes: u64) -> Placed {
        let end = (self.local + rows * bytes).next_multiple_of(ALIGNMENT);
        if end > self.local_bytes {
            return self.outside(rows, bytes);
        }
        let matrix = Matrix { address: self.local, stride: bytes };
        self.local = end;
        Placed { matrix, local: 1 }
    }

    /// Room for activations, on the chip if there is any. Those that are not needed at a time share it: the hidden activations lie over
    /// what is added to the residual stream, which lies over keys and values, and over the tokens behind a norm. Row r of a product's
    /// results is written when its tokens up to row r have been read.
    pub fn activations(&mut self, params: &Params, work: &Work) -> Activations {
        let Network { d_model, d_ffn, .. } = work.network;
        let rows = work.tokens;
        let residual = self.near(rows, WIDE * d_model);
        let shared = self.near(rows, d_ffn.max((WIDE + 1) * d_model));
        let (delta, x) = if shared.local == 1 {
            let behind = rows * (shared.matrix.stride - d_model);
            (shared.of_rows(WIDE * d_model), shared.at_byte(behind).of_rows(d_model))
        } else {
            (self.near(rows, WIDE * d_model), self.near(rows, d_model))
        };
        let is_whole = pieces(params, rows, d_model).len() == 1;
        // In one piece, the tokens of the attention are all loaded before it has results.
        let context = if is_whole { x } else { self.near(rows, d_model) };
        let are_near = is_whole && work.keys == rows && delta.local == 1;
        let near = are_near.then(|| [0, rows * d_model].map(|first| delta.at_byte(first).of_rows(d_model)));
        Activations { residual, delta, x, context, hidden: shared.of_rows(d_ffn), near }
    }

    /// Room for weights with their table.
    pub fn weights(&mut self, weights: Weights, inner: u64, columns: u64) -> PlacedWeights {
        PlacedWeights { placed: self.of_weights(weights, inner, columns), packed: weights.packed() }
    }

    fn of_weights(&mut self, weights: Weights, inner: u64, columns: u64) -> Placed {
        let rows = inner + u64::from(TABLE_ROWS);
        match weights {
            Weights::Plain => self.outside(rows, columns),
            // The stride of a container is its size.
            Weights::Packed(ratio) => self.outside(1, ((rows * columns) as f64 / ratio).ceil() as u64),
        }
    }

    /// Room for weights in tiles, of which steps take one each.
    pub fn tiles(&mut self, weights: Weights, inner: u64, tiles: u64, width: u64) -> Vec<PlacedWeights> {
        let placed: Vec<Placed> = match weights {
            Weights::Plain => {
                let all = self.of_weights(weights, inner, tiles * width);
                (0..tiles).map(|tile| all.at_byte(tile * width)).collect()
            }
            Weights::Packed(_) => (0..tiles).map(|_| self.of_weights(weights, inner, width)).collect(),
        };
        placed.into_iter().map(|placed| PlacedWeights { placed, packed: weights.packed() }).collect()
    }

    /// The first byte outside that is free.
    pub fn end(&self) -> u64 {
        self.outside
    }
}

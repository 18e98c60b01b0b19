//! Where the matrices of a layer are: outside, or in the memory on the chip.

use super::pieces::pieces;
use crate::meadow::cycles::WIDE;
use crate::meadow::networks::Work;
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

    /// From a row on.
    pub fn at_row(self, row: u64) -> Placed {
        Placed { matrix: Matrix { address: self.matrix.row(row), ..self.matrix }, ..self }
    }
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

    /// Room for activations: on the chip there first what is moved most.
    pub fn activations(&mut self, params: &Params, work: &Work) -> Activations {
        let (rows, d_model) = (work.tokens, work.network.d_model);
        let [residual, delta] = [(); 2].map(|()| self.near(rows, WIDE * d_model));
        let x = self.near(rows, d_model);
        // In one piece, the tokens of the attention are all loaded before it has results.
        let context = if pieces(params, rows, d_model).len() == 1 { x } else { self.near(rows, d_model) };
        let hidden = self.near(rows, work.network.d_ffn);
        Activations { residual, delta, x, context, hidden }
    }

    /// Room for weights with their table.
    pub fn weights(&mut self, weights: Weights, inner: u64, columns: u64) -> Placed {
        let rows = inner + u64::from(TABLE_ROWS);
        match weights {
            Weights::Plain => self.outside(rows, columns),
            // The stride of a container is its size.
            Weights::Packed(ratio) => self.outside(1, ((rows * columns) as f64 / ratio).ceil() as u64),
        }
    }

    /// Room for weights in tiles, of which steps take one each.
    pub fn tiles(&mut self, weights: Weights, inner: u64, tiles: u64, width: u64) -> Vec<Placed> {
        match weights {
            Weights::Plain => {
                let all = self.weights(weights, inner, tiles * width);
                (0..tiles).map(|tile| all.at_byte(tile * width)).collect()
            }
            Weights::Packed(_) => (0..tiles).map(|_| self.weights(weights, inner, width)).collect(),
        }
    }

    /// The first byte outside that is free.
    pub fn end(&self) -> u64 {
        self.outside
    }
}

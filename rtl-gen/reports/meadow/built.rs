//! `meadow_decoder_layer` with a layer as a list of steps.

use super::cycles::{self, Memory, cycles};
use super::machine::bytes_per_cycle;
use super::networks::{D_HEAD, Work};
use super::step::{self, Packing};
use blocks::meadow::meadow_decoder_layer::step::{Function, Kind, Matrix, Step};
use blocks::meadow::meadow_decoder_layer::{Params, TABLE_ROWS};
use blocks::meadow::meadow_vector::params::{First, Norm, Op};
use hdl::Encoded;

/// Bytes of a number of the residual stream.
const WIDE: u64 = 2;

/// Cycles from an address to its data.
const LATENCY: f64 = 20.0;

/// The block for a network: 12 tokens at once, as in the paper, and a memory whose width suits 51 Gbps.
pub fn params(work: &Work) -> Params {
    let network = &work.network;
    Params {
        tokens: 12,
        d_head: D_HEAD as u32,
        inner: network.d_ffn as u32,
        keys: work.keys.max(2) as u32,
        row_length: network.d_model as u32,
        token_words: TOKEN_WORDS,
        bus_bits: 512,
        ..Params::default()
    }
}

/// Words of 64 bytes for each of 12 tokens: 1.5 MiB.
const TOKEN_WORDS: u32 = 2112;

/// Cycles of a layer.
pub fn latency(work: &Work, gbps: u64, weights: Weights) -> f64 {
    let params = params(work);
    let rate = bytes_per_cycle(gbps) / f64::from(params.bytes());
    cycles(&params, Memory { latency: LATENCY, rate: rate.min(2.0) }, &layer(&params, work, weights, 0).0)
}

/// What the steps move and compute.
pub fn moved(work: &Work, weights: Weights) -> Vec<step::Step> {
    let params = params(work);
    layer(&params, work, weights, 0).0.iter().map(|step| cycles::moved(&params, step)).collect()
}

/// How weights are in memory.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Weights {
    /// As matrices.
    Plain,
    /// In containers, smaller by this ratio.
    Packed(f64),
}

impl Weights {
    /// Those of a packing.
    pub fn of(packing: Packing) -> Weights {
        if packing.ratio == 1.0 { Weights::Plain } else { Weights::Packed(packing.ratio) }
    }
}

/// Where the matrices of a layer are.
struct Places {
    next: u64,
}

impl Places {
    /// Room for rows of some bytes, one behind the other.
    fn matrix(&mut self, rows: u64, bytes: u64) -> Matrix<u64> {
        let address = self.next;
        self.next = (address + rows * bytes).next_multiple_of(64);
        Matrix { address, stride: bytes }
    }

    /// Room for weights with their table.
    fn weights(&mut self, weights: Weights, inner: u64, columns: u64) -> Matrix<u64> {
        let rows = inner + u64::from(TABLE_ROWS);
        match weights {
            Weights::Plain => self.matrix(rows, columns),
            // The stride of a container is its size.
            Weights::Packed(ratio) => self.matrix(1, ((rows * columns) as f64 / ratio).ceil() as u64),
        }
    }

    /// Room for weights in tiles, of which steps take one each.
    fn tiles(&mut self, weights: Weights, inner: u64, tiles: u64, width: u64) -> Vec<Matrix<u64>> {
        match weights {
            Weights::Plain => {
                let all = self.weights(weights, inner, tiles * width);
                (0..tiles).map(|tile| Matrix { address: all.address + tile * width, ..all }).collect()
            }
            Weights::Packed(_) => (0..tiles).map(|_| self.weights(weights, inner, width)).collect(),
        }
    }
}

/// The steps of a pre-norm layer with ReLU, as OPT has, and the first byte behind its matrices. They lie behind the first `list`
/// bytes. A layer begins behind its norm, which its last step does for the layer that follows.
pub fn layer(params: &Params, work: &Work, weights: Weights, list: u64) -> (Vec<Step<u64>>, u64) {
    let (d, ffn, d_head) = (work.network.d_model, work.network.d_ffn, u64::from(params.d_head));
    let (tokens, keys) = (work.tokens, work.keys);
    let mut places = Places { next: list };
    let residual = places.matrix(tokens, WIDE * d);
    let delta = places.matrix(tokens, WIDE * d);
    let (x, context) = (places.matrix(tokens, d), places.matrix(tokens, d));
    let hidden = places.matrix(tokens, ffn);
    let affine = places.matrix(2, 2 * WIDE * d);
    let [all_keys, all_values] = [(); 2].map(|()| places.matrix(keys, d));
    let of_queries = places.tiles(weights, d, work.network.heads, d_head);
    let [of_keys, of_values, projection] = [(); 3].map(|()| places.weights(weights, d, d));
    let (first, second) = (places.weights(weights, d, ffn), places.weights(weights, ffn, d));
    let new = |cache: Matrix<u64>| Matrix { address: cache.address + (keys - tokens) * d, ..cache };
    let unit = Step { multiplier: 1, ..Step::default() };

    let sum_and_norm = Step {
        kind: code(Kind::Rows),
        operation: code(Op::Sum),
        a: residual,
        b: delta,
        rows: tokens,
        inner: d,
        columns: d,
        first: code(First::Wide),
        y: residual,
        norm: code(Norm::Layer),
        c: affine,
        second: 1,
        d: x,
        narrow_shift: 4,
        ..unit
    };
    let packed = u64::from(weights != Weights::Plain);
    let product = |a, b, y, inner, columns| {
        let kind = code(Kind::Product);
        Step { kind, a, b, y, packed, rows: tokens, inner, columns, ..unit }
    };
    let mut steps = vec![];
    for piece in pieces(params, tokens, d) {
        let of = |step: Step<u64>| piece.of(step);
        let keys_of = of(product(x, of_keys, new(all_keys), d, d));
        let values_of = of(product(x, of_values, new(all_values), d, d));
        steps.extend([keys_of, Step { keeps: 1, overlaps: 1, ..values_of }]);
        // Only the tokens up to the last one of the piece have keys.
        let seen = keys - tokens + piece.first + piece.count;
        for (head, of_query) in (0..).zip(&of_queries) {
            let column = |matrix: Matrix<u64>| Matrix { address: matrix.address + head * d_head, ..matrix };
            steps.push(Step {
                kind: code(Kind::Attention),
                overlaps: u64::from(head > 0),
                keeps: 1,
                causal: 1,
                skip: 1,
                c: column(all_keys),
                d: column(all_values),
                valid: seen,
                extra: 1,
                position: keys - tokens + piece.first,
                ..of(product(x, *of_query, column(context), d, seen))
            });
        }
        steps.push(Step { is_wide: 1, ..of(product(context, projection, delta, d, d)) });
    }
    steps.push(sum_and_norm);
    for piece in pieces(params, tokens, d) {
        steps.push(Step { function: code(Function::Relu), ..piece.of(product(x, first, hidden, d, ffn)) });
    }
    for piece in pieces(params, tokens, ffn) {
        steps.push(Step { is_wide: 1, ..piece.of(product(hidden, second, delta, ffn, d)) });
    }
    steps.push(sum_and_norm);
    (steps, places.next)
}

/// Tokens of a step.
struct Piece {
    first: u64,
    count: u64,
}

impl Piece {
    /// The step for these tokens, of one for all.
    fn of(&self, step: Step<u64>) -> Step<u64> {
        let rows = |matrix: Matrix<u64>| Matrix { address: matrix.row(self.first), ..matrix };
        Step { a: rows(step.a), y: rows(step.y), rows: self.count, ..step }
    }
}

/// The fewest pieces of tokens with so many elements that fit into the block.
fn pieces(params: &Params, tokens: u64, inner: u64) -> Vec<Piece> {
    let words = inner.div_ceil(params.bytes().into());
    let most = u64::from(params.token_words) / words * u64::from(params.product_tokens());
    let piece = |first: u64| Piece { first, count: most.min(tokens - first) };
    (0..tokens).step_by(most as usize).map(piece).collect()
}

/// The code of a value.
fn code<E: Encoded>(value: E) -> u64 {
    value.code() as u64
}

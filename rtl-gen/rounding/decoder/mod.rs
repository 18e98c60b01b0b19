//! A decoder block of a language model: RMSNorm, rotary positions, grouped-query attention, a gated feed-forward network, both
//! with a residual sum.

mod attention;
mod gate;
mod norm;
mod rotary;
#[cfg(test)]
mod tests;

use crate::network::{Network, Readers, squares};
use crate::product::product;
use attention::{Heads, Projections};
use ndarray::{Array1, Array2, ArrayView2};
use norm::Norm;
use rotary::{Turn, turn};

/// The matrices of a block, in their order.
pub const MATRICES: [&str; 7] =
    ["attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down"];
const QUERY: usize = 0;
const KEY: usize = 1;
const VALUE: usize = 2;
const OUTPUT: usize = 3;
const GATE: usize = 4;
const UP: usize = 5;
const DOWN: usize = 6;

/// The sizes and constants of a block.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shape {
    /// Elements of a token.
    pub width: usize,
    /// Heads of queries: a multiple of those of keys.
    pub heads: usize,
    /// Heads of keys and of values.
    pub key_heads: usize,
    /// Elements of a head: an even number.
    pub d_head: usize,
    /// Elements of the gated product.
    pub hidden: usize,
    /// What RMSNorm adds to the mean square.
    pub epsilon: f32,
    /// The base of the angles of rotary positions; pairs are neighbouring elements.
    pub rotary_base: f64,
}

impl Shape {
    /// Inputs and outputs of each matrix.
    pub fn sizes(&self) -> [(usize, usize); 7] {
        let (queries, keys) = (self.heads * self.d_head, self.key_heads * self.d_head);
        [
            (self.width, queries),
            (self.width, keys),
            (self.width, keys),
            (queries, self.width),
            (self.width, self.hidden),
            (self.width, self.hidden),
            (self.hidden, self.width),
        ]
    }
}

/// A block without its matrices.
pub struct Decoder {
    shape: Shape,
    norms: [Norm; 2],
}

/// What the backward pass needs.
pub struct Kept {
    read: Array2<f32>,
    projections: Projections,
    probabilities: Vec<Array2<f32>>,
    context: Array2<f32>,
    middle: Array2<f32>,
    read_again: Array2<f32>,
    gate: Array2<f32>,
    up: Array2<f32>,
    hidden: Array2<f32>,
}

impl Decoder {
    /// A block with the gains of its two norms.
    pub fn new(shape: Shape, gains: [Array1<f32>; 2]) -> Decoder {
        Decoder { shape, norms: gains.map(|gains| Norm { gains, epsilon: shape.epsilon }) }
    }

    fn heads(&self) -> Heads {
        let Shape { heads: queries, key_heads: keys, d_head, .. } = self.shape;
        Heads { queries, keys, d_head }
    }

    fn turn(&self, rows: &mut Array2<f32>, way: Turn) {
        turn(rows, self.shape.d_head, self.shape.rotary_base, way);
    }
}

impl Network for Decoder {
    type Kept = Kept;

    fn forward(&self, weights: &[Array2<f32>], input: ArrayView2<f32>) -> (Array2<f32>, Kept) {
        let by = |x: &Array2<f32>, matrix: usize| product(x.view(), weights[matrix].view());
        let read = self.norms[0].forward(input);
        let (mut query, mut key, value) = (by(&read, QUERY), by(&read, KEY), by(&read, VALUE));
        self.turn(&mut query, Turn::Forward);
        self.turn(&mut key, Turn::Forward);
        let projections = Projections { query, key, value };
        let (context, probabilities) = self.heads().forward(&projections);
        let middle = by(&context, OUTPUT) + input;
        let read_again = self.norms[1].forward(middle.view());
        let (gate, up) = (by(&read_again, GATE), by(&read_again, UP));
        let hidden = gate::forward(&gate, &up);
        let output = by(&hidden, DOWN) + &middle;
        (output, Kept { read, projections, probabilities, context, middle, read_again, gate, up, hidden })
    }

    fn backward(
        &self,
        weights: &[Array2<f32>],
        _input: ArrayView2<f32>,
        kept: &Kept,
        output: Array2<f32>,
    ) -> Vec<Array2<f32>> {
        let of_matrix = |read: &Array2<f32>, gradient: &Array2<f32>| product(read.t(), gradient.view());
        let back = |gradient: &Array2<f32>, matrix: usize| product(gradient.view(), weights[matrix].t());
        let hidden = back(&output, DOWN);
        let (gate, up) = gate::backward(&kept.gate, &kept.up, &hidden);
        let read_again = back(&gate, GATE) + back(&up, UP);
        let middle = self.norms[1].backward(kept.middle.view(), read_again.view()) + &output;
        let context = back(&middle, OUTPUT);
        let Projections { mut query, mut key, value } =
            self.heads().backward(&kept.projections, &kept.probabilities, &context);
        self.turn(&mut query, Turn::Back);
        self.turn(&mut key, Turn::Back);
        vec![
            of_matrix(&kept.read, &query),
            of_matrix(&kept.read, &key),
            of_matrix(&kept.read, &value),
            of_matrix(&kept.context, &middle),
            of_matrix(&kept.read_again, &gate),
            of_matrix(&kept.read_again, &up),
            of_matrix(&kept.hidden, &output),
        ]
    }

    fn energy(&self, input: ArrayView2<f32>, output: ArrayView2<f32>) -> f64 {
        squares((&output - &input).view())
    }

    fn readers<'k>(&self, _input: ArrayView2<'k, f32>, kept: &'k Kept) -> Vec<Readers<'k>> {
        let readers = |matrices: &[usize], input: &'k Array2<f32>, is_scalable| Readers {
            matrices: matrices.to_vec(),
            input: input.view(),
            is_scalable,
        };
        // Several heads of queries read a value: no scale of values is one for each of their results.
        let has_own_values = self.shape.heads == self.shape.key_heads;
        vec![
            readers(&[QUERY, KEY, VALUE], &kept.read, true),
            readers(&[OUTPUT], &kept.context, has_own_values),
            readers(&[GATE, UP], &kept.read_again, true),
            readers(&[DOWN], &kept.hidden, true),
        ]
    }
}

//! A layer as a list of steps.

use super::pieces::{Piece, pieces};
use super::places::{Activations, Placed, Places, Weights};
use crate::meadow::cycles::WIDE;
use crate::meadow::networks::Work;
use blocks::meadow::meadow_decoder_layer::Params;
use blocks::meadow::meadow_decoder_layer::step::{Function, Kind, OnChip, Step};
use blocks::meadow::meadow_vector::params::{First, Norm, Op};
use hdl::Encoded;

/// A layer.
pub struct Layer {
    /// Its steps.
    pub steps: Vec<Step<u64>>,
    /// The residual stream, which it takes and gives.
    pub residual: Placed,
    /// The tokens behind its first norm, which it takes, and those behind that of the next layer, which it gives.
    pub tokens: Placed,
    /// Results of the first matrix of the feed-forward network.
    pub hidden: Placed,
    /// The first byte outside behind its matrices.
    pub end: u64,
}

/// A step of all tokens, with operands of its kind.
struct Operands {
    a: Placed,
    b: Placed,
    y: Placed,
}

impl Operands {
    /// With the steps' fields that say where they are.
    fn step(&self, kind: Kind) -> Step<u64> {
        let Operands { a, b, y } = self;
        let local = OnChip { a: a.local, b: b.local, y: y.local, ..OnChip::default() };
        Step {
            kind: code(kind),
            a: a.matrix,
            b: b.matrix,
            y: y.matrix,
            local,
            multiplier: 1,
            ..Step::default()
        }
    }
}

/// A step with `c` and `d`.
fn with(step: Step<u64>, c: Placed, d: Placed) -> Step<u64> {
    let local = OnChip { c: c.local, d: d.local, ..step.local };
    Step { c: c.matrix, d: d.matrix, local, ..step }
}

/// A pre-norm layer with ReLU, as OPT has. Its matrices lie behind the first `list` bytes outside, and as far as there is room on
/// the chip. A layer begins behind its norm, which its last step does for the layer that follows. `sparse`: rows of the second
/// feed-forward matrix are left out for a single token, so it is not packed.
pub fn layer(params: &Params, work: &Work, weights: Weights, sparse: bool, list: u64) -> Layer {
    let (d, ffn, d_head) = (work.network.d_model, work.network.d_ffn, u64::from(params.d_head));
    let (tokens, keys) = (work.tokens, work.keys);
    let mut places = Places::behind(params, list);
    let Activations { residual, delta, x, context, hidden } = places.activations(params, work);
    let affine = places.outside(2, 2 * WIDE * d);
    let [all_keys, all_values] = [(); 2].map(|()| places.outside(keys, d));
    let of_queries = places.tiles(weights, d, work.network.heads, d_head);
    let [of_keys, of_values, projection] = [(); 3].map(|()| places.weights(weights, d, d));
    let of_second = if sparse { Weights::Plain } else { weights };
    let (first, second) = (places.weights(weights, d, ffn), places.weights(of_second, ffn, d));

    let packed = u64::from(weights != Weights::Plain);
    let product = |piece: &Piece, a: Placed, b, y: Placed, inner, columns| {
        let operands = Operands { a: a.at_row(piece.first), b, y: y.at_row(piece.first) };
        Step { packed, rows: piece.count, inner, columns, ..operands.step(Kind::Product) }
    };
    let sum_and_norm = Step {
        operation: code(Op::Sum),
        rows: tokens,
        inner: d,
        columns: d,
        first: code(First::Wide),
        norm: code(Norm::Layer),
        second: 1,
        narrow_shift: 4,
        ..with(Operands { a: residual, b: delta, y: residual }.step(Kind::Rows), affine, x)
    };
    let mut steps = vec![];
    for piece in &pieces(params, tokens, d) {
        let [new_keys, new_values] = [all_keys, all_values].map(|cache| cache.at_row(keys - tokens));
        let of_values = product(piece, x, of_values, new_values, d, d);
        steps.extend([
            product(piece, x, of_keys, new_keys, d, d),
            Step { keeps: 1, overlaps: 1, ..of_values },
        ]);
        // Only the tokens up to the last one of the piece have keys.
        let seen = keys - tokens + piece.first + piece.count;
        for (head, of_query) in (0..).zip(&of_queries) {
            let of_head = |matrix: Placed| matrix.at_byte(head * d_head);
            let step = product(piece, x, *of_query, of_head(context), d, seen);
            steps.push(Step {
                kind: code(Kind::Attention),
                overlaps: u64::from(head > 0),
                keeps: 1,
                causal: 1,
                skip: 1,
                valid: seen,
                extra: 1,
                position: keys - tokens + piece.first,
                ..with(step, of_head(all_keys), of_head(all_values))
            });
        }
        steps.push(Step { is_wide: 1, ..product(piece, context, projection, delta, d, d) });
    }
    steps.push(sum_and_norm);
    for piece in &pieces(params, tokens, d) {
        let relu = code(Function::Relu);
        steps.push(Step { function: relu, ..product(piece, x, first, hidden, d, ffn) });
    }
    for piece in &pieces(params, tokens, ffn) {
        let (packed, sparse) = if sparse { (0, 1) } else { (packed, 0) };
        steps.push(Step { is_wide: 1, packed, sparse, ..product(piece, hidden, second, delta, ffn, d) });
    }
    steps.push(sum_and_norm);
    Layer { steps, residual, tokens: x, hidden, end: places.end() }
}

/// A step that copies rows of some bytes, an even number.
pub fn copy(from: Placed, to: Placed, rows: u64, bytes: u64) -> Step<u64> {
    let inner = bytes / WIDE;
    let step = Operands { a: from, b: from, y: to }.step(Kind::Rows);
    Step { first: code(First::Wide), rows, inner, columns: inner, ..step }
}

/// The code of a value.
fn code<E: Encoded>(value: E) -> u64 {
    value.code() as u64
}

//! A layer as a list of steps.

use super::pieces::{Piece, pieces};
use super::places::{Activations, LayerWeights, Placed, PlacedWeights, Places, Weights};
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
    /// The first byte outside behind its matrices.
    pub end: u64,
}

/// A step of all tokens, with operands of its kind.
pub struct Operands {
    /// Tokens, or rows.
    pub a: Placed,
    /// Weights, or second rows.
    pub b: Placed,
    /// Results.
    pub y: Placed,
}

impl Operands {
    /// With the steps' fields that say where they are.
    pub fn step(&self, kind: Kind) -> Step<u64> {
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
pub fn with(step: Step<u64>, c: Placed, d: Placed) -> Step<u64> {
    let local = OnChip { c: c.local, d: d.local, ..step.local };
    Step { c: c.matrix, d: d.matrix, local, ..step }
}

/// A product whose results go to `d` too.
fn also(step: Step<u64>, d: Placed) -> Step<u64> {
    Step { second: 1, d: d.matrix, local: OnChip { d: d.local, ..step.local }, ..step }
}

/// What a list may do in one way or another.
pub struct Choices {
    /// How the weights are in memory.
    pub weights: LayerWeights,
    /// For a single token: rows of the second feed-forward matrix are left out, so it is not packed.
    pub is_sparse: bool,
    /// Keys and values stay on the chip too, where they can.
    pub keeps_keys: bool,
}

/// A pre-norm layer with ReLU, as OPT has. Its matrices lie behind the first `list` bytes outside, and as far as there is room on
/// the chip. A layer begins behind its norm, which its last step does for the layer that follows.
pub fn layer(params: &Params, work: &Work, choices: &Choices, list: u64) -> Layer {
    let (d, ffn, d_head) = (work.network.d_model, work.network.d_ffn, u64::from(params.d_head));
    let (tokens, keys) = (work.tokens, work.keys);
    let mut places = Places::behind(params, list);
    let Activations { residual, delta, x, context, hidden, near } = places.activations(params, work);
    let affine = places.outside(2, 2 * WIDE * d);
    let caches = [(); 2].map(|()| places.outside(keys, d));
    let near = near.filter(|_| choices.keeps_keys);
    let [seen_keys, seen_values] = near.unwrap_or(caches);
    let [queries, of_attention @ .., first, second] = choices.weights;
    let of_queries = places.tiles(queries, d, work.network.heads, d_head);
    let [of_keys, of_values, projection] = of_attention.map(|weights| places.weights(weights, d, d));
    let second = if choices.is_sparse { Weights::Plain } else { second };
    let (first, second) = (places.weights(first, d, ffn), places.weights(second, ffn, d));

    let product = |piece: &Piece, a: Placed, b: PlacedWeights, y: Placed, inner, columns| {
        let PlacedWeights { placed, packed } = b;
        let operands = Operands { a: a.at_row(piece.first), b: placed, y: y.at_row(piece.first) };
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
        let of_cache = |number: usize, weights: PlacedWeights| {
            let cached = caches[number].at_row(keys - tokens);
            let step = product(piece, x, weights, cached, d, d);
            near.map_or(step, |near| also(step, near[number].at_row(piece.first)))
        };
        let (of_keys, of_values) = (of_cache(0, of_keys), of_cache(1, of_values));
        steps.extend([of_keys, Step { keeps: 1, overlaps: 1, ..of_values }]);
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
                ..with(step, of_head(seen_keys), of_head(seen_values))
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
        let sparse = u64::from(choices.is_sparse);
        steps.push(Step { is_wide: 1, sparse, ..product(piece, hidden, second, delta, ffn, d) });
    }
    steps.push(sum_and_norm);
    Layer { steps, residual, tokens: x, end: places.end() }
}

/// A step that copies rows of some bytes, an even number.
pub fn copy(from: Placed, to: Placed, rows: u64, bytes: u64) -> Step<u64> {
    let inner = bytes / WIDE;
    let step = Operands { a: from, b: from, y: to }.step(Kind::Rows);
    Step { first: code(First::Wide), rows, inner, columns: inner, ..step }
}

/// The code of a value.
pub fn code<E: Encoded>(value: E) -> u64 {
    value.code() as u64
}

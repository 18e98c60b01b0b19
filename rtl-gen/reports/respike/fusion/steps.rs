//! The fusion of a group's residual frames as a list of steps.
//!
//! ```text
//! features -> norm -> in -> [norm -> self-attention] -> + -> [norm -> cross-attention] -> + -> [norm -> GEGLU] -> + -> out -> + features
//!                                                                        ^
//!                                             keys, values of the key frame
//! ```

use super::{D_HEAD, RESIDUAL_FRAMES, Stage, Steps, places};
use crate::meadow::built::{Operands, Placed, PlacedWeights, Places, Weights, code, with};
use crate::meadow::cycles::WIDE;
use blocks::meadow::meadow_decoder_layer::Params;
use blocks::meadow::meadow_decoder_layer::step::{Function, Kind, Step};
use blocks::meadow::meadow_vector::params::{First, Norm, Op};

/// Elements of the feed-forward network for each one of a token.
const FFN: u64 = 4;

/// More steps than a group has: of a frame, and for each of its heads.
const MOST: u64 = 32;

/// Weights of an attention: of each head's queries, of keys, of values, and the projection.
struct Attention {
    queries: Vec<PlacedWeights>,
    keys: PlacedWeights,
    values: PlacedWeights,
    projection: PlacedWeights,
}

/// All weights of a stage.
struct Matrices {
    inward: PlacedWeights,
    own: Attention,
    cross: Attention,
    gate: PlacedWeights,
    up: PlacedWeights,
    down: PlacedWeights,
    outward: PlacedWeights,
    affine: Placed,
}

/// Keys and values.
type Cache = [Placed; 2];

/// What is used again for each frame.
struct Scratch {
    residual: Placed,
    delta: Placed,
    x: Placed,
    context: Placed,
    own: Cache,
    gate: Placed,
    up: Placed,
    hidden: Placed,
}

/// Makes steps of a stage.
struct Maker<'p> {
    stage: &'p Stage,
    matrices: Matrices,
    scratch: Scratch,
}

/// The steps of a group's residual frames, whose keys and values of the key frame are made once (`keeps`) or for each of them, and the
/// first byte behind all matrices.
pub fn group(params: &Params, stage: &Stage, keeps: bool) -> (Steps, u64) {
    let mut places = places(params, RESIDUAL_FRAMES * (MOST + 2 * stage.heads()));
    let Stage { channels, tokens, context } = *stage;
    let key_frame = places.outside(tokens, context);
    let of_key_frame = [(); 2].map(|()| places.outside(tokens, channels));
    let features = [(); RESIDUAL_FRAMES as usize].map(|()| places.outside(tokens, WIDE * channels));
    let (matrices, scratch) = (Matrices::new(stage, &mut places), Scratch::new(stage, &mut places));
    let maker = Maker { stage, matrices, scratch };
    let mut steps = vec![];
    for (number, features) in features.into_iter().enumerate() {
        if number == 0 || !keeps {
            steps.extend(maker.keys(&maker.matrices.cross, key_frame, of_key_frame, context));
        }
        steps.extend(maker.frame(features, of_key_frame));
    }
    (steps, places.end())
}

impl Matrices {
    fn new(stage: &Stage, places: &mut Places) -> Matrices {
        let Stage { channels, context, .. } = *stage;
        let plain = Weights::Plain;
        let attention = |places: &mut Places, source: u64| Attention {
            queries: places.tiles(plain, channels, stage.heads(), D_HEAD),
            keys: places.weights(plain, source, channels),
            values: places.weights(plain, source, channels),
            projection: places.weights(plain, channels, channels),
        };
        Matrices {
            inward: places.weights(plain, channels, channels),
            own: attention(places, channels),
            cross: attention(places, context),
            gate: places.weights(plain, channels, FFN * channels),
            up: places.weights(plain, channels, FFN * channels),
            down: places.weights(plain, FFN * channels, channels),
            outward: places.weights(plain, channels, channels),
            affine: places.outside(2, 2 * WIDE * channels),
        }
    }
}

impl Scratch {
    fn new(stage: &Stage, places: &mut Places) -> Scratch {
        let Stage { channels, tokens, .. } = *stage;
        let mut matrix = |bytes: u64| places.outside(tokens, bytes);
        Scratch {
            residual: matrix(WIDE * channels),
            delta: matrix(WIDE * channels),
            x: matrix(channels),
            context: matrix(channels),
            own: [matrix(channels), matrix(channels)],
            gate: matrix(WIDE * FFN * channels),
            up: matrix(WIDE * FFN * channels),
            hidden: matrix(FFN * channels),
        }
    }
}

impl Maker<'_> {
    /// All of a residual frame but the keys and values of its key frame.
    fn frame(&self, features: Placed, of_key_frame: Cache) -> Steps {
        let Maker { stage, matrices, scratch } = self;
        let channels = stage.channels;
        let Scratch { residual, delta, x, context, own, gate, up, hidden } = *scratch;
        let mut steps = vec![
            self.norm_of(features, x),
            self.wide(self.product(x, matrices.inward, residual, channels, channels)),
            self.norm_of(residual, x),
        ];
        steps.extend(self.keys(&matrices.own, x, own, channels));
        for (attention, cache) in [(&matrices.own, own), (&matrices.cross, of_key_frame)] {
            steps.extend(self.heads(attention, cache));
            steps.push(self.wide(self.product(context, attention.projection, delta, channels, channels)));
            steps.push(self.norm(self.sum(residual, delta, residual), x));
        }
        let hidden_width = FFN * channels;
        let gated = self.wide(self.product(x, matrices.gate, gate, channels, hidden_width));
        let through = Step {
            operation: code(Op::Product),
            first: code(First::Narrow),
            ..self.rows(gate, up, hidden, hidden_width)
        };
        steps.extend([
            Step { function: code(Function::Gelu), ..gated },
            self.wide(self.product(x, matrices.up, up, channels, hidden_width)),
            through,
            self.wide(self.product(hidden, matrices.down, delta, hidden_width, channels)),
            // Not normalised.
            Step { first: code(First::Narrow), ..self.sum(residual, delta, x) },
            self.wide(self.product(x, matrices.outward, delta, channels, channels)),
            self.sum(features, delta, features),
        ]);
        steps
    }

    /// The keys and values of an attention, from tokens of so many elements.
    fn keys(&self, attention: &Attention, tokens: Placed, cache: Cache, inner: u64) -> [Step<u64>; 2] {
        let channels = self.stage.channels;
        let [keys, values] = cache;
        let of_values = self.product(tokens, attention.values, values, inner, channels);
        [
            self.product(tokens, attention.keys, keys, inner, channels),
            Step { keeps: 1, overlaps: 1, ..of_values },
        ]
    }

    /// The heads of an attention of all tokens to all keys.
    fn heads(&self, attention: &Attention, [keys, values]: Cache) -> Steps {
        let Maker { stage, scratch, .. } = self;
        let head = |(number, weights): (u64, &PlacedWeights)| {
            let of_head = |matrix: Placed| matrix.at_byte(number * D_HEAD);
            let step =
                self.product(scratch.x, *weights, of_head(scratch.context), stage.channels, stage.tokens);
            Step {
                kind: code(Kind::Attention),
                overlaps: u64::from(number > 0),
                keeps: u64::from(number > 0),
                valid: stage.tokens,
                extra: 1,
                ..with(step, of_head(keys), of_head(values))
            }
        };
        (0..).zip(&attention.queries).map(head).collect()
    }

    fn product(&self, a: Placed, b: PlacedWeights, y: Placed, inner: u64, columns: u64) -> Step<u64> {
        let PlacedWeights { placed, packed } = b;
        let step = Operands { a, b: placed, y }.step(Kind::Product);
        Step { packed, rows: self.stage.tokens, inner, columns, ..step }
    }

    fn wide(&self, step: Step<u64>) -> Step<u64> {
        Step { is_wide: 1, ..step }
    }

    fn rows(&self, a: Placed, b: Placed, y: Placed, elements: u64) -> Step<u64> {
        let step = Operands { a, b, y }.step(Kind::Rows);
        Step { rows: self.stage.tokens, inner: elements, columns: elements, first: code(First::Wide), ..step }
    }

    /// Only the norm of a matrix.
    fn norm_of(&self, a: Placed, x: Placed) -> Step<u64> {
        Step { first: code(First::None), ..self.norm(self.rows(a, a, a, self.stage.channels), x) }
    }

    fn sum(&self, a: Placed, b: Placed, y: Placed) -> Step<u64> {
        Step { operation: code(Op::Sum), ..self.rows(a, b, y, self.stage.channels) }
    }

    /// A step of rows with a norm, whose results go to `x`.
    fn norm(&self, step: Step<u64>, x: Placed) -> Step<u64> {
        let step = with(step, self.matrices.affine, x);
        Step { norm: code(Norm::Layer), second: 1, narrow_shift: 4, ..step }
    }
}

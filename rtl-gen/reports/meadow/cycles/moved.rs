//! The bytes that a step moves, and the cycles that it computes, if nothing waits.

use super::attention::scores;
use super::products::passes;
use super::{Needed, WIDE};
use crate::meadow::step;
use blocks::meadow::meadow_decoder_layer::step::{Kind, Step};
use blocks::meadow::meadow_decoder_layer::{Params, TABLE_ROWS};
use blocks::meadow::meadow_vector::params::{First, Op};
use hdl::Encoded;

/// What a step moves to and from the memory outside, and computes.
pub fn moved(params: &Params, needed: Needed, step: &Step<u64>) -> step::Step {
    let (rows, inner, d_head) = (step.rows, step.inner, u64::from(params.d_head));
    let passes = passes(params, step).len() as u64;
    let tokens = if step.keeps == 1 { 0 } else { outside(step.local.a, rows * inner) };
    let needed = needed.rows(step);
    let turns = u64::from(params.turns(needed as u32));
    let tiles = step.columns / d_head;
    let of_tile = (needed + u64::from(TABLE_ROWS)) * d_head;
    // The stride of a container is its size.
    let weights =
        |tiles: u64| outside(step.local.b, if step.packed == 1 { step.b.stride } else { tiles * of_tile });
    let [weights, reads, writes, cycles] = match Kind::from_code(step.kind.into())
        .expect("every code has a kind")
    {
        Kind::Product => {
            let of_results = (rows * step.columns) << step.is_wide;
            let also = if step.second == 1 { outside(step.local.d, of_results) } else { 0 };
            let results = outside(step.local.y, of_results) + also;
            [weights(tiles), tokens, results, tiles * passes * turns]
        }
        Kind::Attention => {
            let scores = scores(params, step, 1).sum as u64;
            let head = [step.local.c, step.local.d].map(|local| outside(local, step.columns * d_head));
            let results = outside(step.local.y, rows * d_head);
            [weights(1), tokens + head[0] + head[1], results, scores.max(passes * turns)]
        }
        Kind::Rows => {
            let of_a = WIDE * rows * inner;
            let of_b = if step.operation == Op::Copy.code() as u64 { 0 } else { WIDE * rows * step.columns };
            let [first, second] = results(step).map(|bytes| rows * bytes);
            let reads = outside(step.local.a, of_a) + outside(step.local.b, of_b);
            let writes = outside(step.local.y, first) + outside(step.local.d, second);
            [0, reads, writes, of_a / u64::from(params.bytes())]
        }
        Kind::End => [0; 4],
    };
    let [weights, reads, writes, cycles] = [weights, reads, writes, cycles].map(|number| number as f64);
    step::Step { weights, reads, writes, cycles }
}

/// What moves outside of the bytes of a matrix, which may be on the chip.
fn outside(local: u64, bytes: u64) -> u64 {
    if local == 1 { 0 } else { bytes }
}

/// Bytes of the results of a row.
pub(super) fn results(step: &Step<u64>) -> [u64; 2] {
    let first = match First::from_code(step.first.into()).expect("every code is a result") {
        First::None => 0,
        First::Narrow => step.inner,
        First::Wide | First::Normal => WIDE * step.inner,
    };
    [first, step.second * step.inner]
}

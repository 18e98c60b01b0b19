//! The paper's schedules: all matrix products by fetch, compute and store, and token-parallel, head-sequential attention.
//! Every multiplier is busy in every cycle of a matrix product, which flatters them.

use super::machine::Machine;
use super::networks::{D_HEAD, Work};
use super::step::Step;

/// Elements of a row that a LayerNorm unit takes in a cycle.
const NORM_LANES: f64 = 64.0;

/// Scores that all softmax units of the paper take in a cycle: one for each token in parallel.
fn softmax_rate(machine: &Machine) -> f64 {
    machine.tokens as f64
}

/// A LayerNorm that stores its result.
pub fn norm(work: &Work) -> Step {
    let elements = work.activations();
    Step { weights: 0.0, reads: elements, writes: elements, cycles: elements / NORM_LANES }
}

/// A matrix product with weights, of rows of these lengths.
fn product(machine: &Machine, work: &Work, inner: u64, columns: u64) -> Step {
    let weights = (inner * columns) as f64;
    let (reads, writes) = ((work.tokens * inner) as f64, (work.tokens * columns) as f64);
    Step { weights, reads, writes, cycles: work.tokens as f64 * weights / machine.multipliers() }
}

/// The scores: all heads' queries by keys.
fn scores(machine: &Machine, work: &Work) -> Step {
    let cycles = work.scores() * D_HEAD as f64 / machine.multipliers();
    Step { weights: 0.0, reads: work.activations() + work.cached(work.keys), writes: work.scores(), cycles }
}

fn softmax(machine: &Machine, work: &Work) -> Step {
    let scores = work.scores();
    Step { weights: 0.0, reads: scores, writes: scores, cycles: scores / softmax_rate(machine) }
}

/// The probabilities by values.
fn context(machine: &Machine, work: &Work) -> Step {
    let cycles = work.scores() * D_HEAD as f64 / machine.multipliers();
    Step { weights: 0.0, reads: work.scores() + work.cached(work.keys), writes: work.activations(), cycles }
}

/// The steps around the attention of the queries: norms, keys, values, projection, feed-forward network.
fn around(machine: &Machine, work: &Work) -> Vec<Step> {
    let (d_model, d_ffn) = (work.network.d_model, work.network.d_ffn);
    let square = product(machine, work, d_model, d_model);
    let (first, second) = (product(machine, work, d_model, d_ffn), product(machine, work, d_ffn, d_model));
    vec![norm(work), square, square, square, norm(work), first, second]
}

/// A layer with all matrix products by fetch, compute and store.
pub fn gemm(machine: &Machine, work: &Work) -> Vec<Step> {
    let queries = product(machine, work, work.network.d_model, work.network.d_model);
    let attention = [queries, scores(machine, work), softmax(machine, work), context(machine, work)];
    [around(machine, work), attention.into()].concat()
}

/// A layer with token-parallel, head-sequential attention.
pub fn tphs(machine: &Machine, work: &Work) -> Vec<Step> {
    let elements = work.activations();
    let (cycles, _) = machine.pipeline(work, false, false);
    let attention = Step {
        weights: work.square(),
        reads: elements + 2.0 * work.cached(work.keys),
        writes: elements,
        cycles: cycles as f64,
    };
    [around(machine, work), vec![attention]].concat()
}

/// The LM head for one token.
pub fn lm_head(machine: &Machine, work: &Work) -> Step {
    let weights = (work.network.d_model * work.network.vocabulary) as f64;
    Step { weights, reads: 0.0, writes: 0.0, cycles: weights / machine.multipliers() }
}

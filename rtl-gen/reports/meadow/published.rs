//! The paper's figures (arXiv 2503.11663, its evaluation on a ZCU102): latency of all matrix products by fetch, compute and store,
//! divided by MEADOW's.

use serde::Serialize;

/// What was measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Time to the first token.
    Prefill,
    /// Time between tokens.
    Decode,
}

/// A published range.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Published {
    /// The network.
    pub network: &'static str,
    /// What was measured.
    pub phase: Phase,
    /// Bandwidth of the memory.
    pub gbps: u64,
    /// The least and the greatest speed-up over the lengths of the prompt or of the cache.
    pub speed_up: [f64; 2],
}

/// Every range. Of the decode of OPT-1.3B, the paper says only that it is in the same range as that of OPT-125M.
pub const PUBLISHED: [Published; 8] = [
    published("opt-125m", Phase::Prefill, 12, [1.5, 1.7]),
    published("opt-125m", Phase::Prefill, 1, [1.57, 2.5]),
    published("opt-125m", Phase::Decode, 12, [1.4, 1.52]),
    published("opt-125m", Phase::Decode, 1, [1.4, 1.53]),
    published("opt-1.3b", Phase::Prefill, 12, [1.5, 1.6]),
    published("opt-1.3b", Phase::Prefill, 1, [1.55, 2.0]),
    published("opt-1.3b", Phase::Decode, 12, [1.4, 1.52]),
    published("opt-1.3b", Phase::Decode, 1, [1.4, 1.53]),
];

const fn published(network: &'static str, phase: Phase, gbps: u64, speed_up: [f64; 2]) -> Published {
    Published { network, phase, gbps, speed_up }
}

/// Published for one matrix, the first of the feed-forward network of OPT-125M's first layer: bytes before packing divided by those
/// after, with each of its three refinements.
pub const PACKING_OF_ONE_MATRIX: [f64; 3] = [1.4, 1.54, 2.63];

/// Derived: in decode, which fetches little else than weights, MEADOW is at most 1.53 times as fast. That takes this mean ratio
/// over all matrices.
pub const PACKING: f64 = 1.54;

/// Different pairs of weights of that matrix, published.
pub const UNIQUE_PAIRS: usize = 1272;

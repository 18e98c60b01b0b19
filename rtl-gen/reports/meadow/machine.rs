//! The machine, and cycles of its processing elements.

use super::networks::{D_HEAD, Work};
use serde::Serialize;

/// Clock, in MHz.
pub const MHZ: f64 = 100.0;

/// Cycles in a millisecond.
pub const CYCLES_PER_MS: f64 = MHZ * 1e3;

/// Bytes that the memory moves in a cycle.
pub fn bytes_per_cycle(gbps: u64) -> f64 {
    gbps as f64 * 1e3 / 8.0 / MHZ
}

/// The processing elements and softmax units.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Machine {
    /// Processing elements.
    pub pes: u64,
    /// Multipliers of an element. The paper does not give it; 64, the size of a head, balances its pipeline.
    pub lanes: u64,
    /// Tokens in parallel.
    pub tokens: u64,
    /// Scores that a softmax unit takes in a cycle if the elements are shared.
    pub softmax_lanes: u64,
}

/// The paper's, with `lanes` and `softmax_lanes` of ours.
pub const MACHINE: Machine = Machine { pes: 96, lanes: 64, tokens: 12, softmax_lanes: 4 };

/// Of the eight elements of a token, those that make its query in the paper's split. One makes scores, one adds up values.
const QUERY_PES: u64 = 6;

impl Machine {
    /// All multipliers.
    pub fn multipliers(&self) -> f64 {
        (self.pes * self.lanes) as f64
    }

    /// Beats in which an element makes so many dot products, or adds up so many scaled vectors, of this length.
    pub fn beats(&self, count: u64, length: u64) -> u64 {
        count * length.div_ceil(self.lanes)
    }

    /// Cycles of a matrix product in which each element makes dot products, with the best arrangement of the elements in
    /// rows and columns.
    pub fn gemm(&self, rows: u64, inner: u64, columns: u64) -> u64 {
        let arrangements = (1..=self.pes).filter(|side| self.pes.is_multiple_of(*side));
        let results = |side: u64| rows.div_ceil(side) * columns.div_ceil(self.pes / side);
        self.beats(arrangements.map(results).min().unwrap_or_default(), inner)
    }

    /// Cycles between two groups of tokens in the pipeline of queries, scores, softmax and values of a head, whose
    /// elements are split as in the paper, or shared at run time.
    pub fn group(&self, d_model: u64, tokens: u64, keys: u64, is_shared: bool) -> u64 {
        let query = self.beats(D_HEAD, d_model);
        // As many to make the scores as to add up the values.
        let scores = self.beats(keys, D_HEAD);
        match is_shared {
            true => {
                let beats = tokens * (query + 2 * scores);
                beats.div_ceil(self.pes).max(keys.div_ceil(self.softmax_lanes))
            }
            false => query.div_ceil(QUERY_PES).max(scores),
        }
    }

    /// Cycles of the pipeline for a layer, without filling it: the sum over heads and groups, and the longest group. A
    /// causal one skips the keys behind a group's last token.
    pub fn pipeline(&self, work: &Work, is_shared: bool, is_causal: bool) -> (u64, u64) {
        let (tokens, keys) = (work.tokens, work.keys);
        let groups = (0..tokens).step_by(self.tokens as usize).map(|first| {
            let of_group = self.tokens.min(tokens - first);
            let seen = if is_causal { keys - tokens + first + of_group } else { keys };
            self.group(work.network.d_model, of_group, seen, is_shared)
        });
        let (sum, longest) = groups.fold((0, 0), |(sum, longest), group| (sum + group, group.max(longest)));
        (work.network.heads * sum, longest)
    }
}

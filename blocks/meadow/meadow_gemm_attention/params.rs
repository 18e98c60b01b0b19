//! The parameters of `meadow_gemm_attention`.

use crate::meadow::meadow_attention_head::{self, params::ELEMENT_BITS};
use crate::meadow::meadow_requantize::Rounding;
use crate::parameters::Parameters;
use hdl::Bundle;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smart_default::SmartDefault;

/// The parameters, by the names that users write: those of a head whose stages lend nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, SmartDefault)]
pub struct Params {
    /// Tokens at once.
    #[default = 12]
    #[schemars(range(min = 1, max = 16), extend("x-name" = "p"))]
    pub tokens: u32,
    /// Elements of a query, a key and a value.
    #[default = 64]
    #[schemars(extend("enum" = [8, 16, 32, 64, 128], "x-name" = "h"))]
    pub d_head: u32,
    /// Most elements of a token.
    #[default = 768]
    #[schemars(range(min = 2, max = 4096), extend("x-name" = "d"))]
    pub d_model: u32,
    /// Most keys.
    #[default = 512]
    #[schemars(range(min = 2, max = 4096), extend("x-name" = "k"))]
    pub keys: u32,
    /// Width of a probability.
    #[default = 16]
    #[schemars(extend("enum" = [8, 16], "x-tag" = "o"))]
    pub probability_bits: u32,
    /// Rounding of ties: away from zero (`half_away`) or to the even number (`half_even`).
    #[default(Rounding::HalfAway)]
    #[schemars(extend("x-tag" = ""))]
    pub rounding: Rounding,
    /// Two products in each multiplier of queries and, if probabilities have 8 bits, of results.
    #[default = false]
    #[schemars(extend("x-tag" = "packed"))]
    pub packed: bool,
}

impl Parameters for Params {}

/// The queries of a group.
#[derive(Clone, Copy, Bundle)]
pub struct QueryBeat<T> {
    /// All elements of each token.
    pub queries: T,
}

/// A score of each token of a group.
#[derive(Clone, Copy, Bundle)]
pub struct ScoreBeat<T> {
    /// Two's complement, the first token in the lowest bits.
    pub scores: T,
}

/// A probability of each token of a group.
#[derive(Clone, Copy, Bundle)]
pub struct ProbabilityBeat<T> {
    /// Unsigned fractions, the first token in the lowest bits.
    pub probabilities: T,
}

impl Params {
    /// The head with the same stages.
    pub fn head(&self) -> meadow_attention_head::Params {
        meadow_attention_head::Params {
            tokens: self.tokens,
            d_head: self.d_head,
            d_model: self.d_model,
            keys: self.keys,
            probability_bits: self.probability_bits,
            rounding: self.rounding,
            packed: self.packed,
            lends: false,
            keeps: false,
        }
    }

    /// The queries of a group.
    pub fn queries(&self) -> QueryBeat<u32> {
        QueryBeat { queries: self.tokens * self.head().row_bits() }
    }

    /// A score of each token.
    pub fn scores(&self) -> ScoreBeat<u32> {
        ScoreBeat { scores: self.tokens * ELEMENT_BITS }
    }

    /// A probability of each token.
    pub fn probabilities(&self) -> ProbabilityBeat<u32> {
        ProbabilityBeat { probabilities: self.tokens * self.probability_bits }
    }
}

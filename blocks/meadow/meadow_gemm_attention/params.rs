//! The parameters of `meadow_gemm_attention`.

use crate::meadow::meadow_attention_head::{self as head, params::ELEMENT_BITS};
use crate::parameters::{ParameterError, Parameters};
use hdl::Bundle;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The parameters, by the names that users write: those of the head.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Params {
    /// The head.
    pub head: head::Params,
}

impl Parameters for Params {
    fn validate(&self) -> Result<(), ParameterError> {
        self.head.validate()
    }

    fn name_parts(&self) -> Vec<String> {
        self.head.name_parts()
    }
}

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
    /// The queries of a group.
    pub fn queries(&self) -> QueryBeat<u32> {
        QueryBeat { queries: self.head.tokens * self.head.row_bits() }
    }

    /// A score of each token.
    pub fn scores(&self) -> ScoreBeat<u32> {
        ScoreBeat { scores: self.head.tokens * ELEMENT_BITS }
    }

    /// A probability of each token.
    pub fn probabilities(&self) -> ProbabilityBeat<u32> {
        ProbabilityBeat { probabilities: self.head.tokens * self.head.probability_bits }
    }
}

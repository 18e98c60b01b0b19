//! The parameters of `meadow_attention_head`.

use crate::meadow::meadow_mac_pe::{self, Kind};
use crate::meadow::meadow_requantize::{Rounding, SHIFT_BITS, SUM_BITS, VALUE_BITS};
use crate::nonlinear::softmax;
use crate::parameters::Parameters;
use hdl::{Bundle, bit_length, index_width};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smart_default::SmartDefault;

/// The parameters, by the names that users write.
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
    /// Jobs may make queries with the elements of scores and of values too, of three groups of tokens at once.
    #[default = false]
    #[schemars(extend("x-tag" = "lends"))]
    pub lends: bool,
    /// Jobs may attend to the keys and values of the last job that brought its own, which then are not loaded again.
    #[default = false]
    #[schemars(extend("x-tag" = "keeps"))]
    pub keeps: bool,
}

impl Parameters for Params {}

/// Width of an element of a token, a weight, a key or a value.
pub const ELEMENT_BITS: u32 = VALUE_BITS;

/// Width of a number of tokens, and of a position.
pub const COUNT_BITS: u32 = 16;

/// Width of a multiplier.
pub const MULTIPLIER_BITS: u32 = 16;

/// Groups of tokens in a round of queries that is made with lent elements: one for each kind of them.
pub const GROUPS_OF_LENT_ROUND: u32 = 3;

/// Width of a number of rounds without lent elements.
pub const SINGLE_ROUNDS_BITS: u32 = 2;

/// The widths of a scale.
pub const SCALE: ScaleFields<u32> = ScaleFields { multiplier: MULTIPLIER_BITS, shift: SHIFT_BITS };

impl Params {
    /// Width of a number of elements of a token.
    pub fn model_bits(&self) -> u32 {
        bit_length(self.d_model.into())
    }

    /// Width of a number of keys.
    pub fn key_bits(&self) -> u32 {
        bit_length(self.keys.into())
    }

    /// Width of a row of a head.
    pub fn row_bits(&self) -> u32 {
        self.d_head * ELEMENT_BITS
    }

    /// Width of the place of an element in a head.
    pub fn place_bits(&self) -> u32 {
        index_width(self.d_head.into())
    }

    /// A processing element, packed where that is wanted and can be.
    pub fn element(&self, kind: Kind, a_bits: u32) -> meadow_mac_pe::Params {
        let unpacked = meadow_mac_pe::Params {
            kind,
            lanes: self.d_head,
            a_bits,
            b_bits: ELEMENT_BITS,
            acc_bits: SUM_BITS,
            stages: 1,
            packed: false,
        };
        let packed = meadow_mac_pe::Params { packed: true, ..unpacked.clone() };
        if self.packed && packed.validate().is_ok() { packed } else { unpacked }
    }

    /// The softmax of a token.
    pub fn softmax(&self) -> softmax::Params {
        let one_lane = softmax::Params { lanes: 1, ..softmax::Params::default() };
        softmax::Params { length: self.keys, output_bits: self.probability_bits, ..one_lane }
    }

    /// A job.
    pub fn job(&self) -> Job<u32> {
        Job {
            d_model: self.model_bits(),
            tokens: COUNT_BITS,
            keys: self.key_bits(),
            valid_keys: self.key_bits(),
            position: COUNT_BITS,
            causal: 1,
            skip: 1,
            score: SCALE,
            output: SCALE,
            lending: self.lending(),
            keeps: self.keeping(),
        }
    }

    /// What a job says about lent elements.
    pub fn lending(&self) -> Option<LendingJob<u32>> {
        self.lends.then_some(LendingJob { lends: 1, single_rounds: SINGLE_ROUNDS_BITS })
    }

    /// Width of what a job says about the keys and values of the job before.
    pub fn keeping(&self) -> Option<u32> {
        self.keeps.then_some(1)
    }

    /// A row of weights, a key, or a value.
    pub fn row(&self) -> RowBeat<u32> {
        RowBeat { row: self.row_bits() }
    }

    /// Tokens in a beat of `x`.
    pub fn tokens_of_beat(&self) -> u32 {
        self.tokens * if self.lends { GROUPS_OF_LENT_ROUND } else { 1 }
    }

    /// A beat of tokens.
    pub fn x(&self) -> TokenBeat<u32> {
        TokenBeat { elements: self.tokens_of_beat() * ELEMENT_BITS }
    }

    /// A beat of results.
    pub fn out(&self) -> OutputBeat<u32> {
        OutputBeat { elements: self.tokens * ELEMENT_BITS, last: 1 }
    }
}

/// A beat of the table.
pub const TABLE: TableBeat<u32> = TableBeat { bias: SUM_BITS, scale: SCALE };

/// The end of a job.
pub const STATUS: StatusBeat<u32> = StatusBeat { error: 1 };

/// A scale: multiplier / 2^shift.
#[derive(Clone, Copy, Bundle)]
pub struct ScaleFields<T> {
    /// Unsigned.
    pub multiplier: T,
    /// Places to the right.
    pub shift: T,
}

/// What is to be done with a head.
#[derive(Clone, Copy, Bundle)]
pub struct Job<T> {
    /// Elements of a token.
    pub d_model: T,
    /// Number of tokens.
    pub tokens: T,
    /// Number of keys, and of values.
    pub keys: T,
    /// Keys that count, from the first one on; the others are padding.
    pub valid_keys: T,
    /// Position of the first token among the keys.
    pub position: T,
    /// 1: a token sees no key behind its own position.
    pub causal: T,
    /// 1: keys that no token of a group sees are left out, which changes no result.
    pub skip: T,
    /// Scale of scores, to steps of ln 2 / 32.
    pub score: ScaleFields<T>,
    /// Scale of results.
    pub output: ScaleFields<T>,
    /// Lent elements, if there are some.
    #[bundle(flatten)]
    pub lending: Option<LendingJob<T>>,
    /// 1: its keys and values are the first ones of the last job that brought its own, if jobs may keep them.
    pub keeps: Option<T>,
}

/// Which queries of a job are made with lent elements.
#[derive(Clone, Copy, Bundle)]
pub struct LendingJob<T> {
    /// 1: those of three groups of tokens at once, in the first round and behind each `single_rounds` others.
    pub lends: T,
    /// Rounds of one group behind each round of three, made beside its attention.
    pub single_rounds: T,
}

/// A row of a matrix of the head.
#[derive(Clone, Copy, Bundle)]
pub struct RowBeat<T> {
    /// Two's complement, the first element in the lowest bits.
    pub row: T,
}

/// What makes an element of a query of its sum.
#[derive(Clone, Copy, Bundle)]
pub struct TableBeat<T> {
    /// Bias: two's complement, in units of the sums.
    pub bias: T,
    /// Scale.
    #[bundle(flatten)]
    pub scale: ScaleFields<T>,
}

/// An element of each token of a round of queries.
#[derive(Clone, Copy, Bundle)]
pub struct TokenBeat<T> {
    /// Two's complement, the first token in the lowest bits.
    pub elements: T,
}

/// An element of the result of each token of a group.
#[derive(Clone, Copy, Bundle)]
pub struct OutputBeat<T> {
    /// Two's complement, the first token in the lowest bits; 0 for tokens that there are not.
    pub elements: T,
    /// Last beat of the job.
    pub last: T,
}

/// A job has ended.
#[derive(Clone, Copy, Bundle)]
pub struct StatusBeat<T> {
    /// A number of the job was out of its range, and nothing was done.
    pub error: T,
}

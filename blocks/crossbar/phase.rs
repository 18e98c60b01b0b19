//! What the blocks between an array and its sums tell each other.
//!
//! A phase is one bit of the inputs on one block of rows, with one sign. The input driver gives phases; a sequencer holds each one
//! while the columns of a converter are converted, and puts it beside every conversion; the shift-and-add unit weighs the
//! conversion by it.

use hdl::{Bundle, index_width};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How inputs are driven bit by bit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Encoding {
    /// Unsigned inputs, such as spikes of one bit: every phase adds.
    Unsigned,
    /// Two's complement: the phases of the highest bit subtract.
    TwosComplement,
    /// Two's complement, driven as sign and magnitude: for each bit of the magnitudes a phase of the inputs that are not negative,
    /// which adds, and one of those that are, which subtracts.
    SignMagnitude,
}

impl Encoding {
    /// Whether there are phases that subtract.
    pub fn is_signed(self) -> bool {
        match self {
            Encoding::Unsigned => false,
            Encoding::TwosComplement | Encoding::SignMagnitude => true,
        }
    }
}

/// What the conversions of a phase weigh.
#[derive(Clone, Copy, Debug, Bundle)]
pub struct Phase<T> {
    /// The bit of the inputs, 0 the lowest: weight 2^bit.
    pub bit: Option<T>,
    /// 1 if the conversions count negatively.
    pub subtract: Option<T>,
    /// The last phase of its input vector.
    pub last: T,
}

/// The phases of inputs of `input_bits`. Inputs of one bit need no number of a bit, unsigned ones no sign.
pub fn phase(input_bits: u32, encoding: Encoding) -> Phase<u32> {
    Phase {
        bit: (input_bits > 1).then(|| index_width(input_bits.into())),
        subtract: encoding.is_signed().then_some(1),
        last: 1,
    }
}

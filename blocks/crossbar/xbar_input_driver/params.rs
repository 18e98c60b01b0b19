//! The parameters of `xbar_input_driver`.

use crate::crossbar::phase::{Encoding, Phase, phase};
use crate::parameters::{ParameterError, Parameters};
use hdl::{Bundle, index_width};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smart_default::SmartDefault;

/// The parameters, by the names that users write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, SmartDefault)]
pub struct Params {
    /// Word lines, a multiple of lanes.
    #[default = 64]
    #[schemars(range(min = 2, max = 2048), extend("x-name" = "r"))]
    pub rows: u32,
    /// The most word lines that are driven at once: a block of rows.
    #[default(None)]
    #[schemars(range(min = 1, max = 2048), extend("x-tag" = "at", "x-default" = "rows"))]
    pub rows_at_once: Option<u32>,
    /// Bits of an input.
    #[default = 8]
    #[schemars(range(min = 1, max = 16), extend("x-name" = "i"))]
    pub input_bits: u32,
    /// How inputs are driven bit by bit.
    #[default(Encoding::TwosComplement)]
    #[schemars(extend("x-tag" = ""))]
    pub encoding: Encoding,
    /// Inputs in a beat.
    #[default = 8]
    #[schemars(extend("enum" = [1, 2, 4, 8, 16, 32, 64], "x-tag" = "x"))]
    pub lanes: u32,
}

/// The most blocks of rows.
const MOST_BLOCKS: u32 = 16;

impl Parameters for Params {
    fn resolved(&self) -> Params {
        Params { rows_at_once: Some(self.rows_at_once()), ..self.clone() }
    }

    fn validate(&self) -> Result<(), ParameterError> {
        let conflict = |message| Err(ParameterError::Conflict(message));
        let (rows, at_once) = (self.rows, self.rows_at_once());
        if !rows.is_multiple_of(self.lanes) {
            return conflict(format!(
                "rows must be a multiple of lanes: rows is {rows}, lanes is {}",
                self.lanes
            ));
        }
        if at_once > rows {
            return conflict(format!(
                "rows_at_once must be at most rows: rows_at_once is {at_once}, rows is {rows}"
            ));
        }
        if self.blocks() > MOST_BLOCKS {
            return conflict(format!(
                "rows_at_once must be at least rows / {MOST_BLOCKS}: rows_at_once is {at_once}, rows is {rows}"
            ));
        }
        Ok(())
    }
}

/// A phase of all vectors, by what it drives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    /// The bit of the inputs.
    pub bit: u32,
    /// Inputs that are negative are driven, and not the others; only as sign and magnitude.
    pub is_negative: bool,
    /// The block of rows.
    pub block: u32,
}

impl Params {
    /// The most rows that are driven at once.
    pub fn rows_at_once(&self) -> u32 {
        self.rows_at_once.unwrap_or(self.rows)
    }

    /// Blocks of rows.
    pub fn blocks(&self) -> u32 {
        self.rows.div_ceil(self.rows_at_once())
    }

    /// Beats of a vector of all rows.
    pub fn beats(&self) -> u32 {
        self.rows / self.lanes
    }

    /// Every phase, in the order in which they are driven.
    pub fn slots(&self) -> Vec<Slot> {
        let signs: &[bool] = match self.encoding {
            Encoding::Unsigned | Encoding::TwosComplement => &[false],
            Encoding::SignMagnitude => &[false, true],
        };
        let blocks =
            |(bit, is_negative)| (0..self.blocks()).map(move |block| Slot { bit, is_negative, block });
        let bits = (0..self.input_bits).flat_map(|bit| signs.iter().map(move |sign| (bit, *sign)));
        bits.flat_map(blocks).collect()
    }

    /// Whether the conversions of a phase count negatively.
    pub fn subtracts(&self, slot: Slot) -> bool {
        match self.encoding {
            Encoding::Unsigned => false,
            Encoding::TwosComplement => slot.bit + 1 == self.input_bits,
            Encoding::SignMagnitude => slot.is_negative,
        }
    }

    /// Whether a phase can drive a row: no magnitude that adds has the highest bit.
    pub fn can_drive(&self, slot: Slot) -> bool {
        let is_highest = slot.bit + 1 == self.input_bits;
        self.encoding != Encoding::SignMagnitude || slot.is_negative || !is_highest
    }

    /// A beat of inputs.
    pub fn inputs(&self) -> Inputs<u32> {
        Inputs { data: self.lanes * self.input_bits, skip_zeros: 1, last: 1 }
    }

    /// A phase.
    pub fn driven(&self) -> Driven<u32> {
        Driven {
            rows: self.rows,
            phase: phase(self.input_bits, self.encoding),
            block: (self.blocks() > 1).then(|| index_width(self.blocks().into())),
            error: 1,
        }
    }
}

/// Inputs of some rows.
#[derive(Clone, Copy, Bundle)]
pub struct Inputs<T> {
    /// The first row in the lowest bits.
    pub data: T,
    /// In the last beat of a vector: phases that drive no row are left out.
    pub skip_zeros: T,
    /// The last beat of the vector; the remaining rows are 0.
    pub last: T,
}

/// A phase, for as long as it is used.
#[derive(Clone, Copy, Bundle)]
pub struct Driven<T> {
    /// The word lines, 1 for each row that is driven; all 0 while there is no phase.
    pub rows: T,
    /// What the conversions weigh.
    pub phase: Phase<T>,
    /// The block of rows.
    pub block: Option<T>,
    /// A vector up to this one had more inputs than there are rows.
    pub error: T,
}

//! The parameters of `meadow_requantize`.

use super::tables::TOKEN_MULTIPLIER_BITS;
use crate::parameters::{ParameterError, Parameters};
use hdl::Bundle;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smart_default::SmartDefault;

/// The parameters, by the names that users write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, SmartDefault)]
pub struct Params {
    /// One scale for all channels (`tensor`), one for each (`channel`), or one for each row, from its greatest value (`token`).
    #[default(Scale::Channel)]
    #[schemars(extend("x-tag" = ""))]
    pub scale: Scale,
    /// Values in a beat.
    #[default = 16]
    #[schemars(extend("enum" = [1, 2, 4, 8, 16, 32, 64], "x-name" = "x"))]
    pub lanes: u32,
    /// Most channels of a row: a multiple of lanes.
    #[default = 768]
    #[schemars(range(min = 1, max = 8192), extend("x-name" = "c"))]
    pub channels: u32,
    /// Width of a multiplier, unsigned.
    #[default(None)]
    #[schemars(range(min = 16, max = 31), extend("x-tag" = "m", "x-default" = "16; 17 with scale=token, which makes its own"))]
    pub multiplier_bits: Option<u32>,
    /// Rounding of ties: away from zero (`half_away`) or to the even number (`half_even`).
    #[default(Rounding::HalfAway)]
    #[schemars(extend("x-tag" = ""))]
    pub rounding: Rounding,
}

/// Whose scale it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Scale {
    /// All channels of all rows.
    Tensor,
    /// A channel in all rows.
    Channel,
    /// All channels of a row.
    Token,
}

/// Where ties are rounded to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Rounding {
    /// The number farther from zero.
    HalfAway,
    /// The even one.
    HalfEven,
}

/// Width of an accumulator and of a bias.
pub const SUM_BITS: u32 = 32;

/// Width of a shift.
pub const SHIFT_BITS: u32 = 6;

/// Width of a result.
pub const VALUE_BITS: u32 = 8;

/// The width of multipliers from a table.
const MULTIPLIER_BITS: u32 = 16;

impl Parameters for Params {
    fn resolved(&self) -> Params {
        Params { multiplier_bits: Some(self.multiplier_bits()), ..self.clone() }
    }

    fn validate(&self) -> Result<(), ParameterError> {
        if !self.channels.is_multiple_of(self.lanes) {
            return Err(ParameterError::Conflict(format!(
                "channels must be a multiple of lanes: channels is {}, lanes is {}",
                self.channels, self.lanes
            )));
        }
        match (self.scale, self.multiplier_bits) {
            (Scale::Token, Some(bits)) if bits != TOKEN_MULTIPLIER_BITS => {
                Err(ParameterError::Conflict(format!(
                    "multiplier_bits must be {TOKEN_MULTIPLIER_BITS} with scale = `token`, which makes its own multipliers: \
                 multiplier_bits is {bits}"
                )))
            }
            _ => Ok(()),
        }
    }
}

impl Params {
    /// Width of a multiplier.
    pub fn multiplier_bits(&self) -> u32 {
        let usual = match self.scale {
            Scale::Tensor | Scale::Channel => MULTIPLIER_BITS,
            Scale::Token => TOKEN_MULTIPLIER_BITS,
        };
        self.multiplier_bits.unwrap_or(usual)
    }

    /// Beats of the longest row.
    pub fn beats(&self) -> u32 {
        self.channels / self.lanes
    }

    /// Multipliers in a beat of the table.
    pub fn multipliers(&self) -> u32 {
        match self.scale {
            Scale::Tensor => 1,
            Scale::Channel => self.lanes,
            Scale::Token => 0,
        }
    }

    /// A beat of the table.
    pub fn table(&self) -> TableBeat<u32> {
        let if_any = |width: u32| (self.multipliers() > 0).then_some(self.multipliers() * width);
        TableBeat {
            bias: self.lanes * SUM_BITS,
            multiplier: if_any(self.multiplier_bits()),
            shift: if_any(SHIFT_BITS),
            last: 1,
        }
    }

    /// A beat in.
    pub fn input(&self) -> SumBeat<u32> {
        SumBeat { sums: self.lanes * SUM_BITS, reload: 1, last: 1 }
    }

    /// A beat out.
    pub fn output(&self) -> ValueBeat<u32> {
        ValueBeat {
            values: self.lanes * VALUE_BITS,
            maximum: (self.scale == Scale::Token).then_some(MAGNITUDE_BITS),
            last: 1,
            error: 1,
        }
    }
}

/// Width of the absolute value of an accumulator and its bias.
pub const MAGNITUDE_BITS: u32 = SUM_BITS + 1;

/// Biases and scales of some channels.
#[derive(Clone, Copy, Bundle)]
pub struct TableBeat<T> {
    /// Biases, two's complement, the first in the lowest bits.
    pub bias: T,
    /// Multipliers, unsigned, the first in the lowest bits; one for all channels takes the table's last.
    pub multiplier: Option<T>,
    /// Shifts to the right, in the same order.
    pub shift: Option<T>,
    /// Last beat of the table.
    pub last: T,
}

/// A beat of a row of accumulators.
#[derive(Clone, Copy, Bundle)]
pub struct SumBeat<T> {
    /// Two's complement, the first in the lowest bits.
    pub sums: T,
    /// In the first beat of a row: it waits for the next table, and later rows use it too.
    pub reload: T,
    /// Last beat of the row, which is as long as the table.
    pub last: T,
}

/// A beat of a row of results.
#[derive(Clone, Copy, Bundle)]
pub struct ValueBeat<T> {
    /// Two's complement, the first in the lowest bits.
    pub values: T,
    /// The greatest absolute value of the row, bias included, unsigned: 127 stands for it.
    pub maximum: Option<T>,
    /// Last beat of the row.
    pub last: T,
    /// Since reset, this row, an earlier one or their tables were not as long as they said.
    pub error: T,
}

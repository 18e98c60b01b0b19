//! The parameters of `xbar_shift_add`.

use crate::crossbar::phase::{Encoding, Phase, phase};
use crate::parameters::{ParameterError, Parameters};
use hdl::{Bundle, bit_length, index_width};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smart_default::SmartDefault;

/// The parameters, by the names that users write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, SmartDefault)]
pub struct Params {
    /// Width of a conversion.
    #[default = 4]
    #[schemars(range(min = 1, max = 13), extend("x-name" = "a"))]
    pub adc_bits: u32,
    /// Bits of an input.
    #[default = 8]
    #[schemars(range(min = 1, max = 16), extend("x-name" = "i"))]
    pub input_bits: u32,
    /// How inputs are driven bit by bit.
    #[default(Encoding::TwosComplement)]
    #[schemars(extend("x-tag" = ""))]
    pub encoding: Encoding,
    /// Bits of a cell.
    #[default = 4]
    #[schemars(range(min = 1, max = 8), extend("x-name" = "c"))]
    pub cell_bits: u32,
    /// Cells of a weight: it has slices x cell_bits bits, at most 16.
    #[default = 2]
    #[schemars(range(min = 1, max = 8), extend("x-name" = "w"))]
    pub slices: u32,
    /// How weights are signed.
    #[default(Scheme::DifferentialPair)]
    #[schemars(extend("x-tag" = ""))]
    pub scheme: Scheme,
    /// Sums, whose columns share the converter.
    #[default = 2]
    #[schemars(range(min = 1, max = 64), extend("x-name" = "n"))]
    pub outputs: u32,
    /// The most blocks of rows that are added up: phases of the same bit and sign.
    #[default = 4]
    #[schemars(range(min = 1, max = 256), extend("x-tag" = "r"))]
    pub row_blocks: u32,
    /// Conversions say whether a code saturated, and sums whether one of theirs did.
    #[default = false]
    #[schemars(extend("x-tag" = "sat"))]
    pub saturation: bool,
}

/// How the weights of an array are signed, whose cells are not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Scheme {
    /// Each slice has a cell that adds and one that subtracts.
    DifferentialPair,
    /// Weights modulo 2^bits in the slices, and a column that counts the inputs of negative ones.
    NegativeCount,
    /// Weights plus half of their range in the slices, and a column for all of them that holds this offset.
    DummyColumn,
}

/// The widest weight.
const WEIGHT_BITS: u32 = 16;

impl Parameters for Params {
    fn validate(&self) -> Result<(), ParameterError> {
        match self.weight_bits() <= WEIGHT_BITS {
            true => Ok(()),
            false => Err(ParameterError::Conflict(format!(
                "slices x cell_bits must be at most {WEIGHT_BITS}: slices is {}, cell_bits is {}",
                self.slices, self.cell_bits
            ))),
        }
    }
}

/// A range of integers that includes 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// The least, at most 0.
    pub least: i128,
    /// The greatest, at least 0.
    pub greatest: i128,
}

impl Range {
    /// Its width in two's complement.
    pub fn bits(self) -> u32 {
        let magnitude = self.greatest.max(-self.least - 1);
        bit_length(magnitude.unsigned_abs()) + 1
    }
}

impl Params {
    /// Bits of a weight.
    pub fn weight_bits(&self) -> u32 {
        self.slices * self.cell_bits
    }

    /// Columns of a weight.
    pub fn columns_of_output(&self) -> u32 {
        match self.scheme {
            Scheme::DifferentialPair => 2 * self.slices,
            Scheme::NegativeCount => self.slices + 1,
            Scheme::DummyColumn => self.slices,
        }
    }

    /// Whether the columns of an output have different places.
    pub fn has_places(&self) -> bool {
        self.slices > 1 || self.scheme == Scheme::NegativeCount
    }

    /// Conversions of a phase.
    pub fn columns(&self) -> u32 {
        self.outputs * self.columns_of_output() + u32::from(self.scheme == Scheme::DummyColumn)
    }

    /// Whether conversions of a column count positively in phases that add.
    pub fn adds(&self, column: u32) -> bool {
        match self.scheme {
            Scheme::DifferentialPair => column.is_multiple_of(2),
            Scheme::NegativeCount => !column.is_multiple_of(self.columns_of_output()),
            Scheme::DummyColumn => column > 0,
        }
    }

    /// What the conversions of an output can come to in a phase.
    pub fn partial(&self) -> Range {
        let code = (1i128 << self.adc_bits) - 1;
        let place = |slice: u32| 1i128 << (slice * self.cell_bits);
        let greatest = code * (0..self.slices).map(place).sum::<i128>();
        let least = match self.scheme {
            Scheme::DifferentialPair => -greatest,
            Scheme::NegativeCount => -code * place(self.slices),
            Scheme::DummyColumn => -code * place(self.slices - 1),
        };
        Range { least, greatest }
    }

    /// What a sum can come to: each phase of a bit, a sign and a block of rows once.
    pub fn sum(&self) -> Range {
        let Range { least, greatest } = self.partial();
        let (top, all) = (1i128 << (self.input_bits - 1), (1i128 << self.input_bits) - 1);
        let (adds, subtracts) = match self.encoding {
            Encoding::Unsigned => (all, 0),
            Encoding::TwosComplement => (top - 1, top),
            Encoding::SignMagnitude => (all, all),
        };
        let blocks = i128::from(self.row_blocks);
        Range {
            least: blocks * (adds * least - subtracts * greatest),
            greatest: blocks * (adds * greatest - subtracts * least),
        }
    }

    /// Width of a sum, in two's complement.
    pub fn sum_bits(&self) -> u32 {
        self.sum().bits()
    }

    /// Width of the number of an output.
    pub fn output_index_bits(&self) -> u32 {
        index_width(self.outputs.into())
    }

    /// A conversion.
    pub fn conversion(&self) -> Conversion<u32> {
        Conversion {
            code: self.adc_bits,
            saturated: self.saturation.then_some(1),
            phase: phase(self.input_bits, self.encoding),
        }
    }

    /// A sum.
    pub fn result(&self) -> Sum<u32> {
        Sum { sum: self.sum_bits(), saturated: self.saturation.then_some(1), last: 1, error: 1 }
    }
}

/// A conversion of a column.
#[derive(Clone, Copy, Bundle)]
pub struct Conversion<T> {
    /// What the converter found, unsigned.
    pub code: T,
    /// The converter saturated: its input may be greater.
    pub saturated: Option<T>,
    /// What it weighs.
    pub phase: Phase<T>,
}

/// The sum of an output over a vector.
#[derive(Clone, Copy, Bundle)]
pub struct Sum<T> {
    /// Two's complement.
    pub sum: T,
    /// One of its conversions saturated.
    pub saturated: Option<T>,
    /// The last output of the vector.
    pub last: T,
    /// The sum is wrong: it left its range, or a phase had a bit that inputs do not have.
    pub error: T,
}

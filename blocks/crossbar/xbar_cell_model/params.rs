//! The parameters of `xbar_cell_model`, and its ports.

use crate::crossbar::cell::CellParams;
use crate::parameters::{ParameterError, Parameters};
use hdl::{Bundle, bit_length, index_width};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smart_default::SmartDefault;

/// The parameters, by the names that users write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, SmartDefault)]
pub struct Params {
    /// Rows.
    #[default = 16]
    #[schemars(range(min = 2, max = 256), extend("x-name" = "r"))]
    pub rows: u32,
    /// Columns: cells of a row.
    #[default = 8]
    #[schemars(range(min = 1, max = 256), extend("x-name" = "c"))]
    pub columns: u32,
    /// Bits of the DAC of the word line.
    #[default = 8]
    #[schemars(range(min = 1, max = 12), extend("x-tag" = "wl"))]
    pub word_line_bits: u32,
    /// Bits of the DAC of the bit line in SET pulses, of the source line in RESET pulses.
    #[default = 5]
    #[schemars(range(min = 1, max = 12), extend("x-tag" = "bl"))]
    pub line_bits: u32,
    /// Bits of the width of a pulse in clocks; a longer pulse is as the longest of these.
    #[default = 10]
    #[schemars(range(min = 1, max = 16), extend("x-tag" = "pw"))]
    pub width_bits: u32,
    /// Bits of the code of a cell, and of the reference.
    #[default = 8]
    #[schemars(range(min = 2, max = 12), extend("x-tag" = "b"))]
    pub adc_bits: u32,
    /// What cells are like.
    #[serde(flatten)]
    pub cells: CellParams,
}

impl Parameters for Params {
    fn validate(&self) -> Result<(), ParameterError> {
        self.cells.validate()
    }
}

/// What a pulse is, and for which cells.
#[derive(Clone, Copy, Bundle)]
pub struct Drive<T> {
    /// The write DACs are on.
    pub drive: T,
    /// 1 for a pulse.
    pub pulse: T,
    /// 1 for SET, 0 for RESET.
    pub polarity: T,
    /// The code of the word line's DAC.
    pub word_line: T,
    /// The code of the DAC of the bit line (SET) or source line (RESET).
    pub line: T,
    /// The columns whose cells get the pulse.
    pub cells: T,
    /// The rows whose cells get it.
    pub rows: T,
}

/// Every input in a cycle.
#[derive(Clone, Copy, Bundle)]
pub struct Inputs<T> {
    /// Pulses.
    #[bundle(flatten)]
    pub drive: Drive<T>,
    /// All cells are new from the end of this clock on.
    pub renew: T,
    /// The row that is read.
    pub read_row: T,
    /// What its cells are compared with.
    pub read_reference: T,
}

/// Every output in a cycle.
#[derive(Clone, Copy, Bundle)]
pub struct Outputs<T> {
    /// No row is still to take a pulse.
    pub ready: T,
    /// The conductances of the cells of the row.
    pub conductances: T,
    /// Their codes.
    pub codes: T,
    /// 1 for each cell at the reference or above.
    pub above: T,
}

impl Params {
    /// Width of a conductance.
    pub fn conductance_bits(&self) -> u32 {
        bit_length(self.cells.greatest_conductance.into())
    }

    /// What a pulse is.
    pub fn drive(&self) -> Drive<u32> {
        Drive {
            drive: 1,
            pulse: 1,
            polarity: 1,
            word_line: self.word_line_bits,
            line: self.line_bits,
            cells: self.columns,
            rows: self.rows,
        }
    }

    /// Every input.
    pub fn inputs(&self) -> Inputs<u32> {
        Inputs {
            drive: self.drive(),
            renew: 1,
            read_row: index_width(self.rows.into()),
            read_reference: self.adc_bits,
        }
    }

    /// Every output.
    pub fn outputs(&self) -> Outputs<u32> {
        Outputs {
            ready: 1,
            conductances: self.columns * self.conductance_bits(),
            codes: self.columns * self.adc_bits,
            above: self.columns,
        }
    }
}

//! The parameters of `xbar_sequencer`, and its ports.

use crate::crossbar::phase::{Encoding, Phase, phase};
use crate::parameters::Parameters;
use hdl::{Bundle, index_width};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smart_default::SmartDefault;

/// The parameters, by the names that users write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, SmartDefault)]
pub struct Params {
    /// Columns that share a converter: conversions of a phase.
    #[default = 8]
    #[schemars(range(min = 1, max = 256), extend("x-name" = "c"))]
    pub columns: u32,
    /// Holds (sample-and-hold circuits) of a column: with 2, the next phase settles while one is converted.
    #[default = 2]
    #[schemars(extend("enum" = [1, 2], "x-tag" = "h"))]
    pub holds: u32,
    /// Bits of an input.
    #[default = 8]
    #[schemars(range(min = 1, max = 16), extend("x-name" = "i"))]
    pub input_bits: u32,
    /// How inputs are driven bit by bit.
    #[default(Encoding::TwosComplement)]
    #[schemars(extend("x-tag" = ""))]
    pub encoding: Encoding,
}

impl Parameters for Params {}

/// Width of a number of clocks.
pub const CLOCKS_BITS: u32 = 8;

/// A phase that is driven.
#[derive(Clone, Copy, Bundle)]
pub struct Driven<T> {
    /// What its conversions weigh.
    pub phase: Phase<T>,
}

/// A column that is converted.
#[derive(Clone, Copy, Bundle)]
pub struct Column<T> {
    /// What its conversion weighs.
    pub phase: Phase<T>,
    /// It is the last one of the phase.
    pub last_column: T,
}

/// How many clocks each step takes.
#[derive(Clone, Copy, Debug, Default, Bundle)]
pub struct Clocks<T> {
    /// Clocks in which bit lines are precharged; 0 for none.
    pub precharge_clocks: T,
    /// Clocks in which the array settles and is sampled; 0 counts as 1.
    pub settle_clocks: T,
    /// The least clocks of a conversion; 0 counts as 1.
    pub convert_clocks: T,
}

/// The widths of these numbers.
pub const CLOCKS: Clocks<u32> =
    Clocks { precharge_clocks: CLOCKS_BITS, settle_clocks: CLOCKS_BITS, convert_clocks: CLOCKS_BITS };

/// Every output to the analog part: all are registers.
#[derive(Clone, Copy, Bundle)]
pub struct Analog<T> {
    /// The bit lines are precharged.
    pub precharge: T,
    /// The word lines of the phase may be driven.
    pub word_line_enable: T,
    /// 1 for each hold that samples: closes its switch in every column.
    pub sample: T,
    /// The hold that is converted.
    pub hold: Option<T>,
    /// The column that is converted: the select of the multiplexer before the converter.
    pub column: Option<T>,
}

/// Every input in a cycle.
#[derive(Clone, Copy, Bundle)]
pub struct Inputs<T> {
    pub in_valid: T,
    pub in_phase: Phase<T>,
    #[bundle(flatten)]
    pub clocks: Clocks<T>,
    pub out_ready: T,
}

/// Every output in a cycle.
#[derive(Clone, Copy, Bundle)]
pub struct Outputs<T> {
    pub in_ready: T,
    #[bundle(flatten)]
    pub analog: Analog<T>,
    pub column_begins: T,
    pub out_valid: T,
    pub out_phase: Phase<T>,
    pub out_last_column: T,
}

impl Params {
    /// What a phase weighs.
    pub fn phase(&self) -> Phase<u32> {
        phase(self.input_bits, self.encoding)
    }

    /// A phase that is driven.
    pub fn driven(&self) -> Driven<u32> {
        Driven { phase: self.phase() }
    }

    /// A column that is converted.
    pub fn column(&self) -> Column<u32> {
        Column { phase: self.phase(), last_column: 1 }
    }

    /// The outputs to the analog part.
    pub fn analog(&self) -> Analog<u32> {
        Analog {
            precharge: 1,
            word_line_enable: 1,
            sample: self.holds,
            hold: (self.holds == 2).then_some(1),
            column: (self.columns > 1).then(|| index_width(self.columns.into())),
        }
    }

    /// Every input.
    pub fn inputs(&self) -> Inputs<u32> {
        Inputs { in_valid: 1, in_phase: self.phase(), clocks: CLOCKS, out_ready: 1 }
    }

    /// Every output.
    pub fn outputs(&self) -> Outputs<u32> {
        Outputs {
            in_ready: 1,
            analog: self.analog(),
            column_begins: 1,
            out_valid: 1,
            out_phase: self.phase(),
            out_last_column: 1,
        }
    }
}

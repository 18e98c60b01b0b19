//! The parameters of `xbar_program`, its ports and its registers.

use crate::crossbar::cell::CellParams;
use crate::crossbar::pins::ArrayPlace;
use crate::crossbar::xbar_cell_model;
use crate::parameters::{ParameterError, Parameters, first_changed};
use hdl::{Bundle, Encoded, index_width};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smart_default::SmartDefault;

/// How cells are verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verify {
    /// Level by level: sense amplifiers compare all cells with one reference.
    Level,
    /// All levels at once: a converter gives the code of each cell.
    Adc,
}

/// The parameters, by the names that users write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, SmartDefault)]
pub struct Params {
    /// Cells of a word.
    #[default = 48]
    #[schemars(range(min = 1, max = 64), extend("x-name" = "c"))]
    pub cells: u32,
    /// Bits of the number of a cell's level: 4 for 16 levels; at most adc_bits with verify=adc.
    #[default = 4]
    #[schemars(range(min = 1, max = 4), extend("x-name" = "l"))]
    pub level_bits: u32,
    /// How cells are verified: level by level with sense amplifiers, or all levels at once with converters.
    #[default(Verify::Adc)]
    #[schemars(extend("x-tag" = ""))]
    pub verify: Verify,
    /// Columns that share a converter, a divisor of cells; 1 with verify=level.
    #[default(None)]
    #[schemars(range(min = 1, max = 64), extend("x-tag" = "s", "x-default" = "the greatest up to 8, or 1"))]
    pub columns: Option<u32>,
    /// Bits of a converter's code, or of the reference of the sense amplifiers.
    #[default = 8]
    #[schemars(range(min = 2, max = 12), extend("x-name" = "b"))]
    pub adc_bits: u32,
    /// Bits of the DAC of the word line.
    #[default = 8]
    #[schemars(range(min = 1, max = 12), extend("x-tag" = "wl"))]
    pub word_line_bits: u32,
    /// Bits of the DAC of the bit line in SET pulses, of the source line in RESET pulses.
    #[default = 5]
    #[schemars(range(min = 1, max = 12), extend("x-tag" = "bl"))]
    pub line_bits: u32,
    /// Bits of the width of a pulse in clocks.
    #[default = 10]
    #[schemars(range(min = 1, max = 16), extend("x-tag" = "pw"))]
    pub width_bits: u32,
    /// Bits of the limit of pulses.
    #[default = 8]
    #[schemars(range(min = 2, max = 16), extend("x-tag" = "a"))]
    pub attempt_bits: u32,
    /// Where the cells are: outside, at the pins (`external`), or inside as `xbar_cell_model`, for simulation (`model`).
    #[default(ArrayPlace::External)]
    #[schemars(extend("x-tag" = ""))]
    pub array: ArrayPlace,
    /// Words of the model: its rows.
    #[default = 2]
    #[schemars(extend("enum" = [2, 8, 64], "x-tag" = "words"))]
    pub words: u32,
    /// Cells of the model.
    #[serde(flatten)]
    pub model: CellParams,
}

impl Parameters for Params {
    fn resolved(&self) -> Params {
        Params { columns: Some(self.columns()), ..self.clone() }
    }

    fn validate(&self) -> Result<(), ParameterError> {
        let conflict = |message| Err(ParameterError::Conflict(message));
        let (cells, columns) = (self.cells, self.columns());
        if !cells.is_multiple_of(columns) {
            return conflict(format!("columns must divide cells: columns is {columns}, cells is {cells}"));
        }
        match self.verify {
            Verify::Level if columns > 1 => conflict(format!(
                "columns must be 1 with verify=level, a sense amplifier for each cell: columns is {columns}"
            )),
            Verify::Adc if self.level_bits > self.adc_bits => conflict(format!(
                "level_bits must be 1 to adc_bits with verify=adc, a code for each level: level_bits is {}, adc_bits is {}",
                self.level_bits, self.adc_bits
            )),
            Verify::Level | Verify::Adc => self.validate_model(),
        }
    }
}

/// Bits of a number of clocks in which lines settle.
pub const SETUP_BITS: u32 = 8;

/// Bits of the number of further sweeps.
pub const REPEAT_BITS: u32 = 8;

/// Bits of a register's address.
pub const ADDRESS_BITS: u32 = 6;

/// Bits of the data of a register.
pub const DATA_BITS: u32 = 16;

/// The address of the lower bound of level 0; its upper bound, and then those of the next level, are behind it. An upper bound
/// has a bit more: above the greatest code it is none.
pub const BOUNDS: u64 = 32;

/// Which of width (P), word line (W) and bit or source line (B) is stepped in which loop, the outermost first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encoded)]
#[encoded(width = 3)]
pub enum LoopOrder {
    /// The bit or source line with every pulse.
    Pwb = 0,
    /// The word line with every pulse.
    Pbw = 1,
    /// The width with every pulse.
    Wbp = 2,
    /// The bit or source line with every pulse.
    Wpb = 3,
    /// The width with every pulse.
    Bwp = 4,
    /// The word line with every pulse.
    Bpw = 5,
}

/// The values of a loop.
#[derive(Clone, Copy, Debug, Default, Bundle)]
pub struct Range<T> {
    /// The first one.
    pub start: T,
    /// None is above it.
    pub stop: T,
    /// From each to the next.
    pub step: T,
}

/// The box of the pulses of a polarity.
#[derive(Clone, Copy, Debug, Default, Bundle)]
pub struct Limits<T> {
    /// Codes of the DAC of the word line.
    pub word_line: Range<T>,
    /// Codes of the DAC of the bit line or source line.
    pub line: Range<T>,
    /// Clocks of a pulse.
    pub width: Range<T>,
    /// The order of the loops.
    pub order: T,
}

/// The registers from address 0 on.
#[derive(Clone, Copy, Debug, Default, Bundle)]
pub struct Config<T> {
    /// SET pulses.
    pub set: Limits<T>,
    /// RESET pulses.
    pub reset: Limits<T>,
    /// The most pulses: of a word, or of each level of a word with `verify=level`.
    pub attempts: T,
    /// Further sweeps through the box in a phase.
    pub repeats: T,
    /// RESET comes before SET.
    pub reset_first: T,
    /// Clocks between the DACs' being on and a pulse; 0 is as 1.
    pub pulse_setup_clocks: T,
    /// Clocks between the beginning of a read and its sensing.
    pub read_setup_clocks: T,
}

/// A word of cells to be programmed.
#[derive(Clone, Copy, Bundle)]
pub struct Word<T> {
    /// The level of each cell, cell 0 in the lowest bits.
    pub levels: T,
    /// The cells that are programmed; others get no pulse.
    pub mask: T,
    /// Which word of the model.
    pub row: Option<T>,
}

/// A write of a register.
#[derive(Clone, Copy, Bundle)]
pub struct Write<T> {
    /// Which one.
    pub address: T,
    /// What it gets.
    pub data: T,
}

/// What became of a word.
#[derive(Clone, Copy, Bundle)]
pub struct Outcome<T> {
    /// The cells that are not within the bounds of their level.
    pub failed: T,
    /// Pulses of the word.
    pub pulses: T,
    /// Reads of the word.
    pub reads: T,
    /// The box is contradictory and no cell got a pulse, or the bounds of a level were and its cells got none.
    pub error: T,
    /// Cells were given up because the limit of pulses was reached, healthy ones maybe.
    pub at_limit: T,
}

/// Every output to the analog part.
#[derive(Clone, Copy, Bundle)]
pub struct Analog<T> {
    /// The cells are read.
    pub read: T,
    /// What cells are compared with, while they are read.
    pub read_reference: Option<T>,
    /// Waits for `sense_valid`.
    pub sense: T,
    /// The write DACs are on.
    pub drive: T,
    /// 1 for a pulse.
    pub pulse: T,
    /// 1 for SET, 0 for RESET, while the DACs are on.
    pub polarity: T,
    /// The code of the DAC of the word line, while the DACs are on.
    pub word_line: T,
    /// The code of the DAC of the bit line (SET) or source line (RESET), while the DACs are on.
    pub line: T,
    /// The cells that get the pulse, while the DACs are on.
    pub cells: T,
}

/// From the analog part.
#[derive(Clone, Copy, Bundle)]
pub struct Answer<T> {
    /// Cells answer; counts while `sense` is 1.
    pub sense_valid: Option<T>,
    /// 1 for each cell at the reference or above; or the codes of the next cells, the first in the lowest bits.
    pub sense_data: Option<T>,
}

/// Every input in a cycle.
#[derive(Clone, Copy, Bundle)]
pub struct Inputs<T> {
    pub in_valid: T,
    pub in_levels: T,
    pub in_mask: T,
    pub in_row: Option<T>,
    pub config_valid: T,
    pub config_address: T,
    pub config_data: T,
    #[bundle(flatten)]
    pub answer: Answer<T>,
    pub renew: Option<T>,
    pub out_ready: T,
}

/// Every output in a cycle.
#[derive(Clone, Copy, Bundle)]
pub struct Outputs<T> {
    pub in_ready: T,
    pub config_ready: T,
    pub config_error: T,
    pub config_read: T,
    #[bundle(flatten)]
    pub analog: Analog<T>,
    pub out_valid: T,
    pub out_failed: T,
    pub out_pulses: T,
    pub out_reads: T,
    pub out_error: T,
    pub out_at_limit: T,
    pub conductances: Option<T>,
}

impl Params {
    /// What is inside needs cells that there can be, and what is outside is not described.
    fn validate_model(&self) -> Result<(), ParameterError> {
        let words = (self.words != Params::default().words).then(|| ("words".into(), self.words.to_string()));
        match (self.array, words.or_else(|| first_changed(&self.model))) {
            (ArrayPlace::External, Some((name, value))) => Err(ParameterError::Conflict(format!(
                "{name} needs array = `model`: {name} is {value}, array is `external`"
            ))),
            (ArrayPlace::External | ArrayPlace::Model, _) => self.model.validate(),
        }
    }

    /// The model of the cells, if it is inside.
    pub fn cell_model(&self) -> Option<xbar_cell_model::Params> {
        let model = xbar_cell_model::Params {
            rows: self.words,
            columns: self.cells,
            word_line_bits: self.word_line_bits,
            line_bits: self.line_bits,
            width_bits: self.width_bits,
            adc_bits: self.adc_bits,
            cells: self.model.clone(),
        };
        match self.array {
            ArrayPlace::External => None,
            ArrayPlace::Model => Some(model),
        }
    }

    /// Columns that share a converter: beats of a read.
    pub fn columns(&self) -> u32 {
        let divides = |columns: &u32| self.cells.is_multiple_of(*columns);
        let default = || match self.verify {
            Verify::Level => 1,
            Verify::Adc => (1..=8).rev().find(divides).unwrap_or(1),
        };
        self.columns.unwrap_or_else(default)
    }

    /// Cells of a beat.
    pub fn lanes(&self) -> u32 {
        self.cells / self.columns()
    }

    /// Bits of what a read tells of a cell.
    pub fn sense_bits(&self) -> u32 {
        match self.verify {
            Verify::Level => 1,
            Verify::Adc => self.adc_bits,
        }
    }

    /// Levels.
    pub fn levels(&self) -> u32 {
        1 << self.level_bits
    }

    /// Bits of an upper bound, which is at most above every code.
    pub fn upper_bits(&self) -> u32 {
        self.adc_bits + 1
    }

    /// The widths of the registers.
    pub fn config(&self) -> Config<u32> {
        let range = |bits| Range { start: bits, stop: bits, step: bits };
        let limits = Limits {
            word_line: range(self.word_line_bits),
            line: range(self.line_bits),
            width: range(self.width_bits),
            order: LoopOrder::WIDTH,
        };
        Config {
            set: limits,
            reset: limits,
            attempts: self.attempt_bits,
            repeats: REPEAT_BITS,
            reset_first: 1,
            pulse_setup_clocks: SETUP_BITS,
            read_setup_clocks: SETUP_BITS,
        }
    }

    /// The width of each register, and its address.
    pub fn registers(&self) -> Vec<(u64, u32)> {
        let config = self.config().members();
        let bounds = (0..self.levels()).flat_map(|_| [self.adc_bits, self.upper_bits()]);
        let bounds = (BOUNDS..).zip(bounds);
        (0..).zip(config.into_iter().map(|(_, width)| width)).chain(bounds).collect()
    }

    /// A word.
    pub fn word(&self) -> Word<u32> {
        let row = self.cell_model().map(|model| index_width(model.rows.into()));
        Word { levels: self.cells * self.level_bits, mask: self.cells, row }
    }

    /// What became of a word. No count can overflow: each level of a word has at most a read more than pulses, and with
    /// `verify=level` one for each of its phases, of which no two without a pulse follow each other but the first.
    pub fn outcome(&self) -> Outcome<u32> {
        let (pulses, reads) = match self.verify {
            Verify::Level => (self.attempt_bits + self.level_bits, self.attempt_bits + self.level_bits + 2),
            Verify::Adc => (self.attempt_bits, self.attempt_bits + 1),
        };
        Outcome { failed: self.cells, pulses, reads, error: 1, at_limit: 1 }
    }

    /// The outputs to the analog part.
    pub fn analog(&self) -> Analog<u32> {
        Analog {
            read: 1,
            read_reference: (self.verify == Verify::Level).then_some(self.adc_bits),
            sense: 1,
            drive: 1,
            pulse: 1,
            polarity: 1,
            word_line: self.word_line_bits,
            line: self.line_bits,
            cells: self.cells,
        }
    }

    /// What cells outside answer.
    pub fn answer(&self) -> Answer<u32> {
        let is_external = self.array == ArrayPlace::External;
        Answer {
            sense_valid: is_external.then_some(1),
            sense_data: is_external.then(|| self.lanes() * self.sense_bits()),
        }
    }

    /// Every input.
    pub fn inputs(&self) -> Inputs<u32> {
        let Word { levels, mask, row } = self.word();
        Inputs {
            in_valid: 1,
            in_levels: levels,
            in_mask: mask,
            in_row: row,
            config_valid: 1,
            config_address: ADDRESS_BITS,
            config_data: DATA_BITS,
            answer: self.answer(),
            renew: row.map(|_| 1),
            out_ready: 1,
        }
    }

    /// Every output.
    pub fn outputs(&self) -> Outputs<u32> {
        let Outcome { failed, pulses, reads, error, at_limit } = self.outcome();
        Outputs {
            in_ready: 1,
            config_ready: 1,
            config_error: 1,
            config_read: DATA_BITS,
            analog: self.analog(),
            out_valid: 1,
            out_failed: failed,
            out_pulses: pulses,
            out_reads: reads,
            out_error: error,
            out_at_limit: at_limit,
            conductances: self.cell_model().map(|model| model.outputs().conductances),
        }
    }
}

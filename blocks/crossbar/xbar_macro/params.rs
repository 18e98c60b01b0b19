//! The parameters of `xbar_macro`, its streams and its pins.

use crate::crossbar::pins::{Load, Pins};
use crate::crossbar::xbar_program::{self, Verify};
use crate::crossbar::{xbar_mvm, xbar_output_stage};
use crate::loas::loas_plif::{Compare, Reset};
use crate::meadow::meadow_requantize::Rounding;
use crate::parameters::{ParameterError, Parameters, first_changed};
use hdl::{Bundle, Encoded, Shape, index_width};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smart_default::SmartDefault;

/// What leaves the macro for each sum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Encoded)]
#[serde(rename_all = "snake_case")]
pub enum Output {
    /// The sum.
    Sums = 0,
    /// An integer: a bias is added; it is multiplied by a scale, rounded and saturated.
    Scale = 1,
    /// A spike of a leaky integrate-and-fire neuron.
    Lif = 2,
}

impl Output {
    fn name(self) -> &'static str {
        match self {
            Output::Sums => "sums",
            Output::Scale => "scale",
            Output::Lif => "lif",
        }
    }
}

/// The parameters, by the names that users write: those of `xbar_mvm` first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, SmartDefault)]
pub struct Params {
    /// Products.
    #[serde(flatten)]
    pub mvm: xbar_mvm::Params,
    /// Results: raw sums (`sums`), scaled integers (`scale`), or spikes of leaky integrate-and-fire neurons (`lif`).
    #[default(Output::Scale)]
    #[schemars(extend("x-tag" = ""))]
    pub output: Output,
    /// Sums of another macro come at a stream and are added: for vectors that are longer than an array.
    #[default = false]
    #[schemars(extend("x-tag" = "chained"))]
    pub chained: bool,
    /// Width of a sum, two's complement; at most 32 but with output=sums.
    #[default(None)]
    #[schemars(range(min = 4, max = 64), extend("x-tag" = "sum", "x-default" = "that of xbar_mvm; 3 more if chained or with output=sums"))]
    pub sum_bits: Option<u32>,
    /// Width of a result, two's complement; only with output=scale.
    #[default = 8]
    #[schemars(range(min = 2, max = 16), extend("x-tag" = "v"))]
    pub value_bits: u32,
    /// Width of a multiplier, unsigned; only with output=scale.
    #[default = 16]
    #[schemars(range(min = 16, max = 24), extend("x-tag" = "m"))]
    pub multiplier_bits: u32,
    /// Rounding of ties: away from zero (`half_away`) or to the even number (`half_even`); only with output=scale.
    #[default(Rounding::HalfAway)]
    #[schemars(extend("x-tag" = ""))]
    pub rounding: Rounding,
    /// Width of the membrane potential, which saturates; only with output=lif.
    #[default(None)]
    #[schemars(range(min = 4, max = 40), extend("x-tag" = "u", "x-default" = "sum_bits + 1"))]
    pub membrane_bits: Option<u32>,
    /// Right shift of the membrane potential between vectors: it decays by a factor of 2^-leak; only with output=lif.
    #[default = 2]
    #[schemars(range(min = 0, max = 7), extend("x-tag" = "leak"))]
    pub leak: u32,
    /// Whether a spike clears the potential (`hard`) or subtracts the threshold from it (`soft`); only with output=lif.
    #[default(Reset::Hard)]
    #[schemars(extend("x-tag" = ""))]
    pub reset: Reset,
    /// Whether the neuron fires above the threshold (`greater`), or also at it (`greater_equal`); only with output=lif.
    #[default(Compare::Greater)]
    #[schemars(extend("x-tag" = ""))]
    pub compare: Compare,
    /// Cells of a word, which are programmed together; a divisor of the cells of a row.
    #[default(None)]
    #[schemars(range(min = 1, max = 64), extend("x-tag" = "cells", "x-default" = "the greatest up to 64"))]
    pub word_cells: Option<u32>,
    /// How cells are verified: level by level with sense amplifiers, or all levels at once with converters.
    #[default(Verify::Adc)]
    #[schemars(extend("x-tag" = ""))]
    pub verify: Verify,
    /// Columns that share a converter when cells are verified, a divisor of word_cells; 1 with verify=level.
    #[default(None)]
    #[schemars(range(min = 1, max = 64), extend("x-tag" = "s", "x-default" = "the greatest up to 8, or 1"))]
    pub verify_columns: Option<u32>,
    /// Bits of a code that verifies a cell, or of the reference of the sense amplifiers.
    #[default = 8]
    #[schemars(range(min = 2, max = 12), extend("x-tag" = "vb"))]
    pub verify_bits: u32,
    /// Bits of the DAC of the word line in pulses.
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
}

/// The most bits of a cell that can be programmed.
const MOST_CELL_BITS: u32 = 4;
/// The widest sum of an output stage.
const MOST_STAGE_BITS: u32 = 32;
/// The narrowest one.
const LEAST_STAGE_BITS: u32 = 4;
/// Bits that the sum of up to eight macros in a chain has more than that of one.
const CHAIN_BITS: u32 = 3;
/// The most cells of a word.
const MOST_WORD_CELLS: u32 = 64;

/// Bits of a beat of tables, words and outcomes.
pub const BEAT_BITS: u32 = 64;
/// Where an entry of a table has its multiplier, and its shift; from bit 0 on it has its bias, or its threshold.
pub const MULTIPLIER_AT: u32 = 32;
pub const SHIFT_AT: u32 = 56;
/// Bits of the row in the first beat of a word; the number of the word in its row has as many above it.
pub const PLACE_BITS: u32 = 16;
/// Where the second beat of an outcome has the number of reads, and its flags; from bit 0 on it has that of pulses.
pub const READS_AT: u32 = 24;
pub const FLAGS_AT: u32 = 48;

/// The stream of vectors.
pub const VECTOR: &str = "s_axis_vector_t";
/// The stream of sums of another macro.
pub const PARTIAL: &str = "s_axis_partial_t";
/// The stream of tables of the output stages.
pub const TABLE: &str = "s_axis_table_t";
/// The stream of words to be programmed.
pub const WORD: &str = "s_axis_word_t";
/// The stream of results.
pub const RESULT: &str = "m_axis_result_t";
/// The stream of what became of words.
pub const OUTCOME: &str = "m_axis_outcome_t";

fn conflict(message: String) -> Result<(), ParameterError> {
    Err(ParameterError::Conflict(message))
}

impl Parameters for Params {
    fn resolved(&self) -> Params {
        Params {
            mvm: self.mvm.resolved(),
            sum_bits: Some(self.sum_bits()),
            word_cells: Some(self.word_cells()),
            verify_columns: Some(self.program().columns()),
            ..self.clone()
        }
    }

    fn notes(&self) -> Vec<String> {
        self.mvm.notes()
    }

    fn validate(&self) -> Result<(), ParameterError> {
        self.mvm.validate()?;
        self.validate_sums()?;
        self.validate_output()?;
        self.validate_words()
    }
}

/// A beat of a stream into the macro.
#[derive(Clone, Copy, Bundle)]
pub struct Beat<T> {
    /// What it carries.
    pub data: T,
    /// Last beat of its packet.
    pub last: T,
}

/// Results of an output of each converter.
#[derive(Clone, Copy, Bundle)]
pub struct ResultBeat<T> {
    /// One in each lane, that of converter 0 in the lowest bits.
    pub data: T,
    /// The last ones of the vector.
    pub last: T,
    /// They are wrong; in the last beat: some of the vector are.
    pub user: T,
}

/// What sense amplifiers or converters tell of cells that are verified.
#[derive(Clone, Copy, Bundle)]
pub struct Sense<T> {
    /// Cells answer; counts while `program_sense` is 1.
    pub sense_valid: T,
    /// The codes of the next cells, the first in the lowest bits; with verify=level a bit for each cell.
    pub sense_data: T,
}

/// The inputs besides registers and streams.
#[derive(Clone, Copy, Bundle)]
pub struct Side<T> {
    /// The cells of the model.
    pub load: Option<Load<T>>,
    /// 1 for each comparator of a flash converter whose input is above its threshold, the lowest threshold in the lowest bit; the
    /// first array's converters in the lowest bits.
    pub thermometer: Option<T>,
    /// 1 for each converter by successive approximation whose input is at or above its DAC.
    pub cmp: Option<T>,
    /// From the cells that are programmed.
    pub program: Sense<T>,
}

/// Where a word of cells is.
#[derive(Clone, Copy, Bundle)]
pub struct Place<T> {
    /// Its row: the number of an input.
    pub row: T,
    /// Which word of the row it is.
    pub word: Option<T>,
}

/// The pins to the cells that are programmed.
#[derive(Clone, Copy, Bundle)]
pub struct Programmed<T> {
    #[bundle(flatten)]
    pub place: Place<T>,
    #[bundle(flatten)]
    pub analog: xbar_program::Analog<T>,
}

/// The pins to the analog part.
#[derive(Clone, Copy, Bundle)]
pub struct Analog<T> {
    #[bundle(flatten)]
    pub pins: Pins<T>,
    pub program: Programmed<T>,
}

impl Params {
    fn validate_sums(&self) -> Result<(), ParameterError> {
        let (bits, own) = (self.sum_bits(), self.mvm.adder().sum_bits());
        if bits < own {
            return conflict(format!(
                "sum_bits must be at least {own}, those of a sum of xbar_mvm: sum_bits is {bits}"
            ));
        }
        match self.stage() {
            Some(_) if bits > MOST_STAGE_BITS => conflict(format!(
                "sum_bits must be at most {MOST_STAGE_BITS} with output = `{}`: sum_bits is {bits}",
                self.output.name()
            )),
            Some(_) | None => Ok(()),
        }
    }

    fn validate_output(&self) -> Result<(), ParameterError> {
        let Params { value_bits, multiplier_bits, rounding, .. } = *self;
        let of_scale = Params { value_bits, multiplier_bits, rounding, ..Params::default() };
        let Params { membrane_bits, leak, reset, compare, .. } = *self;
        let of_lif = Params { membrane_bits, leak, reset, compare, ..Params::default() };
        for (needed, own) in [(Output::Scale, of_scale), (Output::Lif, of_lif)] {
            if let Some((name, value)) = first_changed(&own).filter(|_| self.output != needed) {
                return conflict(format!(
                    "{name} needs output = `{}`: {name} is {value}, output is `{}`",
                    needed.name(),
                    self.output.name()
                ));
            }
        }
        self.stage().map_or(Ok(()), |stage| stage.validate())
    }

    fn validate_words(&self) -> Result<(), ParameterError> {
        let (cell_bits, cells, row_cells) = (self.mvm.device.cell_bits, self.word_cells(), self.row_cells());
        let columns = self.program().columns();
        if cell_bits > MOST_CELL_BITS {
            return conflict(format!(
                "cell_bits must be at most {MOST_CELL_BITS}, as many as can be programmed: cell_bits is {cell_bits}"
            ));
        }
        if !row_cells.is_multiple_of(cells) {
            return conflict(format!(
                "word_cells must divide the {row_cells} cells of a row: word_cells is {cells}"
            ));
        }
        if !cells.is_multiple_of(columns) {
            return conflict(format!(
                "verify_columns must divide word_cells: verify_columns is {columns}, word_cells is {cells}"
            ));
        }
        match self.verify {
            Verify::Level if columns > 1 => conflict(format!(
                "verify_columns must be 1 with verify = `level`, a sense amplifier for each cell: verify_columns is {columns}"
            )),
            Verify::Adc if cell_bits > self.verify_bits => conflict(format!(
                "cell_bits must be at most verify_bits with verify = `adc`, a code for each level: cell_bits is {cell_bits}, verify_bits is {}",
                self.verify_bits
            )),
            Verify::Level | Verify::Adc => Ok(()),
        }
    }

    /// Width of a sum.
    pub fn sum_bits(&self) -> u32 {
        let is_in_chain = self.chained || self.output == Output::Sums;
        let chain = if is_in_chain { CHAIN_BITS } else { 0 };
        let least = (self.mvm.adder().sum_bits() + chain).max(LEAST_STAGE_BITS);
        self.sum_bits.unwrap_or(least)
    }

    /// Cells of a row of an array.
    pub fn row_cells(&self) -> u32 {
        self.mvm.columns() * self.mvm.adcs
    }

    /// Cells of a word.
    pub fn word_cells(&self) -> u32 {
        let row_cells = self.row_cells();
        let greatest = || (1..=MOST_WORD_CELLS).rev().find(|cells| row_cells.is_multiple_of(*cells));
        self.word_cells.or_else(greatest).unwrap_or(1)
    }

    /// Words of a row.
    pub fn row_words(&self) -> u32 {
        self.row_cells() / self.word_cells()
    }

    /// The programmer.
    pub fn program(&self) -> xbar_program::Params {
        xbar_program::Params {
            cells: self.word_cells(),
            level_bits: self.mvm.device.cell_bits,
            verify: self.verify,
            columns: self.verify_columns,
            adc_bits: self.verify_bits,
            word_line_bits: self.word_line_bits,
            line_bits: self.line_bits,
            width_bits: self.width_bits,
            attempt_bits: self.attempt_bits,
            ..Default::default()
        }
    }

    /// The output stage of a converter, if there is one.
    pub fn stage(&self) -> Option<xbar_output_stage::Params> {
        let function = match self.output {
            Output::Sums => return None,
            Output::Scale => xbar_output_stage::Function::Scale,
            Output::Lif => xbar_output_stage::Function::Lif,
        };
        Some(xbar_output_stage::Params {
            function,
            outputs: self.mvm.outputs,
            sum_bits: self.sum_bits(),
            value_bits: self.value_bits,
            multiplier_bits: self.multiplier_bits,
            rounding: self.rounding,
            membrane_bits: self.membrane_bits,
            leak: self.leak,
            reset: self.reset,
            compare: self.compare,
        })
    }

    /// Bits of a result.
    pub fn result_bits(&self) -> u32 {
        match self.output {
            Output::Sums => self.sum_bits(),
            Output::Scale => self.value_bits,
            Output::Lif => 1,
        }
    }

    /// Beats of a packet of words: its place, its mask, its levels.
    pub fn word_beats(&self) -> u32 {
        2 + self.word_cells().div_ceil(self.cells_of_beat())
    }

    /// Levels in a beat.
    pub fn cells_of_beat(&self) -> u32 {
        BEAT_BITS / lane(self.mvm.device.cell_bits)
    }

    /// A beat of vectors.
    pub fn vector(&self) -> Beat<Shape> {
        let meaning =
            "inputs, each in a lane of the next power of two of its bits, the first in the lowest bits";
        beat(of_lanes(self.mvm.lanes, self.mvm.input_bits), meaning)
    }

    /// A beat of sums of another macro.
    pub fn partial(&self) -> ResultBeat<Shape> {
        let meaning = "sums of another macro, as it gives them with output=sums";
        let Beat { data, last } = beat(of_lanes(self.mvm.adcs, self.sum_bits()), meaning);
        ResultBeat { data, last, user: Shape::bits(1) }
    }

    /// A beat of tables.
    pub fn table(&self) -> Beat<Shape> {
        beat(BEAT_BITS, "the entry of a result")
    }

    /// A beat of words.
    pub fn word(&self) -> Beat<Shape> {
        beat(BEAT_BITS, "row and word; then the mask; then the levels")
    }

    /// A beat of results.
    pub fn result(&self) -> ResultBeat<u32> {
        ResultBeat { data: of_lanes(self.mvm.adcs, self.result_bits()), last: 1, user: 1 }
    }

    /// A beat of outcomes.
    pub fn outcome(&self) -> Beat<Shape> {
        beat(BEAT_BITS, "the cells that failed; then pulses, reads and flags")
    }

    /// The inputs besides registers and streams.
    pub fn side(&self) -> Side<u32> {
        let xbar_mvm::Side { load, thermometer, cmp, .. } = self.mvm.side();
        let program = self.program();
        let sense_data = program.lanes() * program.sense_bits();
        Side { load, thermometer, cmp, program: Sense { sense_valid: 1, sense_data } }
    }

    /// Where a word is.
    pub fn place(&self) -> Place<u32> {
        Place {
            row: index_width(self.mvm.inputs_of_vector().into()),
            word: (self.row_words() > 1).then(|| index_width(self.row_words().into())),
        }
    }

    /// The pins to the analog part.
    pub fn analog(&self) -> Analog<u32> {
        let program = Programmed { place: self.place(), analog: self.program().analog() };
        Analog { pins: self.mvm.pins(), program }
    }
}

/// Bits of a lane for a number of some bits.
pub fn lane(bits: u32) -> u32 {
    bits.next_power_of_two()
}

/// Bits of a beat of some numbers, at least a byte.
fn of_lanes(count: u32, bits: u32) -> u32 {
    (count.next_power_of_two() * lane(bits)).max(8)
}

fn beat(width: u32, meaning: &str) -> Beat<Shape> {
    Beat { data: Shape::bits(width).meaning_of(meaning), last: Shape::bits(1) }
}

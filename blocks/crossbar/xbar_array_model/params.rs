//! The parameters of `xbar_array_model`, and its ports.

use crate::crossbar::device::Device;
use crate::crossbar::pins::{Adc, Answer, Load, Pins};
use crate::crossbar::read_out::ReadOut;
use crate::crossbar::xbar_sequencer;
use crate::parameters::{ParameterError, Parameters};
use hdl::{Bundle, bit_length, index_width};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smart_default::SmartDefault;

/// The parameters, by the names that users write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, SmartDefault)]
pub struct Params {
    /// Word lines.
    #[default = 64]
    #[schemars(range(min = 2, max = 256), extend("x-name" = "r"))]
    pub rows: u32,
    /// Columns that share a converter.
    #[default = 8]
    #[schemars(range(min = 1, max = 256), extend("x-name" = "s"))]
    pub columns: u32,
    /// Converters.
    #[default = 1]
    #[schemars(range(min = 1, max = 64), extend("x-name" = "x"))]
    pub adcs: u32,
    /// How it is read.
    #[serde(flatten)]
    pub read_out: ReadOut,
    /// Number of the array: those with the same seed have random numbers of their own.
    #[default = 0]
    #[schemars(range(min = 0, max = 255), extend("x-tag" = "array"))]
    pub array_number: u32,
    /// Cells and converters.
    #[serde(flatten)]
    pub device: Device,
}

/// The most columns of an array.
const MOST_COLUMNS: u32 = 256;

impl Parameters for Params {
    fn resolved(&self) -> Params {
        let device = Device { adc_step: Some(self.adc_step()), ..self.device.clone() };
        Params { device, ..self.clone() }
    }

    fn validate(&self) -> Result<(), ParameterError> {
        let conflict = |message| Err(ParameterError::Conflict(message));
        let (columns, adcs) = (self.columns, self.adcs);
        if columns * adcs > MOST_COLUMNS {
            return conflict(format!(
                "columns x adcs must be at most {MOST_COLUMNS}: columns is {columns}, adcs is {adcs}"
            ));
        }
        self.read_out.validate()?;
        self.device.validate()
    }
}

/// Every input in a cycle.
#[derive(Clone, Copy, Bundle)]
pub struct Inputs<T> {
    pub load: Load<T>,
    #[bundle(flatten)]
    pub pins: Pins<T>,
}

/// Width of the number of a sample, which its noise comes from.
pub const NUMBER_BITS: u32 = 16;

impl Params {
    /// Comparators of a flash converter.
    pub fn levels(&self) -> u32 {
        self.read_out.flash().levels()
    }

    /// The pins to the array.
    pub fn pins(&self) -> Pins<u32> {
        let sequencer = xbar_sequencer::Params {
            columns: self.columns,
            holds: self.read_out.holds,
            ..Default::default()
        };
        let adc = match self.read_out.adc {
            Adc::Flash => None,
            Adc::Sar => Some(self.read_out.sar(self.adcs).analog()),
        };
        Pins { word_lines: self.rows, array: sequencer.analog(), adc }
    }

    /// What the array says.
    pub fn answer(&self) -> Answer<u32> {
        match self.read_out.adc {
            Adc::Flash => Answer { thermometer: Some(self.adcs * self.levels()), cmp: None },
            Adc::Sar => Answer { thermometer: None, cmp: Some(self.adcs) },
        }
    }

    /// A cell for each converter.
    pub fn load(&self) -> Load<u32> {
        Load {
            valid: 1,
            row: index_width(self.rows.into()),
            column: (self.columns > 1).then(|| index_width(self.columns.into())),
            cells: self.adcs * self.device.cell_bits,
        }
    }

    /// Every input.
    pub fn inputs(&self) -> Inputs<u32> {
        Inputs { load: self.load(), pins: self.pins() }
    }

    /// What enters the hashes.
    pub fn keys(&self) -> [u32; 2] {
        self.device.keys(self.array_number)
    }

    /// The step of the converters, in 256ths of that of a cell.
    fn adc_step(&self) -> u32 {
        let Params { rows, read_out, device, .. } = self;
        device.adc_step.unwrap_or_else(|| device.step_that_fits(*rows, read_out.adc_bits))
    }

    /// The same in units of a conductance.
    pub fn step(&self) -> u64 {
        self.device.in_units(self.adc_step())
    }

    /// Twice the threshold of a code, in units of a conductance: half a step below the sum of the code.
    pub fn doubled_threshold(&self, code: u32) -> i64 {
        (2 * i64::from(code) - 1) * self.step() as i64 + 2 * self.device.offset() as i64
    }

    /// Width of twice a sum with its noise, and of twice a threshold, in two's complement.
    pub fn doubled_bits(&self) -> u32 {
        let sum = u64::from(self.rows) << self.device.conductance_bits();
        let sum = 2 * (sum + self.device.greatest_noise());
        let threshold = self.doubled_threshold((1 << self.read_out.adc_bits) - 1).unsigned_abs();
        // The threshold of code 0 is below 0 by less than a step.
        bit_length(sum.max(threshold).max(self.step()).into()) + 1
    }

    /// Whether so many rows can reach the greatest code: those of an ideal array, less what drifts away and is stuck.
    pub fn saturates(&self, rows: u32) -> bool {
        let Device { drift, stuck_off, .. } = self.device;
        let sum = 2 * i128::from(rows) * i128::from(self.device.on_conductance());
        let left = sum * i128::from(1000 - drift) * i128::from(1000 - stuck_off) / 1_000_000;
        left >= self.doubled_threshold((1 << self.read_out.adc_bits) - 1).into()
    }
}

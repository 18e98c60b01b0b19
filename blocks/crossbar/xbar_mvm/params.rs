//! The parameters of `xbar_mvm`, and its ports.

use crate::crossbar::device::{Device, EXACT_STEP};
use crate::crossbar::phase::Encoding;
use crate::crossbar::pins::{Adc, ArrayPlace, Load, Pins};
use crate::crossbar::read_out::ReadOut;
use crate::crossbar::xbar_shift_add::Scheme;
use crate::crossbar::{
    xbar_adc_flash, xbar_adc_sar, xbar_array_model, xbar_input_driver, xbar_sequencer, xbar_shift_add,
};
use crate::parameters::{ParameterError, Parameters};
use hdl::{Bundle, bit_length, index_width};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smart_default::SmartDefault;

/// The parameters, by the names that users write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, SmartDefault)]
pub struct Params {
    /// Word lines of an array.
    #[default = 64]
    #[schemars(range(min = 2, max = 256), extend("x-name" = "r"))]
    pub rows: u32,
    /// Arrays under each other, driven at once, whose conversions are added.
    #[default = 1]
    #[schemars(extend("enum" = [1, 2, 4, 8], "x-tag" = "k"))]
    pub row_arrays: u32,
    /// The most word lines of an array that are driven at once: a block of rows.
    #[default(None)]
    #[schemars(range(min = 1, max = 256), extend("x-tag" = "at", "x-default" = "rows"))]
    pub rows_at_once: Option<u32>,
    /// Inputs in a beat.
    #[default = 8]
    #[schemars(extend("enum" = [1, 2, 4, 8, 16, 32, 64], "x-tag" = "l"))]
    pub lanes: u32,
    /// Bits of an input.
    #[default = 8]
    #[schemars(range(min = 1, max = 16), extend("x-name" = "i"))]
    pub input_bits: u32,
    /// How inputs are driven bit by bit.
    #[default(Encoding::TwosComplement)]
    #[schemars(extend("x-tag" = ""))]
    pub encoding: Encoding,
    /// Cells of a weight: it has slices x cell_bits bits, at most 16.
    #[default = 2]
    #[schemars(range(min = 1, max = 8), extend("x-name" = "w"))]
    pub slices: u32,
    /// How weights are signed.
    #[default(Scheme::DifferentialPair)]
    #[schemars(extend("x-tag" = ""))]
    pub scheme: Scheme,
    /// Sums whose columns share a converter.
    #[default = 2]
    #[schemars(range(min = 1, max = 64), extend("x-name" = "n"))]
    pub outputs: u32,
    /// Converters of an array, in lockstep.
    #[default = 1]
    #[schemars(range(min = 1, max = 64), extend("x-name" = "x"))]
    pub adcs: u32,
    /// How it is read.
    #[serde(flatten)]
    pub read_out: ReadOut,
    /// Where the arrays are: outside, at the pins (`external`), or inside as `xbar_array_model`, for simulation (`model`).
    #[default(ArrayPlace::External)]
    #[schemars(extend("x-tag" = ""))]
    pub array: ArrayPlace,
    /// Cells and converters; but for cell_bits only with array=model.
    #[serde(flatten)]
    pub device: Device,
}

/// The most converters under one controller.
const MOST_CONVERTERS: u32 = 64;

impl Parameters for Params {
    fn resolved(&self) -> Params {
        let device = Device { adc_step: Some(self.adc_step()), ..self.device.clone() };
        Params { rows_at_once: Some(self.rows_at_once()), device, ..self.clone() }
    }

    fn notes(&self) -> Vec<String> {
        let (rows, cell_bits, adc_bits) =
            (self.rows_at_once(), self.device.cell_bits, self.read_out.adc_bits);
        let needed = self.exact_bits();
        let holds_all = adc_bits >= needed;
        let step = f64::from(self.adc_step()) / f64::from(EXACT_STEP);
        let are = match self.array {
            ArrayPlace::External if holds_all => {
                "Sums are exact if a step of your converters is that of a cell.".into()
            }
            ArrayPlace::External => "Sums are not exact: your converters round, or saturate.".into(),
            ArrayPlace::Model if self.adc_step() > EXACT_STEP => {
                format!("Sums are not exact: a code stands for {step:.2} steps of a cell.")
            }
            ArrayPlace::Model if !holds_all => {
                format!("Sums are not exact: codes saturate at {} steps of a cell.", (1 << adc_bits) - 1)
            }
            ArrayPlace::Model => match self.device.first_deviation(EXACT_STEP) {
                None => "Sums are exact.".into(),
                Some((name, value)) => format!("Sums are not exact: {name} is {value}."),
            },
        };
        vec![
            format!(
                "Codes of {needed} bits hold the sum of {rows} rows of {cell_bits}-bit cells: adc_bits is {adc_bits}."
            ),
            are,
        ]
    }

    fn validate(&self) -> Result<(), ParameterError> {
        let Params { rows, row_arrays, lanes, adcs, .. } = *self;
        let check = |is_legal: bool, message: String| match is_legal {
            true => Ok(()),
            false => Err(ParameterError::Conflict(message)),
        };
        check(
            self.inputs_of_vector().is_multiple_of(lanes),
            format!(
                "rows x row_arrays must be a multiple of lanes: rows is {rows}, row_arrays is {row_arrays}, lanes is {lanes}"
            ),
        )?;
        check(
            adcs * row_arrays <= MOST_CONVERTERS,
            format!(
                "adcs x row_arrays must be at most {MOST_CONVERTERS}: adcs is {adcs}, row_arrays is {row_arrays}"
            ),
        )?;
        self.read_out.validate()?;
        self.driver_of_an_array().validate()?;
        self.adder().validate()?;
        let columns = self.columns();
        check(
            columns * adcs <= 256,
            format!(
                "an array has at most 256 columns: outputs, slices and scheme make {columns}, adcs is {adcs}"
            ),
        )?;
        match self.array {
            ArrayPlace::Model => self.validate_model(),
            ArrayPlace::External => {
                self.device.first_not_ideal(self.fitting_step()).map_or(Ok(()), |(name, value)| {
                    check(
                        false,
                        format!("{name} needs array = `model`: {name} is {value}, array is `external`"),
                    )
                })
            }
        }
    }
}

/// How many clocks each step takes.
#[derive(Clone, Copy, Bundle)]
pub struct Steps<T> {
    /// Clocks in which bit lines are precharged; 0 for none.
    pub precharge_clocks: T,
    /// Clocks in which the array settles and is sampled; 0 counts as 1.
    pub settle_clocks: T,
    /// Clocks of a column with a flash converter; 0 counts as 1.
    pub convert_clocks: Option<T>,
    /// Clocks in which a converter by successive approximation samples a column; 0 counts as 1.
    pub sample_clocks: Option<T>,
    /// Clocks in which its trial codes settle before the one in which the comparators decide.
    pub trial_clocks: Option<T>,
}

/// The inputs besides the streams.
#[derive(Clone, Copy, Bundle)]
pub struct Side<T> {
    /// The clocks of the steps.
    #[bundle(flatten)]
    pub steps: Steps<T>,
    /// The cells of the model.
    pub load: Option<Load<T>>,
    /// 1 for each comparator of a flash converter whose input is above its threshold, the lowest threshold in the lowest bit; the
    /// first array's converters in the lowest bits.
    pub thermometer: Option<T>,
    /// 1 for each converter by successive approximation whose input is at or above its DAC.
    pub cmp: Option<T>,
}

/// Every input in a cycle.
#[derive(Clone, Copy, Bundle)]
pub struct Inputs<T> {
    pub in_valid: T,
    pub in_data: T,
    pub in_skip_zeros: T,
    pub in_last: T,
    #[bundle(flatten)]
    pub side: Side<T>,
    pub out_ready: T,
}

/// Sums of a vector: one of each converter.
#[derive(Clone, Copy, Bundle)]
pub struct Sums<T> {
    /// Two's complement, that of converter 0 in the lowest bits.
    pub sums: T,
    /// For each of them, a code was the greatest one: the sum of a column may have been greater.
    pub saturated: T,
    /// The last ones of the vector.
    pub last: T,
    /// They are wrong: a sum left its range, or this vector or one before it was too long.
    pub error: T,
}

/// Every output in a cycle.
#[derive(Clone, Copy, Bundle)]
pub struct Outputs<T> {
    pub in_ready: T,
    #[bundle(flatten)]
    pub pins: Pins<T>,
    pub out_valid: T,
    pub out_sums: T,
    pub out_saturated: T,
    pub out_last: T,
    pub out_error: T,
}

impl Params {
    /// Refuses what the model cannot be: a count, which weighs more than all slices, is lost in a step of several levels.
    fn validate_model(&self) -> Result<(), ParameterError> {
        let step = self.adc_step();
        if self.scheme == Scheme::NegativeCount && step > EXACT_STEP {
            return Err(ParameterError::Conflict(format!(
                "adc_step must be at most {EXACT_STEP} with scheme = `negative_count`: adc_step is {step}"
            )));
        }
        self.device.validate()
    }

    /// Bits of a code that is the sum of the rows that are driven at once, whatever they are.
    pub fn exact_bits(&self) -> u32 {
        bit_length((self.rows_at_once() * self.device.top_level()).into())
    }

    /// The step of the converters, in 256ths of that of a cell.
    pub fn adc_step(&self) -> u32 {
        self.device.adc_step.unwrap_or_else(|| self.fitting_step())
    }

    /// The step with which no sum saturates; but a count, which weighs more than all slices, needs that of a cell.
    fn fitting_step(&self) -> u32 {
        match self.scheme {
            Scheme::DifferentialPair | Scheme::DummyColumn => {
                self.device.step_that_fits(self.rows_at_once(), self.read_out.adc_bits)
            }
            Scheme::NegativeCount => EXACT_STEP,
        }
    }

    /// Inputs of a vector.
    pub fn inputs_of_vector(&self) -> u32 {
        self.rows * self.row_arrays
    }

    /// The most word lines of an array that are driven at once.
    pub fn rows_at_once(&self) -> u32 {
        self.rows_at_once.unwrap_or(self.rows)
    }

    /// Columns that share a converter.
    pub fn columns(&self) -> u32 {
        self.adder().columns()
    }

    /// Width of the codes of arrays under each other, added.
    pub fn code_bits(&self) -> u32 {
        self.read_out.adc_bits + self.row_arrays.ilog2()
    }

    /// The driver: a row of each array is one behind the other, so that its blocks are blocks of every array.
    pub fn driver(&self) -> xbar_input_driver::Params {
        xbar_input_driver::Params {
            rows: self.inputs_of_vector(),
            rows_at_once: Some(self.rows_at_once() * self.row_arrays),
            lanes: self.lanes,
            ..self.driver_of_an_array()
        }
    }

    /// A driver with the blocks of an array, to check them.
    fn driver_of_an_array(&self) -> xbar_input_driver::Params {
        xbar_input_driver::Params {
            rows: self.rows,
            rows_at_once: self.rows_at_once,
            input_bits: self.input_bits,
            encoding: self.encoding,
            lanes: 1,
        }
    }

    /// The sequencer.
    pub fn sequencer(&self) -> xbar_sequencer::Params {
        xbar_sequencer::Params {
            columns: self.columns(),
            holds: self.read_out.holds,
            input_bits: self.input_bits,
            encoding: self.encoding,
        }
    }

    /// The encoder of a flash converter.
    pub fn flash(&self) -> xbar_adc_flash::Params {
        self.read_out.flash()
    }

    /// The controller of converters by successive approximation.
    pub fn sar(&self) -> xbar_adc_sar::Params {
        self.read_out.sar(self.adcs * self.row_arrays)
    }

    /// The shift-add of a converter.
    pub fn adder(&self) -> xbar_shift_add::Params {
        xbar_shift_add::Params {
            adc_bits: self.code_bits(),
            input_bits: self.input_bits,
            encoding: self.encoding,
            cell_bits: self.device.cell_bits,
            slices: self.slices,
            scheme: self.scheme,
            outputs: self.outputs,
            row_blocks: self.rows.div_ceil(self.rows_at_once()),
            saturation: true,
        }
    }

    /// The model of an array: each has random numbers of its own.
    pub fn array_model(&self, array: u32) -> xbar_array_model::Params {
        xbar_array_model::Params {
            rows: self.rows,
            columns: self.columns(),
            adcs: self.adcs,
            read_out: self.read_out.clone(),
            array_number: array,
            device: Device { adc_step: Some(self.adc_step()), ..self.device.clone() },
        }
    }

    /// The pins to the arrays.
    pub fn pins(&self) -> Pins<u32> {
        let adc = match self.read_out.adc {
            Adc::Flash => None,
            Adc::Sar => Some(self.sar().analog()),
        };
        Pins { word_lines: self.inputs_of_vector(), array: self.sequencer().analog(), adc }
    }

    /// The inputs besides the streams.
    pub fn side(&self) -> Side<u32> {
        let clocks = xbar_sequencer::CLOCKS_BITS;
        let request = self.sar().request();
        let (is_flash, is_external) = (self.read_out.adc == Adc::Flash, self.array == ArrayPlace::External);
        let load = self.array_model(0).load();
        Side {
            steps: Steps {
                precharge_clocks: clocks,
                settle_clocks: clocks,
                convert_clocks: is_flash.then_some(clocks),
                sample_clocks: (!is_flash).then_some(request.sample_clocks),
                trial_clocks: (!is_flash).then_some(request.settle_clocks),
            },
            load: (!is_external).then(|| Load { row: index_width(self.inputs_of_vector().into()), ..load }),
            thermometer: (is_external && is_flash)
                .then(|| self.row_arrays * self.adcs * self.flash().levels()),
            cmp: (is_external && !is_flash).then(|| self.row_arrays * self.adcs),
        }
    }

    /// Every input.
    pub fn inputs(&self) -> Inputs<u32> {
        let beat = self.driver().inputs();
        Inputs {
            in_valid: 1,
            in_data: beat.data,
            in_skip_zeros: 1,
            in_last: 1,
            side: self.side(),
            out_ready: 1,
        }
    }

    /// Sums of each converter.
    pub fn sums(&self) -> Sums<u32> {
        Sums { sums: self.adcs * self.adder().sum_bits(), saturated: self.adcs, last: 1, error: 1 }
    }

    /// Every output.
    pub fn outputs(&self) -> Outputs<u32> {
        let Sums { sums, saturated, last, error } = self.sums();
        Outputs {
            in_ready: 1,
            pins: self.pins(),
            out_valid: 1,
            out_sums: sums,
            out_saturated: saturated,
            out_last: last,
            out_error: error,
        }
    }
}

//! The parameters of `xbar_adc_sar`, and its ports.

use crate::parameters::Parameters;
use hdl::Bundle;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smart_default::SmartDefault;

/// The parameters, by the names that users write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, SmartDefault)]
pub struct Params {
    /// Width of a code.
    #[default = 8]
    #[schemars(range(min = 4, max = 10), extend("x-name" = "b"))]
    pub adc_bits: u32,
    /// Holds (sample-and-hold circuits) of a converter: with 2, one samples while the other is converted.
    #[default = 1]
    #[schemars(extend("enum" = [1, 2], "x-tag" = "h"))]
    pub holds: u32,
    /// Converters in lockstep.
    #[default = 1]
    #[schemars(range(min = 1, max = 64), extend("x-tag" = "x"))]
    pub adcs: u32,
}

impl Parameters for Params {}

/// Width of a number of clocks in which a hold samples.
pub const SAMPLE_BITS: u32 = 8;

/// Width of a number of clocks in which a trial code settles.
pub const SETTLE_BITS: u32 = 4;

/// A conversion that is asked for.
#[derive(Clone, Copy, Bundle)]
pub struct Request<T> {
    /// Clocks in which the hold samples; 0 if something else has sampled.
    pub sample_clocks: T,
    /// Clocks in which each trial code settles before the one in which the comparators decide.
    pub settle_clocks: T,
}

/// A conversion that is done.
#[derive(Clone, Copy, Bundle)]
pub struct Conversion<T> {
    /// Unsigned, converter 0 in the lowest bits.
    pub code: T,
}

/// Every output to the analog part: all are registers.
#[derive(Clone, Copy, Bundle)]
pub struct Analog<T> {
    /// 1 for each hold that samples: closes its switch.
    pub sample: T,
    /// The hold that is converted: the comparators see it.
    pub hold: Option<T>,
    /// 1 for a clock before sampling: discharges the DAC.
    pub dac_reset: Option<T>,
    /// The trial codes, converter 0 in the lowest bits; half of the range while there is no conversion.
    pub dac: T,
    /// The comparators decide: `cmp` is taken at the end of this clock.
    pub compare: T,
}

/// Every input in a cycle.
#[derive(Clone, Copy, Bundle)]
pub struct Inputs<T> {
    pub in_valid: T,
    pub in_sample_clocks: T,
    pub in_settle_clocks: T,
    /// 1 for each converter whose input is at or above its DAC.
    pub cmp: T,
    pub out_ready: T,
}

/// Every output in a cycle.
#[derive(Clone, Copy, Bundle)]
pub struct Outputs<T> {
    pub in_ready: T,
    #[bundle(flatten)]
    pub analog: Analog<T>,
    pub out_valid: T,
    pub out_code: T,
}

impl Params {
    /// Width of the codes of all converters.
    pub fn code_bits(&self) -> u32 {
        self.adcs * self.adc_bits
    }

    /// A conversion that is asked for.
    pub fn request(&self) -> Request<u32> {
        Request { sample_clocks: SAMPLE_BITS, settle_clocks: SETTLE_BITS }
    }

    /// A conversion that is done.
    pub fn conversion(&self) -> Conversion<u32> {
        Conversion { code: self.code_bits() }
    }

    /// The outputs to the analog part.
    pub fn analog(&self) -> Analog<u32> {
        let is_single = self.holds == 1;
        Analog {
            sample: self.holds,
            hold: (!is_single).then_some(1),
            dac_reset: is_single.then_some(1),
            dac: self.code_bits(),
            compare: 1,
        }
    }

    /// Every input.
    pub fn inputs(&self) -> Inputs<u32> {
        Inputs {
            in_valid: 1,
            in_sample_clocks: SAMPLE_BITS,
            in_settle_clocks: SETTLE_BITS,
            cmp: self.adcs,
            out_ready: 1,
        }
    }

    /// Every output.
    pub fn outputs(&self) -> Outputs<u32> {
        Outputs { in_ready: 1, analog: self.analog(), out_valid: 1, out_code: self.code_bits() }
    }
}

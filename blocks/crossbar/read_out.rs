//! How an array is read: parameters of the blocks that read arrays, and of the model in their place.

use super::pins::Adc;
use super::{xbar_adc_flash, xbar_adc_sar};
use crate::parameters::ParameterError;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smart_default::SmartDefault;

/// The parameters, by the names that users write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, SmartDefault)]
pub struct ReadOut {
    /// Holds (sample-and-hold circuits) of a column: with 2, the next phase settles while one is converted.
    #[default = 2]
    #[schemars(extend("enum" = [1, 2], "x-tag" = "h"))]
    pub holds: u32,
    /// The converters.
    #[default(Adc::Flash)]
    #[schemars(extend("x-tag" = ""))]
    pub adc: Adc,
    /// Width of a code: 2 to 8 with a flash converter, 4 to 10 with successive approximation.
    #[default = 4]
    #[schemars(range(min = 2, max = 10), extend("x-tag" = "b"))]
    pub adc_bits: u32,
    /// Holds of a converter by successive approximation: with 2, one samples while the other is converted.
    #[default = 1]
    #[schemars(extend("enum" = [1, 2], "x-tag" = "ah"))]
    pub adc_holds: u32,
}

impl ReadOut {
    /// Refuses converters that there are not.
    pub fn validate(&self) -> Result<(), ParameterError> {
        let conflict = |message| Err(ParameterError::Conflict(message));
        let ReadOut { adc, adc_bits, adc_holds, .. } = *self;
        match adc {
            Adc::Flash if adc_bits > 8 => {
                conflict(format!("adc_bits must be at most 8 with adc = `flash`: adc_bits is {adc_bits}"))
            }
            Adc::Flash if adc_holds > 1 => {
                conflict(format!("adc_holds needs adc = `sar`: adc_holds is {adc_holds}, adc is `flash`"))
            }
            Adc::Sar if adc_bits < 4 => {
                conflict(format!("adc_bits must be at least 4 with adc = `sar`: adc_bits is {adc_bits}"))
            }
            Adc::Flash | Adc::Sar => Ok(()),
        }
    }

    /// The encoder of a flash converter.
    pub fn flash(&self) -> xbar_adc_flash::Params {
        xbar_adc_flash::Params { adc_bits: self.adc_bits, stages: 0 }
    }

    /// The controller of so many converters by successive approximation.
    pub fn sar(&self, adcs: u32) -> xbar_adc_sar::Params {
        xbar_adc_sar::Params { adc_bits: self.adc_bits, holds: self.adc_holds, adcs }
    }
}

//! The parameters of `xbar_adc_flash`.

use crate::parameters::{ParameterError, Parameters};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smart_default::SmartDefault;

/// The parameters, by the names that users write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, SmartDefault)]
pub struct Params {
    /// Width of a code: there are 2^adc_bits - 1 comparators.
    #[default = 4]
    #[schemars(range(min = 2, max = 8), extend("x-name" = "b"))]
    pub adc_bits: u32,
    /// Pipeline registers, equal to the latency in cycles; 2 and 3 from 5 bits up.
    #[default = 1]
    #[schemars(range(min = 0, max = 3), extend("x-tag" = "s"))]
    pub stages: u32,
}

/// Comparators that are counted at once.
pub const LEAF: u32 = 15;

impl Parameters for Params {
    fn validate(&self) -> Result<(), ParameterError> {
        match self.stages <= 1 || self.levels() > LEAF {
            true => Ok(()),
            false => Err(ParameterError::Conflict(format!(
                "stages of 2 and 3 need adc_bits of at least 5, since up to {LEAF} comparators are counted at once: stages is {}, \
                 adc_bits is {}",
                self.stages, self.adc_bits
            ))),
        }
    }
}

impl Params {
    /// Comparators.
    pub fn levels(&self) -> u32 {
        (1 << self.adc_bits) - 1
    }
}

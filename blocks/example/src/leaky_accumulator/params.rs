//! The parameters.

use gen_rtl::blocks::parameters::{ParameterError, Parameters};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smart_default::SmartDefault;

/// The parameters, by the names that users write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, SmartDefault)]
pub struct Params {
    /// Width of a number and of the sum.
    #[default = 16]
    #[schemars(range(min = 4, max = 32), extend("x-name" = "w"))]
    pub bits: u32,
    /// The sum loses 1/2^leak of its value before each addition.
    #[default = 3]
    #[schemars(range(min = 1, max = 7), extend("x-tag" = "leak"))]
    pub leak: u32,
}

impl Parameters for Params {
    fn validate(&self) -> Result<(), ParameterError> {
        match self.leak < self.bits {
            true => Ok(()),
            false => Err(ParameterError::Conflict(format!(
                "leak must be below bits: leak is {}, bits is {}",
                self.leak, self.bits
            ))),
        }
    }
}

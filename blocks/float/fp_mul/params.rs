//! The parameters of `fp_mul`.

use crate::parameters::Parameters;
use parts::float::FloatFormat;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smart_default::SmartDefault;

/// The parameters, by the names that users write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, SmartDefault)]
pub struct Params {
    /// Format of the factors and the product.
    #[default(Format::Fp16)]
    #[schemars(extend("x-name" = ""))]
    pub format: Format,
    /// Subnormal numbers: as in IEEE 754, or flushed to zero.
    #[default(Subnormals::Ieee)]
    #[schemars(extend("x-tag" = ""))]
    pub subnormals: Subnormals,
    /// Pipeline registers, equal to the latency in cycles: 1 after the multiplier, 2 also at the output.
    #[default = 0]
    #[schemars(range(min = 0, max = 2), extend("x-tag" = "s"))]
    pub stages: u32,
}

/// Formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// IEEE binary16.
    Fp16,
    /// bfloat16.
    Bf16,
}

/// How subnormal numbers are handled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Subnormals {
    /// As in IEEE 754.
    Ieee,
    /// Subnormal operands and results become zero.
    Flush,
}

impl Parameters for Params {}

impl Params {
    /// The format.
    pub fn format(&self) -> FloatFormat {
        match self.format {
            Format::Fp16 => FloatFormat::FP16,
            Format::Bf16 => FloatFormat::BF16,
        }
    }
}

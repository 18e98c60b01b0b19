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
    /// Kept as IEEE 754 has it, or flushed to zero.
    #[default(Subnormals::Ieee)]
    #[schemars(extend("x-tag" = ""))]
    pub subnormals: Subnormals,
    /// Register stages, which are the latency in cycles: 1 behind the multiplier, 2 also behind the product.
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

/// What becomes of subnormal numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Subnormals {
    /// They are numbers like others.
    Ieee,
    /// They count as zero, and results are made zero.
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

//! The parameters of `fp_add`.

use crate::common::float::FloatFormat;
use crate::parameters::{Legal, Parameter, ParameterError, name_parts};
use serde::{Deserialize, Serialize};

/// The parameters, by the names that users write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Params {
    /// Format of the terms and the sum.
    pub format: Format,
    /// Number of register stages, 0 to 2.
    pub stages: u32,
}

/// Formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// IEEE binary16.
    Fp16,
    /// bfloat16.
    Bf16,
    /// IEEE binary32.
    Fp32,
}

impl Default for Params {
    fn default() -> Params {
        Params { format: Format::Fp16, stages: 0 }
    }
}

/// The parameters for help, documentation and checks.
pub fn parameters() -> Vec<Parameter> {
    let of = Parameter::of::<Params>;
    vec![
        of("format", "format of the terms and the sum", Legal::OneOf(vec!["fp16", "bf16", "fp32"])),
        of("stages", "register stages, which are the latency in cycles", Legal::Integer { min: 0, max: 2 }),
    ]
}

impl Params {
    /// Everything goes together.
    pub fn validate(&self) -> Result<(), ParameterError> {
        Ok(())
    }

    /// The format.
    pub fn format(&self) -> FloatFormat {
        match self.format {
            Format::Fp16 => FloatFormat::FP16,
            Format::Bf16 => FloatFormat::BF16,
            Format::Fp32 => FloatFormat::FP32,
        }
    }

    /// What distinguishes the module's name.
    pub fn name_parts(&self) -> Vec<String> {
        let format = match self.format {
            Format::Fp16 => "fp16",
            Format::Bf16 => "bf16",
            Format::Fp32 => "fp32",
        };
        let mut parts = vec![format.to_string()];
        parts.extend(name_parts(self, &[("s", "stages")]));
        parts
    }
}

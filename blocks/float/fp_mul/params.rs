//! The parameters of `fp_mul`.

use crate::common::float::FloatFormat;
use crate::parameters::{Legal, Parameter, ParameterError, name_parts};
use serde::{Deserialize, Serialize};

/// The parameters, by the names that users write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Params {
    /// Format of the factors and the product.
    pub format: Format,
    /// What becomes of subnormal numbers.
    pub subnormals: Subnormals,
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
}

/// What becomes of subnormal numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subnormals {
    /// They are numbers like others.
    Ieee,
    /// They count as zero, and results are made zero.
    Flush,
}

impl Default for Params {
    fn default() -> Params {
        Params { format: Format::Fp16, subnormals: Subnormals::Ieee, stages: 0 }
    }
}

/// The parameters for help, documentation and checks.
pub fn parameters() -> Vec<Parameter> {
    let of = Parameter::of::<Params>;
    let one_of = |values: &[&'static str]| Legal::OneOf(values.to_vec());
    vec![
        of("format", "format of the factors and the product", one_of(&["fp16", "bf16"])),
        of("subnormals", "kept as IEEE 754 has it, or flushed to zero", one_of(&["ieee", "flush"])),
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
        }
    }

    /// What distinguishes the module's name.
    pub fn name_parts(&self) -> Vec<String> {
        let format = match self.format {
            Format::Fp16 => "fp16",
            Format::Bf16 => "bf16",
        };
        let mut parts = vec![format.to_string()];
        parts.extend(name_parts(self, &[("", "subnormals"), ("s", "stages")]));
        parts
    }
}

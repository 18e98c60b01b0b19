//! The parameters of `pacq_group_scale`.

use crate::pacq::pacq_mul::Product;
use crate::pacq::results::Results;
use crate::pacq::sum::{ACTIVATION_BITS, Accumulate, ActivationSum, Form};
use crate::parameters::{ParameterError, Parameters};
use hdl::{Bundle, Encoded, bit_length};
use parts::float::FloatFormat;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smart_default::SmartDefault;

/// The parameters, by the names that users write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, SmartDefault)]
pub struct Params {
    /// Activations in a beat.
    #[default = 4]
    #[schemars(extend("enum" = [4, 8, 16], "x-tag" = "x"))]
    pub terms: u32,
    /// Width of a weight and of a zero point.
    #[default = 4]
    #[schemars(extend("enum" = [2, 4], "x-name" = "w"))]
    pub weight_bits: u32,
    /// Products that were summed, as in pacq_mul.
    #[default(Product::Exact)]
    #[schemars(extend("enum" = ["exact", "rounded", "biased"], "x-tag" = ""))]
    pub product: Product,
    /// Format of the sums, as in pacq_dp.
    #[default(Accumulate::Exact)]
    #[schemars(extend("x-tag" = "acc_"))]
    pub accumulate: Accumulate,
    /// Adjacent lanes that share a scale: 4 for groups of [32, 4] and [64, 4].
    #[default = 1]
    #[schemars(extend("enum" = [1, 4], "x-tag" = "n"))]
    pub group_n: u32,
    /// Lanes scaled in a cycle.
    #[default = 1]
    #[schemars(extend("enum" = [1, 2, 4], "x-tag" = "u"))]
    pub units: u32,
    /// Format of the results.
    #[default(Format::Fp32)]
    #[schemars(extend("x-tag" = ""))]
    pub result: Format,
    /// Most activations in a group.
    #[default = 128]
    #[schemars(range(min = 16, max = 1_048_576), extend("x-tag" = "g"))]
    pub max_group: u32,
    /// Skid buffers on the input streams: no combinational path from an input to a ready.
    #[default = false]
    #[schemars(extend("x-tag" = "skid"))]
    pub skid: bool,
}

/// Formats of results, with the codes that registers have for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Encoded)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// IEEE binary16.
    Fp16 = 1,
    /// IEEE binary32.
    Fp32 = 0,
}

impl Format {
    /// Its fields.
    pub fn float(self) -> FloatFormat {
        match self {
            Format::Fp16 => FloatFormat::FP16,
            Format::Fp32 => FloatFormat::FP32,
        }
    }
}

/// Bits of a constant that is removed from biased sums: up to 1024 + 15, and a sign.
const BIASED_CONSTANT_BITS: u32 = 12;

impl Parameters for Params {
    fn validate(&self) -> Result<(), ParameterError> {
        match (self.accumulate, self.product) {
            (Accumulate::Exact, Product::Exact) | (Accumulate::Fp16 | Accumulate::Fp32, _) => Ok(()),
            _ => Err(ParameterError::Conflict(
                "accumulate = `exact` needs product = `exact`: other products are rounded already".into(),
            )),
        }
    }
}

impl Params {
    /// Weights in a word.
    pub fn lanes(&self) -> u32 {
        16 / self.weight_bits
    }

    /// Cycles of a beat of sums.
    pub fn cycles(&self) -> u32 {
        self.lanes() / self.units
    }

    /// Scales, and zero points, of a beat of sums.
    pub fn scales(&self) -> u32 {
        self.lanes() / self.group_n
    }

    /// The form of the sums.
    pub fn form(&self) -> Form {
        match self.accumulate {
            Accumulate::Fp16 => Form::Float(FloatFormat::FP16),
            Accumulate::Fp32 => Form::Float(FloatFormat::FP32),
            Accumulate::Exact => Form::Fixed { bits: self.sum_bits() },
        }
    }

    /// Width of a sum in fixed point, whatever its form.
    pub fn sum_bits(&self) -> u32 {
        let of_group = bit_length(u128::from(self.max_group) - 1);
        match (self.accumulate, self.product) {
            (Accumulate::Exact, _) => ACTIVATION_BITS + self.weight_bits + of_group,
            // Rounding can reach the next power of two.
            (_, Product::Biased) => ACTIVATION_BITS + BIASED_CONSTANT_BITS + of_group + 1,
            _ => ACTIVATION_BITS + self.weight_bits + of_group + 1,
        }
    }

    /// The form of sums of activations.
    pub fn activation_form(&self) -> Form {
        Form::Fixed { bits: ActivationSum::bits(self.max_group.into()) }
    }

    /// Width of the constant that is removed, two's complement.
    pub fn constant_bits(&self) -> u32 {
        match self.product {
            Product::Biased => BIASED_CONSTANT_BITS,
            _ => self.weight_bits,
        }
    }

    /// The most beats of activations of a group.
    pub fn max_beats(&self) -> u32 {
        self.max_group.div_ceil(self.terms)
    }

    /// Activations.
    pub fn activations(&self) -> Activations<u32> {
        Activations { activations: self.terms * 16, last: 1 }
    }

    /// The sums of a group.
    pub fn sums(&self) -> GroupSums<u32> {
        GroupSums { scaled: self.scaled(), last: 1 }
    }

    /// What is scaled.
    pub fn scaled(&self) -> ScaledSums<u32> {
        ScaledSums {
            sums: self.lanes() * self.form().width(),
            scales: self.scales() * 16,
            zeros: self.scales() * self.weight_bits,
        }
    }

    /// Results.
    pub fn results(&self) -> Results<u32> {
        Results { results: self.lanes() * self.result.float().width(), error: Some(1) }
    }
}

/// Activations of a group.
#[derive(Clone, Copy, Bundle)]
pub struct Activations<T> {
    /// FP16, the first in the lowest bits.
    pub activations: T,
    /// Last beat of the group.
    pub last: T,
}

/// The sums of a group.
#[derive(Clone, Copy, Bundle)]
pub struct GroupSums<T> {
    /// With their scales.
    #[bundle(flatten)]
    pub scaled: ScaledSums<T>,
    /// Last group of these results.
    pub last: T,
}

/// Sums with their scales and zero points.
#[derive(Clone, Copy, Bundle)]
pub struct ScaledSums<T> {
    /// As pacq_dp gives them, lane 0 in the lowest bits.
    pub sums: T,
    /// FP16, those of the lowest lanes in the lowest bits.
    pub scales: T,
    /// Zero points as codes, in the same order.
    pub zeros: T,
}

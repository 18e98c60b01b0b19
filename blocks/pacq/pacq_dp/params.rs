//! The parameters of `pacq_dp`.

use crate::pacq::dot_product::{Step, Sums};
use crate::pacq::pacq_mul::{self, Product};
use crate::pacq::sum::{ACTIVATION_BITS, Accumulate, Form};
use crate::parameters::{ParameterError, Parameters};
use hdl::{Shape, bit_length};
use parts::float::FloatFormat;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smart_default::SmartDefault;

/// The parameters, by the names that users write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, SmartDefault)]
pub struct Params {
    /// Activations, and words of weights, in a step.
    #[default = 4]
    #[schemars(extend("enum" = [4, 8, 16], "x-name" = ""))]
    pub terms: u32,
    /// Width of a weight; a 16-bit word holds 16 / weight_bits weights.
    #[default = 4]
    #[schemars(extend("enum" = [2, 4], "x-name" = "w"))]
    pub weight_bits: u32,
    /// Adder trees, equal to the lanes that are summed in a cycle.
    #[default = 2]
    #[schemars(extend("enum" = [1, 2, 4], "x-tag" = "d"))]
    pub trees: u32,
    /// Products that are summed, as in pacq_mul.
    #[default(Product::Exact)]
    #[schemars(extend("enum" = ["exact", "rounded", "biased"], "x-tag" = ""))]
    pub product: Product,
    /// Format of the running sums.
    #[default(Accumulate::Exact)]
    #[schemars(extend("x-tag" = "acc_"))]
    pub accumulate: Accumulate,
    /// Format of the output: a float, or the fixed-point running sum.
    #[default(SumOutput::Float)]
    #[schemars(extend("x-tag" = ""))]
    pub sum: SumOutput,
    /// Whether each sum starts from an addend in its first beat.
    #[default = false]
    #[schemars(extend("x-tag" = "addend"))]
    pub addend: bool,
    /// Most activations in a sum.
    #[default = 4096]
    #[schemars(range(min = 16, max = 1_048_576), extend("x-tag" = "k"))]
    pub max_k: u32,
    /// Skid buffers on the input streams: no combinational path from an input to a ready.
    #[default = false]
    #[schemars(extend("x-tag" = "skid"))]
    pub skid: bool,
}

/// Format of the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SumOutput {
    /// A float: FP16 if the running sum is FP16, else FP32.
    Float,
    /// The fixed-point running sum.
    Fixed,
}

impl Parameters for Params {
    fn validate(&self) -> Result<(), ParameterError> {
        let conflict = |is_wrong: bool, message: &str| match is_wrong {
            true => Err(ParameterError::Conflict(message.into())),
            false => Ok(()),
        };
        conflict(
            self.accumulate == Accumulate::Exact && self.product != Product::Exact,
            "accumulate = `exact` needs product = `exact`: other products are rounded already",
        )?;
        conflict(
            self.accumulate == Accumulate::Fp16 && self.product == Product::Exact,
            "accumulate = `fp16` needs product = `rounded` or `biased`: `exact` products do not fit FP16",
        )?;
        conflict(
            self.sum == SumOutput::Fixed && self.accumulate != Accumulate::Exact,
            "sum = `fixed` needs accumulate = `exact`: the others are floats",
        )
    }
}

impl Params {
    /// Weights in a word.
    pub fn lanes(&self) -> u32 {
        16 / self.weight_bits
    }

    /// Cycles of a step.
    pub fn cycles(&self) -> u32 {
        self.lanes() / self.trees
    }

    /// The form that sums are kept in.
    pub fn kept(&self) -> Form {
        match self.accumulate {
            Accumulate::Fp16 => Form::Float(FloatFormat::FP16),
            Accumulate::Fp32 => Form::Float(FloatFormat::FP32),
            Accumulate::Exact => Form::Fixed {
                bits: ACTIVATION_BITS + self.weight_bits + bit_length(u128::from(self.max_k) - 1),
            },
        }
    }

    /// The form that sums leave in.
    pub fn given(&self) -> Form {
        match (self.accumulate, self.sum) {
            (Accumulate::Exact, SumOutput::Float) => Form::Float(FloatFormat::FP32),
            _ => self.kept(),
        }
    }

    /// The multiplier of an activation, by the weights of as many lanes as there are trees.
    pub fn multiplier(&self) -> pacq_mul::Params {
        pacq_mul::Params {
            weight_bits: self.weight_bits,
            lanes: Some(self.trees),
            product: self.product,
            ..pacq_mul::Params::default()
        }
    }

    /// A step.
    pub fn input(&self) -> Step<Shape> {
        let weights =
            "a word for each activation: weights as B + 2^(weight_bits - 1), lane 0 in the lowest bits";
        Step {
            activations: Shape::bits(self.terms * 16),
            weights: Shape::bits(self.terms * 16).meaning_of(weights),
            last: Shape::bits(1),
            addends: self.addend.then(|| Shape::bits(self.lanes() * self.kept().width())),
        }
    }

    /// The sums.
    pub fn output(&self) -> Sums<Shape> {
        let meaning = match self.given() {
            Form::Float(_) => "one float per lane, lane 0 in the lowest bits",
            Form::Fixed { .. } => {
                "one sum per lane: two's complement in steps of 2^-24, and above it the flags +Inf and -Inf"
            }
        };
        let error = match self.kept() {
            Form::Fixed { .. } => Some(Shape::bits(1)),
            Form::Float(_) => None,
        };
        Sums { sums: Shape::bits(self.lanes() * self.given().width()).meaning_of(meaning), error }
    }
}

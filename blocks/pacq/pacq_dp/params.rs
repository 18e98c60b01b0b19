//! The parameters of `pacq_dp`.

use crate::common::float::FloatFormat;
use crate::pacq::pacq_mul::{self, Product};
use crate::pacq::sum::{ACTIVATION_BITS, Accumulate, Form};
use crate::parameters::{Legal, Parameter, ParameterError, name_parts};
use hdl::{Field, bit_length};
use serde::{Deserialize, Serialize};

/// The parameters, by the names that users write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Params {
    /// Activations, and words of weights, of a step.
    pub terms: u32,
    /// Bits of a weight.
    pub weight_bits: u32,
    /// Adder trees: lanes that are added up in a cycle.
    pub trees: u32,
    /// What is added up.
    pub product: Product,
    /// How sums are kept.
    pub accumulate: Accumulate,
    /// How sums leave the block.
    pub sum: SumOutput,
    /// Whether a sum begins with an addend.
    pub addend: bool,
    /// The most activations of a sum.
    pub max_k: u32,
}

/// How sums leave the block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SumOutput {
    /// As a float: FP16 where it was kept so, else FP32.
    Float,
    /// In fixed point, as it was kept.
    Fixed,
}

impl Default for Params {
    fn default() -> Params {
        Params {
            terms: 4,
            weight_bits: 4,
            trees: 2,
            product: Product::Exact,
            accumulate: Accumulate::Exact,
            sum: SumOutput::Float,
            addend: false,
            max_k: 4096,
        }
    }
}

/// The parameters for help, documentation and checks.
pub fn parameters() -> Vec<Parameter> {
    let of = Parameter::of::<Params>;
    let one_of = |values: &[&'static str]| Legal::OneOf(values.to_vec());
    vec![
        of("terms", "activations and words of weights in a step", one_of(&["4", "8", "16"])),
        of("weight_bits", "bits of a weight; a word of 16 bits holds 16 / weight_bits", one_of(&["2", "4"])),
        of("trees", "adder trees, which are the lanes added up in a cycle", one_of(&["1", "2", "4"])),
        of("product", "what is added up, as in pacq_mul", one_of(&["exact", "rounded", "biased"])),
        of("accumulate", "how sums are kept while they grow", one_of(&["fp16", "fp32", "exact"])),
        of("sum", "how sums leave: as floats, or fixed as they were kept", one_of(&["float", "fixed"])),
        of("addend", "a sum begins with an addend of its first beat", Legal::flag()),
        of("max_k", "the most activations of a sum", Legal::Integer { min: 16, max: 1 << 20 }),
    ]
}

impl Params {
    /// Refuses combinations that make no sense.
    pub fn validate(&self) -> Result<(), ParameterError> {
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

    /// The fields of a step.
    pub fn input(&self) -> Vec<Field> {
        let mut fields = vec![
            Field::new("activations", self.terms * 16, "FP16, the first in the lowest bits"),
            Field::new(
                "weights",
                self.terms * 16,
                "a word for each activation: weights as B + 2^(weight_bits - 1), lane 0 in the lowest bits",
            ),
            Field::new("last", 1, "the sums end with this step"),
        ];
        if self.addend {
            let meaning = "what the sums begin with, a lane after the other; read with their first step";
            fields.push(Field::new("addends", self.lanes() * self.kept().width(), meaning));
        }
        fields
    }

    /// The fields of the sums.
    pub fn output(&self) -> Vec<Field> {
        let meaning = match self.given() {
            Form::Float(_) => "a float a lane, lane 0 in the lowest bits",
            Form::Fixed { .. } => {
                "a sum a lane: two's complement in steps of 2^-24, and above it the flags +Inf and -Inf"
            }
        };
        let mut fields = vec![Field::new("sums", self.lanes() * self.given().width(), meaning)];
        if let Form::Fixed { .. } = self.kept() {
            let meaning =
                "a sum left the range of sums of max_k activations on its way: the sums say nothing";
            fields.push(Field::new("error", 1, meaning));
        }
        fields
    }

    /// What distinguishes the module's name.
    pub fn name_parts(&self) -> Vec<String> {
        let mut parts = vec![self.terms.to_string(), format!("w{}", self.weight_bits)];
        let tags = [
            ("d", "trees"),
            ("", "product"),
            ("acc_", "accumulate"),
            ("", "sum"),
            ("addend", "addend"),
            ("k", "max_k"),
        ];
        parts.extend(name_parts(self, &tags));
        parts
    }
}

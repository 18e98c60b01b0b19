//! The parameters of `fp16_tile`.

use crate::common::float::FloatFormat;
use crate::pacq::fp16_dp;
use crate::pacq::pacq_group_scale::Format;
use crate::pacq::tile::{ROWS, Shape, UNITS, WORDS};
use crate::parameters::{Legal, Parameter, ParameterError, name_parts};
use hdl::Field;
use serde::{Deserialize, Serialize};

/// The parameters, by the names that users write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Params {
    /// Products of a step.
    pub terms: u32,
    /// Bits of a packed weight.
    pub weight_bits: u32,
    /// Format that sums are kept in.
    pub accumulate: Format,
    /// Lanes side by side that share a scale and a zero point.
    pub group_n: u32,
    /// Format of the results.
    pub result: Format,
}

impl Default for Params {
    fn default() -> Params {
        Params { terms: 4, weight_bits: 4, accumulate: Format::Fp32, group_n: 1, result: Format::Fp32 }
    }
}

/// The parameters for help, documentation and checks.
pub fn parameters() -> Vec<Parameter> {
    let of = Parameter::of::<Params>;
    let one_of = |values: &[&'static str]| Legal::OneOf(values.to_vec());
    vec![
        of("terms", "products in a step of a unit", one_of(&["4", "8", "16"])),
        of("weight_bits", "bits of a weight before it is dequantised", one_of(&["2", "4"])),
        of("accumulate", "format that sums are kept in", one_of(&["fp16", "fp32"])),
        of("group_n", "lanes side by side that share a scale", one_of(&["1", "4"])),
        of("result", "format of the results", one_of(&["fp16", "fp32"])),
    ]
}

impl Params {
    /// Everything goes together.
    pub fn validate(&self) -> Result<(), ParameterError> {
        Ok(())
    }

    /// What the channels depend on.
    pub fn shape(&self) -> Shape {
        Shape { terms: self.terms, weight_bits: self.weight_bits, group_n: self.group_n }
    }

    /// Columns of weights of a tile.
    pub fn columns(&self) -> u32 {
        WORDS * self.shape().lanes()
    }

    /// Cycles of a tile.
    pub fn cycles(&self) -> u32 {
        self.columns() * ROWS / UNITS * self.shape().steps()
    }

    /// Format of the sums.
    pub fn kept(&self) -> FloatFormat {
        self.accumulate.float()
    }

    /// A dot-product unit.
    pub fn dot_product(&self) -> fp16_dp::Params {
        fp16_dp::Params { terms: self.terms, accumulate: self.accumulate, addend: true }
    }

    /// The fields of results.
    pub fn out(&self) -> Vec<Field> {
        vec![Field::new("results", self.result.float().width(), "a float of a row and a column of weights")]
    }

    /// What distinguishes the module's name.
    pub fn name_parts(&self) -> Vec<String> {
        let mut parts = vec![format!("w{}", self.weight_bits)];
        parts.extend(name_parts(
            self,
            &[("x", "terms"), ("acc_", "accumulate"), ("n", "group_n"), ("", "result")],
        ));
        parts
    }
}

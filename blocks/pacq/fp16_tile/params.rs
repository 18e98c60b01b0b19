//! The parameters of `fp16_tile`.

use crate::pacq::fp16_dp;
use crate::pacq::pacq_group_scale::Format;
use crate::pacq::results::Results;
use crate::pacq::tile::{ROWS, Shape, UNITS, WORDS};
use crate::parameters::Parameters;
use parts::float::FloatFormat;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smart_default::SmartDefault;

/// The parameters, by the names that users write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, SmartDefault)]
pub struct Params {
    /// Products in a step of each dot-product unit.
    #[default = 4]
    #[schemars(extend("enum" = [4, 8, 16], "x-tag" = "x"))]
    pub terms: u32,
    /// Width of a weight before it is dequantised.
    #[default = 4]
    #[schemars(extend("enum" = [2, 4], "x-name" = "w"))]
    pub weight_bits: u32,
    /// Format of the running sums.
    #[default(Format::Fp32)]
    #[schemars(extend("x-tag" = "acc_"))]
    pub accumulate: Format,
    /// Adjacent lanes that share a scale.
    #[default = 1]
    #[schemars(extend("enum" = [1, 4], "x-tag" = "n"))]
    pub group_n: u32,
    /// Format of the results.
    #[default(Format::Fp32)]
    #[schemars(extend("x-tag" = ""))]
    pub result: Format,
}

impl Parameters for Params {}

impl Params {
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
        fp16_dp::Params { terms: self.terms, accumulate: self.accumulate, addend: true, skid: false }
    }

    /// Results.
    pub fn out(&self) -> Results<hdl::Shape> {
        let meaning = "one float, for a row and a column of weights";
        Results { results: hdl::Shape::bits(self.result.float().width()).meaning_of(meaning), error: None }
    }
}

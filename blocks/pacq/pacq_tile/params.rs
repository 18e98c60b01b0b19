//! The parameters of `pacq_tile`.

use crate::pacq::pacq_dp::{self, SumOutput};
use crate::pacq::pacq_group_scale::{self, Format};
use crate::pacq::pacq_mul::Product;
use crate::pacq::results::Results;
use crate::pacq::sum::Accumulate;
use crate::pacq::tile::{DEPTH, Shape};
use crate::parameters::{ParameterError, Parameters};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smart_default::SmartDefault;

/// The parameters, by the names that users write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, SmartDefault)]
pub struct Params {
    /// Activations, and words of weights, in a step.
    #[default = 4]
    #[schemars(extend("enum" = [4, 8, 16], "x-tag" = "x"))]
    pub terms: u32,
    /// Width of a weight; a 16-bit word holds 16 / weight_bits weights.
    #[default = 4]
    #[schemars(extend("enum" = [2, 4], "x-name" = "w"))]
    pub weight_bits: u32,
    /// Adder trees in each dot-product unit.
    #[default = 2]
    #[schemars(extend("enum" = [1, 2, 4], "x-tag" = "d"))]
    pub trees: u32,
    /// Products that are summed, as in pacq_mul.
    #[default(Product::Exact)]
    #[schemars(extend("enum" = ["exact", "rounded", "biased"], "x-tag" = ""))]
    pub product: Product,
    /// Format of the running sums of a group.
    #[default(Accumulate::Exact)]
    #[schemars(extend("x-tag" = "acc_"))]
    pub accumulate: Accumulate,
    /// Adjacent lanes that share a scale.
    #[default = 1]
    #[schemars(extend("enum" = [1, 4], "x-tag" = "n"))]
    pub group_n: u32,
    /// Format of the results.
    #[default(Format::Fp32)]
    #[schemars(extend("x-tag" = ""))]
    pub result: Format,
    /// Most activations in a group, which is a whole number of tiles of 16 along k.
    #[default = 128]
    #[schemars(range(min = 32, max = 1_048_576), extend("x-tag" = "g"))]
    pub max_group: u32,
    /// A skid buffer on the stream tile: no combinational path from an input to a ready.
    #[default = false]
    #[schemars(extend("x-tag" = "skid"))]
    pub skid: bool,
}

impl Parameters for Params {
    fn validate(&self) -> Result<(), ParameterError> {
        self.dot_product().validate()
    }
}

impl Params {
    /// What the channels depend on.
    pub fn shape(&self) -> Shape {
        Shape { terms: self.terms, weight_bits: self.weight_bits, group_n: self.group_n }
    }

    /// A dot-product unit.
    pub fn dot_product(&self) -> pacq_dp::Params {
        pacq_dp::Params {
            terms: self.terms,
            weight_bits: self.weight_bits,
            trees: self.trees,
            product: self.product,
            accumulate: self.accumulate,
            sum: if self.accumulate == Accumulate::Exact { SumOutput::Fixed } else { SumOutput::Float },
            addend: true,
            skid: false,
            max_k: self.max_group,
        }
    }

    /// What scales the sums of a dot-product unit, as fast as they come.
    pub fn group_scale(&self) -> pacq_group_scale::Params {
        pacq_group_scale::Params {
            terms: self.terms,
            weight_bits: self.weight_bits,
            product: self.product,
            accumulate: self.accumulate,
            group_n: self.group_n,
            units: (self.trees * self.terms / DEPTH).max(1),
            result: self.result,
            max_group: self.max_group,
            skid: false,
        }
    }

    /// Cycles of a tile.
    pub fn cycles(&self) -> u32 {
        let steps = self.shape().steps() * crate::pacq::tile::WORDS * crate::pacq::tile::ROWS
            / crate::pacq::tile::UNITS;
        steps * self.dot_product().cycles()
    }

    /// The most tiles of a group.
    pub fn max_tiles(&self) -> u32 {
        self.max_group.div_ceil(DEPTH)
    }

    /// Results.
    pub fn out(&self) -> Results<hdl::Shape> {
        let meaning = "one float per lane, for a row and a column of words, lane 0 in the lowest bits";
        let width = self.shape().lanes() * self.result.float().width();
        Results { results: hdl::Shape::bits(width).meaning_of(meaning), error: Some(hdl::Shape::bits(1)) }
    }
}

//! The parameters of `pacq_tile`.

use crate::pacq::pacq_dp::{self, SumOutput};
use crate::pacq::pacq_group_scale::{self, Format};
use crate::pacq::pacq_mul::Product;
use crate::pacq::sum::Accumulate;
use crate::pacq::tile::{DEPTH, Shape};
use crate::parameters::{Legal, Parameter, ParameterError, name_parts};
use hdl::Field;
use serde::{Deserialize, Serialize};

/// The parameters, by the names that users write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Params {
    /// Activations, and words of weights, of a step.
    pub terms: u32,
    /// Bits of a weight.
    pub weight_bits: u32,
    /// Adder trees of a dot-product unit.
    pub trees: u32,
    /// What is added up.
    pub product: Product,
    /// How sums of a group are kept.
    pub accumulate: Accumulate,
    /// Lanes side by side that share a scale and a zero point.
    pub group_n: u32,
    /// Format of the results.
    pub result: Format,
    /// The most activations of a group.
    pub max_group: u32,
}

impl Default for Params {
    fn default() -> Params {
        Params {
            terms: 4,
            weight_bits: 4,
            trees: 2,
            product: Product::Exact,
            accumulate: Accumulate::Exact,
            group_n: 1,
            result: Format::Fp32,
            max_group: 128,
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
        of("trees", "adder trees of a dot-product unit", one_of(&["1", "2", "4"])),
        of("product", "what is added up, as in pacq_mul", one_of(&["exact", "rounded", "biased"])),
        of("accumulate", "how sums of a group are kept", one_of(&["fp16", "fp32", "exact"])),
        of("group_n", "lanes side by side that share a scale", one_of(&["1", "4"])),
        of("result", "format of the results", one_of(&["fp16", "fp32"])),
        of(
            "max_group",
            "the most activations of a group, in tiles of 16 along k",
            Legal::Integer { min: 32, max: 1 << 20 },
        ),
    ]
}

impl Params {
    /// Refuses combinations that make no sense.
    pub fn validate(&self) -> Result<(), ParameterError> {
        self.dot_product().validate()
    }

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

    /// The fields of results.
    pub fn out(&self) -> Vec<Field> {
        let width = self.shape().lanes() * self.result.float().width();
        let meaning = "a float a lane of a row and a column of words, lane 0 in the lowest bits";
        vec![
            Field::new("results", width, meaning),
            Field::new("error", 1, "a group had more than max_group activations: the results say nothing"),
        ]
    }

    /// What distinguishes the module's name.
    pub fn name_parts(&self) -> Vec<String> {
        let mut parts = vec![format!("w{}", self.weight_bits)];
        let tags = [
            ("x", "terms"),
            ("d", "trees"),
            ("", "product"),
            ("acc_", "accumulate"),
            ("n", "group_n"),
            ("", "result"),
            ("g", "max_group"),
        ];
        parts.extend(name_parts(self, &tags));
        parts
    }
}

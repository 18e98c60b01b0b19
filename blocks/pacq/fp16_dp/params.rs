//! The parameters of `fp16_dp`.

use crate::pacq::dot_product::{Step, Sums};
use crate::pacq::pacq_group_scale::Format;
use crate::parameters::Parameters;
use hdl::Shape;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smart_default::SmartDefault;

/// The parameters, by the names that users write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, SmartDefault)]
pub struct Params {
    /// Products in a step.
    #[default = 4]
    #[schemars(extend("enum" = [4, 8, 16], "x-name" = ""))]
    pub terms: u32,
    /// Format of the running sum.
    #[default(Format::Fp32)]
    #[schemars(extend("x-tag" = "acc_"))]
    pub accumulate: Format,
    /// Whether each sum starts from an addend in its first beat.
    #[default = false]
    #[schemars(extend("x-tag" = "addend"))]
    pub addend: bool,
    /// Skid buffers on the input streams: no combinational path from an input to a ready.
    #[default = false]
    #[schemars(extend("x-tag" = "skid"))]
    pub skid: bool,
}

impl Parameters for Params {}

impl Params {
    /// A step.
    pub fn input(&self) -> Step<Shape> {
        let addend = "what the sum begins with; read with its first step";
        let addends = || Shape::bits(self.accumulate.float().width()).meaning_of(addend);
        Step {
            activations: Shape::bits(self.terms * 16),
            weights: Shape::bits(self.terms * 16).meaning_of("FP16, in the same order"),
            last: Shape::bits(1).meaning_of("the last step of the sum"),
            addends: self.addend.then(addends),
        }
    }

    /// The sum.
    pub fn output(&self) -> Sums<Shape> {
        let sums = Shape::bits(self.accumulate.float().width()).meaning_of("the sum");
        Sums { sums, error: None }
    }
}

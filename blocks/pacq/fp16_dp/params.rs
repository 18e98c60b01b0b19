//! The parameters of `fp16_dp`.

use crate::pacq::pacq_group_scale::Format;
use crate::parameters::Parameters;
use hdl::Field;
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
    /// Format that the sum is kept in.
    #[default(Format::Fp32)]
    #[schemars(extend("x-tag" = "acc_"))]
    pub accumulate: Format,
    /// A sum begins with an addend of its first beat.
    #[default = false]
    #[schemars(extend("x-tag" = "addend"))]
    pub addend: bool,
    /// Skid buffers behind the input streams: no path leads from an input to a ready.
    #[default = false]
    #[schemars(extend("x-tag" = "skid"))]
    pub skid: bool,
}

impl Parameters for Params {}

impl Params {
    /// The fields of a step.
    pub fn input(&self) -> Vec<Field> {
        let mut fields = vec![
            Field::new("activations", self.terms * 16, "FP16, the first in the lowest bits"),
            Field::new("weights", self.terms * 16, "FP16, in the same order"),
            Field::new("last", 1, "the sum ends with this step"),
        ];
        if self.addend {
            let meaning = "what the sum begins with; read with its first step";
            fields.push(Field::new("addends", self.accumulate.float().width(), meaning));
        }
        fields
    }

    /// The fields of a sum.
    pub fn output(&self) -> Vec<Field> {
        vec![Field::new("sums", self.accumulate.float().width(), "the sum")]
    }
}

//! The parameters of `fp16_dp`.

use crate::pacq::pacq_group_scale::Format;
use crate::parameters::{Legal, Parameter, ParameterError, name_parts};
use hdl::Field;
use serde::{Deserialize, Serialize};

/// The parameters, by the names that users write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Params {
    /// Products of a step.
    pub terms: u32,
    /// Format that the sum is kept in.
    pub accumulate: Format,
    /// Whether a sum begins with an addend.
    pub addend: bool,
}

impl Default for Params {
    fn default() -> Params {
        Params { terms: 4, accumulate: Format::Fp32, addend: false }
    }
}

/// The parameters for help, documentation and checks.
pub fn parameters() -> Vec<Parameter> {
    let of = Parameter::of::<Params>;
    let one_of = |values: &[&'static str]| Legal::OneOf(values.to_vec());
    vec![
        of("terms", "products in a step", one_of(&["4", "8", "16"])),
        of("accumulate", "format that the sum is kept in", one_of(&["fp16", "fp32"])),
        of("addend", "a sum begins with an addend of its first beat", Legal::flag()),
    ]
}

impl Params {
    /// Everything goes together.
    pub fn validate(&self) -> Result<(), ParameterError> {
        Ok(())
    }

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

    /// What distinguishes the module's name.
    pub fn name_parts(&self) -> Vec<String> {
        let mut parts = vec![self.terms.to_string()];
        parts.extend(name_parts(self, &[("acc_", "accumulate"), ("addend", "addend")]));
        parts
    }
}

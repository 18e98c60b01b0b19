//! The parameters of `gelu`.

use crate::parameters::{Legal, Parameter, ParameterError, name_parts};
use serde::{Deserialize, Serialize};

/// The parameters, by the names that users write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Params {
    /// Numbers side by side.
    pub lanes: u32,
    /// Bits of a number.
    pub bits: u32,
    /// How many of them are a fraction.
    pub fraction_bits: u32,
    /// Register stages, 0 or 1.
    pub stages: u32,
}

impl Default for Params {
    fn default() -> Params {
        Params { lanes: 1, bits: 8, fraction_bits: 5, stages: 0 }
    }
}

/// The parameters for help, documentation and checks.
pub fn parameters() -> Vec<Parameter> {
    let of = Parameter::of::<Params>;
    vec![
        of("lanes", "numbers side by side", Legal::Integer { min: 1, max: 64 }),
        of("bits", "bits of a number", Legal::Integer { min: 4, max: 12 }),
        of("fraction_bits", "how many of them are a fraction", Legal::Integer { min: 0, max: 10 }),
        of("stages", "register stages, which are the latency in cycles", Legal::Integer { min: 0, max: 1 }),
    ]
}

impl Params {
    /// Refuses combinations that make no sense.
    pub fn validate(&self) -> Result<(), ParameterError> {
        match self.fraction_bits < self.bits {
            true => Ok(()),
            false => Err(ParameterError::Conflict(format!(
                "fraction_bits is to be below bits, of which one is the sign: fraction_bits is {}, bits is {}",
                self.fraction_bits, self.bits
            ))),
        }
    }

    /// What distinguishes the module's name.
    pub fn name_parts(&self) -> Vec<String> {
        let mut parts = vec![format!("q{}_{}", self.bits - self.fraction_bits, self.fraction_bits)];
        parts.extend(name_parts(self, &[("x", "lanes"), ("s", "stages")]));
        parts
    }
}

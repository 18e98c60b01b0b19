//! The parameters of `loas_plif`.

use crate::parameters::{ParameterError, Parameters};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smart_default::SmartDefault;

/// The parameters, by the names that users write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, SmartDefault)]
pub struct Params {
    /// Time steps, all in the same cycle.
    #[default = 4]
    #[schemars(range(min = 1, max = 16), extend("x-name" = "t"))]
    pub time_steps: u32,
    /// Width of a weighted sum, two's complement.
    #[default = 21]
    #[schemars(range(min = 4, max = 32), extend("x-name" = "w"))]
    pub sum_bits: u32,
    /// Width of the membrane potential, which saturates.
    #[default(None)]
    #[schemars(range(min = 4, max = 40), extend("x-tag" = "m", "x-default" = "sum_bits + 1"))]
    pub membrane_bits: Option<u32>,
    /// Right shift of the membrane potential between time steps: it decays by a factor of 2^-leak.
    #[default = 2]
    #[schemars(range(min = 0, max = 7), extend("x-tag" = "leak"))]
    pub leak: u32,
    /// Firing threshold of the membrane potential.
    #[default(None)]
    #[schemars(range(min = 0, max = 1_073_741_824), extend("x-tag" = "th", "x-default" = "64; unused with threshold_port=true"))]
    pub threshold: Option<u32>,
    /// Whether the threshold is an input port.
    #[default = false]
    #[schemars(extend("x-tag" = "th_port"))]
    pub threshold_port: bool,
    /// Whether a spike clears the potential (`hard`) or subtracts the threshold from it (`soft`).
    #[default(Reset::Hard)]
    #[schemars(extend("x-tag" = ""))]
    pub reset: Reset,
    /// Whether the neuron fires above the threshold (`greater`), or also at it (`greater_equal`).
    #[default(Compare::Greater)]
    #[schemars(extend("x-tag" = ""))]
    pub compare: Compare,
    /// Pipeline registers, equal to the latency in cycles.
    #[default = 0]
    #[schemars(range(min = 0, max = 1), extend("x-tag" = "s"))]
    pub stages: u32,
}

/// What a spike does to the membrane potential.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Reset {
    /// It becomes 0.
    Hard,
    /// The threshold is subtracted from it.
    Soft,
}

/// When a neuron fires.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Compare {
    /// Above the threshold.
    Greater,
    /// At or above the threshold.
    GreaterEqual,
}

/// The default threshold.
const THRESHOLD: u32 = 64;

impl Parameters for Params {
    fn resolved(&self) -> Params {
        let threshold = (!self.threshold_port).then(|| self.threshold());
        Params { membrane_bits: Some(self.membrane_bits()), threshold, ..self.clone() }
    }

    fn validate(&self) -> Result<(), ParameterError> {
        let (membrane, greatest) = (self.membrane_bits(), (1u64 << (self.membrane_bits() - 1)) - 1);
        let conflict = |message| Err(ParameterError::Conflict(message));
        if self.threshold_port && self.threshold.is_some() {
            return conflict(
                "threshold is given twice: as a number and, by threshold_port = `true`, as a port".into(),
            );
        }
        if membrane < self.sum_bits {
            return conflict(format!(
                "membrane_bits must be at least sum_bits: membrane_bits is {membrane}, sum_bits is {}",
                self.sum_bits
            ));
        }
        if u64::from(self.threshold()) > greatest {
            return conflict(format!(
                "threshold must fit a membrane potential of {membrane} bits, so at most {greatest}: threshold is {}",
                self.threshold()
            ));
        }
        Ok(())
    }
}

impl Params {
    /// The threshold if it is not a port.
    pub fn threshold(&self) -> u32 {
        match self.threshold_port {
            true => 0,
            false => self.threshold.unwrap_or(THRESHOLD),
        }
    }

    /// Width of the membrane potential.
    pub fn membrane_bits(&self) -> u32 {
        self.membrane_bits.unwrap_or(self.sum_bits + 1)
    }

    /// Width of a threshold port: a membrane potential that is not negative.
    pub fn threshold_bits(&self) -> u32 {
        self.membrane_bits() - 1
    }
}

//! The parameters of `loas_plif`.

use crate::parameters::{Legal, Parameter, ParameterError, name_parts};
use serde::{Deserialize, Serialize};

/// The parameters, by the names that users write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Params {
    /// Time steps T.
    pub time_steps: u32,
    /// Bits of a weighted sum.
    pub sum_bits: u32,
    /// Bits of the membrane potential; one more than a sum where it is not given.
    pub membrane_bits: Option<u32>,
    /// Right shift of the membrane potential from one time step to the next.
    pub leak: u32,
    /// The threshold, where it is no port.
    pub threshold: Option<u32>,
    /// Whether the threshold is a port.
    pub threshold_port: bool,
    /// What a spike does to the membrane potential.
    pub reset: Reset,
    /// When the neuron fires.
    pub compare: Compare,
    /// Register stages behind the neuron, 0 or 1.
    pub stages: u32,
}

/// What a spike does to the membrane potential.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reset {
    /// It becomes 0.
    Hard,
    /// The threshold is taken off it.
    Soft,
}

/// When a neuron fires.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Compare {
    /// Above the threshold.
    Greater,
    /// At it too.
    GreaterEqual,
}

impl Default for Params {
    fn default() -> Params {
        Params {
            time_steps: 4,
            sum_bits: 21,
            membrane_bits: None,
            leak: 2,
            threshold: None,
            threshold_port: false,
            reset: Reset::Hard,
            compare: Compare::Greater,
            stages: 0,
        }
    }
}

/// The threshold where none is given.
const THRESHOLD: u32 = 64;

/// The parameters for help, documentation and checks.
pub fn parameters() -> Vec<Parameter> {
    let of = Parameter::of::<Params>;
    let integer = |min, max| Legal::Integer { min, max };
    vec![
        of("time_steps", "time steps, all in the same cycle", integer(1, 16)),
        of("sum_bits", "bits of a weighted sum, two's complement", integer(4, 32)),
        of("membrane_bits", "bits of the membrane potential, which saturates", integer(4, 40))
            .derived("sum_bits + 1"),
        of("leak", "right shift of the membrane potential from one time step to the next", integer(0, 7)),
        of("threshold", "membrane potential from which on the neuron fires", integer(0, 1 << 30))
            .derived("64; the port decides where threshold_port=true"),
        of("threshold_port", "the threshold is a port", Legal::flag()),
        of(
            "reset",
            "a spike clears the potential, or takes the threshold off it",
            Legal::OneOf(vec!["hard", "soft"]),
        ),
        of(
            "compare",
            "the neuron fires above the threshold, or at it too",
            Legal::OneOf(vec!["greater", "greater_equal"]),
        ),
        of("stages", "register stages, which are the latency in cycles", integer(0, 1)),
    ]
}

impl Params {
    /// Refuses combinations that make no sense.
    pub fn validate(&self) -> Result<(), ParameterError> {
        let (membrane, greatest) = (self.membrane_bits(), (1u64 << (self.membrane_bits() - 1)) - 1);
        let conflict = |message| Err(ParameterError::Conflict(message));
        if self.threshold_port && self.threshold.is_some() {
            return conflict(
                "threshold is given twice: as a number and, by threshold_port = `true`, as a port".into(),
            );
        }
        if membrane < self.sum_bits {
            return conflict(format!(
                "membrane_bits is to be sum_bits or more: membrane_bits is {membrane}, sum_bits is {}",
                self.sum_bits
            ));
        }
        if u64::from(self.threshold()) > greatest {
            return conflict(format!(
                "threshold is to be a membrane potential of {membrane} bits, {greatest} at most: it is {}",
                self.threshold()
            ));
        }
        Ok(())
    }

    /// The threshold where it is no port.
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

    /// What distinguishes the module's name.
    pub fn name_parts(&self) -> Vec<String> {
        let tags = [
            ("m", "membrane_bits"),
            ("leak", "leak"),
            ("th", "threshold"),
            ("th_port", "threshold_port"),
            ("", "reset"),
            ("", "compare"),
            ("s", "stages"),
        ];
        let mut parts = vec![format!("t{}", self.time_steps), format!("w{}", self.sum_bits)];
        parts.extend(name_parts(self, &tags));
        parts
    }
}

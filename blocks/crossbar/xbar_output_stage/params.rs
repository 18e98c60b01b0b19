//! The parameters of `xbar_output_stage`.

use crate::loas::loas_plif::{self, Compare, Reset};
use crate::meadow::meadow_requantize::{Rounding, SHIFT_BITS};
use crate::parameters::{ParameterError, Parameters};
use hdl::Bundle;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smart_default::SmartDefault;

/// The parameters, by the names that users write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, SmartDefault)]
pub struct Params {
    /// Scaled integers (`scale`), or spikes of leaky integrate-and-fire neurons (`lif`).
    #[default(Function::Scale)]
    #[schemars(extend("x-tag" = ""))]
    pub function: Function,
    /// Sums of a vector.
    #[default = 8]
    #[schemars(range(min = 1, max = 256), extend("x-name" = "n"))]
    pub outputs: u32,
    /// Width of a sum, two's complement.
    #[default = 21]
    #[schemars(range(min = 4, max = 32), extend("x-name" = "w"))]
    pub sum_bits: u32,
    /// Width of a result, two's complement; only with function=scale.
    #[default = 8]
    #[schemars(range(min = 2, max = 16), extend("x-tag" = "v"))]
    pub value_bits: u32,
    /// Width of a multiplier, unsigned; only with function=scale.
    #[default = 16]
    #[schemars(range(min = 16, max = 31), extend("x-tag" = "m"))]
    pub multiplier_bits: u32,
    /// Rounding of ties: away from zero (`half_away`) or to the even number (`half_even`); only with function=scale.
    #[default(Rounding::HalfAway)]
    #[schemars(extend("x-tag" = ""))]
    pub rounding: Rounding,
    /// Width of the membrane potential, which saturates; only with function=lif.
    #[default(None)]
    #[schemars(range(min = 4, max = 40), extend("x-tag" = "u", "x-default" = "sum_bits + 1"))]
    pub membrane_bits: Option<u32>,
    /// Right shift of the membrane potential between vectors: it decays by a factor of 2^-leak; only with function=lif.
    #[default = 2]
    #[schemars(range(min = 0, max = 7), extend("x-tag" = "leak"))]
    pub leak: u32,
    /// Whether a spike clears the potential (`hard`) or subtracts the threshold from it (`soft`); only with function=lif.
    #[default(Reset::Hard)]
    #[schemars(extend("x-tag" = ""))]
    pub reset: Reset,
    /// Whether the neuron fires above the threshold (`greater`), or also at it (`greater_equal`); only with function=lif.
    #[default(Compare::Greater)]
    #[schemars(extend("x-tag" = ""))]
    pub compare: Compare,
}

/// What becomes of a sum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Function {
    /// A bias is added; it is multiplied by a scale, rounded and saturated.
    Scale,
    /// A neuron integrates it.
    Lif,
}

impl Parameters for Params {
    fn validate(&self) -> Result<(), ParameterError> {
        let usual = Params::default();
        let of_scale = Params {
            value_bits: self.value_bits,
            multiplier_bits: self.multiplier_bits,
            rounding: self.rounding,
            ..usual.clone()
        };
        let of_lif = Params {
            membrane_bits: self.membrane_bits,
            leak: self.leak,
            reset: self.reset,
            compare: self.compare,
            ..usual.clone()
        };
        let conflict = |message: &str| Err(ParameterError::Conflict(message.into()));
        match self.function {
            Function::Scale if of_lif != usual => {
                conflict("membrane_bits, leak, reset and compare need function = `lif`: function is `scale`")
            }
            Function::Lif if of_scale != usual => conflict(
                "value_bits, multiplier_bits and rounding need function = `scale`: function is `lif`",
            ),
            Function::Scale => Ok(()),
            Function::Lif => self.neuron().validate(),
        }
    }
}

impl Params {
    /// The neuron, for a time step.
    pub fn neuron(&self) -> loas_plif::Params {
        loas_plif::Params {
            time_steps: 1,
            sum_bits: self.sum_bits,
            membrane_bits: self.membrane_bits,
            leak: self.leak,
            threshold_port: true,
            reset: self.reset,
            compare: self.compare,
            ..Default::default()
        }
    }

    /// An entry of the table.
    pub fn entry(&self) -> Entry<u32> {
        match self.function {
            Function::Scale => Entry {
                bias: Some(self.sum_bits),
                multiplier: Some(self.multiplier_bits),
                shift: Some(SHIFT_BITS),
                threshold: None,
            },
            Function::Lif => Entry {
                bias: None,
                multiplier: None,
                shift: None,
                threshold: Some(self.neuron().threshold_bits()),
            },
        }
    }

    /// A sum.
    pub fn input(&self) -> Sum<u32> {
        let rest = match self.function {
            Function::Scale => None,
            Function::Lif => Some(1),
        };
        Sum { sum: self.sum_bits, last: 1, error: 1, reload: 1, rest }
    }

    /// A result.
    pub fn output(&self) -> Outcome<u32> {
        let (value, spike) = match self.function {
            Function::Scale => (Some(self.value_bits), None),
            Function::Lif => (None, Some(1)),
        };
        Outcome { value, spike, last: 1, error: 1 }
    }
}

/// What an output has of its own.
#[derive(Clone, Copy, Bundle)]
pub struct Entry<T> {
    /// Two's complement.
    pub bias: Option<T>,
    /// Unsigned.
    pub multiplier: Option<T>,
    /// To the right.
    pub shift: Option<T>,
    /// Membrane potential, unsigned.
    pub threshold: Option<T>,
}

/// The sum of an output.
#[derive(Clone, Copy, Bundle)]
pub struct Sum<T> {
    /// Two's complement.
    pub sum: T,
    /// The last one of its vector.
    pub last: T,
    /// It is wrong.
    pub error: T,
    /// In the first sum of a vector: it waits for a new table.
    pub reload: T,
    /// In the first sum of a vector: all neurons are at rest before it.
    pub rest: Option<T>,
}

/// What becomes of it.
#[derive(Clone, Copy, Bundle)]
pub struct Outcome<T> {
    /// Two's complement.
    pub value: Option<T>,
    /// 1 if the neuron fires.
    pub spike: Option<T>,
    /// The last one of its vector.
    pub last: T,
    /// Since reset, a sum was wrong, or a vector did not have as many sums as there are outputs.
    pub error: T,
}

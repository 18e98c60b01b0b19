//! The parameters of `xbar_dfa`.

use crate::crossbar::learning::{ErrorValue, Network, unused};
use crate::parameters::{ParameterError, Parameters};
use hdl::{Bundle, bit_length};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smart_default::SmartDefault;

/// The parameters, by the names that users write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, SmartDefault)]
pub struct Params {
    /// What is trained.
    #[serde(flatten)]
    pub network: Network,
    /// The feedback is signs of a shift register (`lfsr`), or values that are loaded (`stored`).
    #[default(Feedback::Lfsr)]
    #[schemars(extend("x-tag" = ""))]
    pub feedback: Feedback,
    /// Width of a value of the feedback, two's complement; with `stored`.
    #[default = 4]
    #[schemars(range(min = 2, max = 8), extend("x-tag" = "f"))]
    pub feedback_bits: u32,
    /// Chooses the signs of the feedback; with `lfsr`.
    #[default = 1]
    #[schemars(range(min = 1, max = 2_147_483_647), extend("x-tag" = "seed"))]
    pub seed: u32,
    /// The next sample is taken while the update of the one before it is given.
    #[default = true]
    #[schemars(extend("x-tag" = "overlap"))]
    pub overlap: bool,
}

/// Where the feedback from the outputs to hidden neurons comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Feedback {
    /// 1 and -1, from a shift register.
    Lfsr,
    /// A memory that is loaded.
    Stored,
}

impl Parameters for Params {
    fn validate(&self) -> Result<(), ParameterError> {
        self.network.validate()?;
        let default = Params::default();
        match self.feedback {
            Feedback::Lfsr if self.feedback_bits != default.feedback_bits => {
                Err(unused("feedback_bits", self.feedback_bits, "feedback=stored"))
            }
            Feedback::Stored if self.seed != default.seed => Err(unused("seed", self.seed, "feedback=lfsr")),
            Feedback::Lfsr | Feedback::Stored => Ok(()),
        }
    }
}

impl Params {
    /// The error of an output.
    pub fn error(&self) -> ErrorValue<u32> {
        let feedback_ends = (self.feedback == Feedback::Stored).then_some(1);
        ErrorValue { feedback_ends, ..self.network.error() }
    }

    /// A beat of the feedback that is loaded.
    pub fn neuron_feedback(&self) -> NeuronFeedback<u32> {
        NeuronFeedback { values: self.network.classes * self.feedback_bits, last: 1 }
    }

    /// Width of the sum of all errors with their feedback.
    pub fn sum_bits(&self) -> u32 {
        let value = match self.feedback {
            Feedback::Lfsr => 0,
            Feedback::Stored => self.feedback_bits,
        };
        self.network.error_bits + value + bit_length(self.network.classes.into())
    }
}

/// The feedback to a hidden neuron.
#[derive(Clone, Copy, Bundle)]
pub struct NeuronFeedback<T> {
    /// From all outputs, two's complement, that of output 0 in the lowest bits.
    pub values: T,
    /// The last neuron of the last hidden layer.
    pub last: T,
}

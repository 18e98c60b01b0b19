//! The parameters of `xbar_dfa`.

use crate::crossbar::learning::{Derivative, Network};
use crate::parameters::{ParameterError, Parameters};
use hdl::bit_length;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smart_default::SmartDefault;

/// The parameters, by the names that users write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, SmartDefault)]
pub struct Params {
    /// Inputs of the network.
    #[default = 64]
    #[schemars(range(min = 2, max = 1024), extend("x-name" = "i"))]
    pub inputs: u32,
    /// Layers before the output layer.
    #[default = 2]
    #[schemars(range(min = 1, max = 8), extend("x-name" = "l"))]
    pub hidden_layers: u32,
    /// Neurons of each hidden layer.
    #[default = 64]
    #[schemars(range(min = 2, max = 256), extend("x-name" = "n"))]
    pub width: u32,
    /// Neurons of the output layer.
    #[default = 10]
    #[schemars(range(min = 2, max = 64), extend("x-name" = "c"))]
    pub classes: u32,
    /// Width of an activation, two's complement.
    #[default = 8]
    #[schemars(range(min = 2, max = 16), extend("x-tag" = "a"))]
    pub activation_bits: u32,
    /// Width of a potential, two's complement.
    #[default = 12]
    #[schemars(range(min = 2, max = 24), extend("x-tag" = "u"))]
    pub potential_bits: u32,
    /// The derivative of a neuron: 1 near its threshold (`box`), or falling to both sides of it (`triangle`).
    #[default(Derivative::Box)]
    #[schemars(extend("x-tag" = ""))]
    pub derivative: Derivative,
    /// The derivative is 0 from potentials of +-2^gamma_bits on.
    #[default = 7]
    #[schemars(range(min = 1, max = 12), extend("x-tag" = "gamma"))]
    pub gamma_bits: u32,
    /// Width of an error, two's complement.
    #[default = 8]
    #[schemars(range(min = 2, max = 16), extend("x-tag" = "e"))]
    pub error_bits: u32,
    /// Width of a delta, two's complement.
    #[default = 8]
    #[schemars(range(min = 2, max = 16), extend("x-tag" = "d"))]
    pub delta_bits: u32,
    /// Chooses the signs of the feedback.
    #[default = 1]
    #[schemars(range(min = 1, max = 2_147_483_647), extend("x-tag" = "seed"))]
    pub seed: u32,
    /// The next sample is taken while the update of the one before it is given.
    #[default = true]
    #[schemars(extend("x-tag" = "overlap"))]
    pub overlap: bool,
}

impl Parameters for Params {
    fn validate(&self) -> Result<(), ParameterError> {
        self.network().validate()
    }
}

impl Params {
    /// What is trained.
    pub fn network(&self) -> Network {
        Network {
            inputs: self.inputs,
            hidden_layers: self.hidden_layers,
            width: self.width,
            classes: self.classes,
            activation_bits: self.activation_bits,
            potential_bits: self.potential_bits,
            derivative: self.derivative,
            gamma_bits: self.gamma_bits,
            error_bits: self.error_bits,
            delta_bits: self.delta_bits,
            overlap: self.overlap,
        }
    }

    /// The first state of the shift register that the signs of the feedback come from: the seed, mixed one to one, since states with
    /// few ones begin long sequences with few ones.
    pub fn first_state(&self) -> u32 {
        const MASK: u32 = u32::MAX >> 1;
        let times = |state: u32, factor: u32| state.wrapping_mul(factor) & MASK;
        let state = self.seed ^ self.seed >> 16;
        let state = times(state, 0x045d_9f3b);
        let state = times(state ^ state >> 15, 0x2c1b_3c6d);
        state ^ state >> 16
    }

    /// Width of the sum of all errors, each with any sign.
    pub fn sum_bits(&self) -> u32 {
        self.error_bits + bit_length(self.classes.into())
    }

    /// Cycles in which the deltas of all layers are found.
    pub fn pass(&self) -> u32 {
        self.width.max(self.classes)
    }
}

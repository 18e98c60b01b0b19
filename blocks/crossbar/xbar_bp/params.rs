//! The parameters of `xbar_bp`.

use crate::crossbar::learning::{Derivative, Network};
use crate::parameters::{ParameterError, Parameters};
use hdl::{Bundle, index_width};
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
    /// Width of a transposed sum, two's complement.
    #[default = 16]
    #[schemars(range(min = 4, max = 32), extend("x-tag" = "s"))]
    pub sum_bits: u32,
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

    /// Width of what is scaled: a transposed sum or an error.
    pub fn value_bits(&self) -> u32 {
        self.sum_bits.max(self.error_bits)
    }

    /// A delta whose transposed product is wanted.
    pub fn read(&self) -> Read<u32> {
        let layer = (self.hidden_layers > 1).then(|| index_width(self.hidden_layers.into()));
        Read { delta: self.delta_bits, layer, last: 1 }
    }

    /// A transposed sum.
    pub fn sum(&self) -> TransposedSum<u32> {
        TransposedSum { sum: self.sum_bits, last: 1 }
    }
}

/// A delta whose product with the transposed weights of its layer is wanted.
#[derive(Clone, Copy, Bundle)]
pub struct Read<T> {
    /// Two's complement.
    pub delta: T,
    /// The hidden layer that the sums are for, 0 the first.
    pub layer: Option<T>,
    /// The last delta of its layer.
    pub last: T,
}

/// The product of a row of weights with the deltas of the layer behind.
#[derive(Clone, Copy, Bundle)]
pub struct TransposedSum<T> {
    /// Two's complement.
    pub sum: T,
    /// The last sum of its layer.
    pub last: T,
}

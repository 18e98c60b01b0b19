//! The network that is trained, and the streams that both blocks have.

use super::derivative::Derivative;
use crate::parameters::ParameterError;
use hdl::Bundle;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smart_default::SmartDefault;

/// Width of the shift of deltas.
pub const SHIFT_BITS: u32 = 4;

/// A network of fully connected layers, and the widths of its numbers: parameters of both blocks, by the names that users write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, SmartDefault)]
pub struct Network {
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
}

impl Network {
    /// Refuses what is legal individually only.
    pub fn validate(&self) -> Result<(), ParameterError> {
        match self.gamma_bits < self.potential_bits {
            true => Ok(()),
            false => Err(ParameterError::Conflict(format!(
                "gamma_bits must be below potential_bits, one of which is the sign: gamma_bits is {}, potential_bits is {}",
                self.gamma_bits, self.potential_bits
            ))),
        }
    }

    /// Rows of all layers; beats of a sample.
    pub fn rows(&self) -> u32 {
        self.inputs + self.hidden_layers * self.width
    }

    /// Columns of all layers.
    pub fn columns(&self) -> u32 {
        self.hidden_layers * self.width + self.classes
    }

    /// Fraction bits of a derivative.
    pub fn fraction_bits(&self) -> u32 {
        match self.derivative {
            Derivative::Box => 0,
            Derivative::Triangle => self.gamma_bits,
        }
    }

    /// A sample, beat by beat.
    pub fn sample(&self) -> Sample<u32> {
        Sample {
            activation: self.activation_bits,
            potential: self.potential_bits,
            floor: self.activation_bits - 1,
            last: 1,
        }
    }

    /// The error of an output.
    pub fn error(&self) -> ErrorValue<u32> {
        ErrorValue { value: self.error_bits, shift: SHIFT_BITS, floor: self.delta_bits - 1, last: 1 }
    }

    /// A phase of an update.
    pub fn update(&self) -> Update<u32> {
        Update { rows: self.rows(), columns: self.columns(), increase: 1, last: 1, error: 1 }
    }
}

/// What a beat of a sample says of an input of the network, or of a neuron of a hidden layer.
#[derive(Clone, Copy, Bundle)]
pub struct Sample<T> {
    /// Two's complement.
    pub activation: T,
    /// Above the threshold, two's complement; ignored for an input of the network.
    pub potential: T,
    /// Activations of at most this absolute value count as 0.
    pub floor: T,
    /// The last beat of its sample.
    pub last: T,
}

/// The error of an output.
#[derive(Clone, Copy, Bundle)]
pub struct ErrorValue<T> {
    /// Output minus target, two's complement.
    pub value: T,
    /// To the right, for all deltas; read in the last beat.
    pub shift: T,
    /// Deltas of at most this absolute value count as 0; read in the last beat.
    pub floor: T,
    /// The last beat of its sample.
    pub last: T,
}

/// The weights of some rows and some columns change by one step.
#[derive(Clone, Copy, Bundle)]
pub struct Update<T> {
    /// Inputs of the layers, those of the first in the lowest bits.
    pub rows: T,
    /// Neurons of the layers, those of the first in the lowest bits.
    pub columns: T,
    /// Weights grow; else they shrink.
    pub increase: T,
    /// The last phase of its sample.
    pub last: T,
    /// A sample or an error up to this one was not framed as it must be.
    pub error: T,
}

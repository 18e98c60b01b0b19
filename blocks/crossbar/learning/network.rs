//! The network that is trained, and the streams that both blocks have.

use super::derivative::Derivative;
use crate::channel::Channel;
use crate::parameters::ParameterError;
use hdl::Bundle;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smart_default::SmartDefault;

/// Width of the shift of deltas.
pub const SHIFT_BITS: u32 = 4;

/// Width of the length of pulse trains.
pub const TRAIN_BITS: u32 = 5;

/// Width of the shift of counts.
pub const COUNT_SHIFT_BITS: u32 = 5;

/// What an update of weights is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum UpdateForm {
    /// One pulse where the signs of an activation and a delta say so.
    Signs,
    /// Pulses where trains of random pulses of an activation and a delta coincide.
    Trains,
    /// Row after row, a count of pulses for each weight.
    Counts,
}

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
    /// An update is one pulse by signs (`signs`), coincidences of random pulses (`trains`), or a count of pulses for each weight
    /// (`counts`).
    #[default(UpdateForm::Signs)]
    #[schemars(extend("x-tag" = ""))]
    pub update: UpdateForm,
    /// Width of a count of pulses, two's complement; with `counts`.
    #[default = 4]
    #[schemars(range(min = 2, max = 8), extend("x-tag" = "p"))]
    pub count_bits: u32,
    /// Chooses the random numbers of pulse trains; with `trains`.
    #[default = 1]
    #[schemars(range(min = 1, max = 2_147_483_647), extend("x-tag" = "trainseed"))]
    pub train_seed: u32,
}

impl Network {
    /// Refuses what is legal individually only.
    pub fn validate(&self) -> Result<(), ParameterError> {
        let default = Network::default();
        if self.gamma_bits >= self.potential_bits {
            return Err(ParameterError::Conflict(format!(
                "gamma_bits must be below potential_bits, one of which is the sign: gamma_bits is {}, potential_bits is {}",
                self.gamma_bits, self.potential_bits
            )));
        }
        if self.update != UpdateForm::Counts && self.count_bits != default.count_bits {
            return Err(unused("count_bits", self.count_bits, "update=counts"));
        }
        if self.update != UpdateForm::Trains && self.train_seed != default.train_seed {
            return Err(unused("train_seed", self.train_seed, "update=trains"));
        }
        Ok(())
    }

    /// The most rows of a layer.
    pub fn longest_row_side(&self) -> u32 {
        self.inputs.max(self.width)
    }

    /// The most columns of a layer.
    pub fn longest_column_side(&self) -> u32 {
        self.width.max(self.classes)
    }

    /// Rows of each layer.
    pub fn rows_of_layers(&self) -> Vec<u32> {
        (0..=self.hidden_layers).map(|layer| if layer == 0 { self.inputs } else { self.width }).collect()
    }

    /// Columns of each layer.
    pub fn columns_of_layers(&self) -> Vec<u32> {
        let columns = |layer| if layer == self.hidden_layers { self.classes } else { self.width };
        (0..=self.hidden_layers).map(columns).collect()
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
        ErrorValue {
            value: self.error_bits,
            shift: SHIFT_BITS,
            floor: self.delta_bits - 1,
            pulses: (self.update == UpdateForm::Trains).then_some(TRAIN_BITS),
            count_shift: (self.update == UpdateForm::Counts).then_some(COUNT_SHIFT_BITS),
            feedback_ends: None,
            last: 1,
        }
    }

    /// A beat of an update by pulses.
    pub fn pulse(&self) -> Pulse<u32> {
        Pulse { rows: self.rows(), columns: self.columns(), increase: 1, last: 1, error: 1, error_seen: 1 }
    }

    /// A beat of an update by counts.
    pub fn counts(&self) -> Counts<u32> {
        let counts = (self.hidden_layers + 1) * self.count_bits;
        Counts { counts, row_last: 1, last: 1, error: 1, error_seen: 1 }
    }

    /// The channel of updates.
    pub fn updates(&self) -> Channel {
        match self.update {
            UpdateForm::Signs | UpdateForm::Trains => Channel::new("out", &self.pulse()),
            UpdateForm::Counts => Channel::new("out", &self.counts()),
        }
    }
}

/// A parameter that the block would not use.
pub fn unused(name: &str, value: u32, needs: &str) -> ParameterError {
    ParameterError::Conflict(format!("{name} is used only with {needs}: {name} is {value}"))
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
    /// Pulses of a train; read in the last beat.
    pub pulses: Option<T>,
    /// To the right, for all counts; read in the last beat.
    pub count_shift: Option<T>,
    /// Behind this sample the stored feedback is loaded anew; read in the last beat.
    pub feedback_ends: Option<T>,
    /// The last beat of its sample.
    pub last: T,
}

/// The weights of some rows and some columns change by one step.
#[derive(Clone, Copy, Bundle)]
pub struct Pulse<T> {
    /// Inputs of the layers, those of the first in the lowest bits.
    pub rows: T,
    /// Neurons of the layers, those of the first in the lowest bits.
    pub columns: T,
    /// Weights grow; else they shrink.
    pub increase: T,
    /// The last beat of its sample.
    pub last: T,
    /// The sample, or what came for it, had a wrong length.
    pub error: T,
    /// That was so for a sample up to this one.
    pub error_seen: T,
}

/// The steps of a weight of each layer, all in one row and one column of their arrays.
#[derive(Clone, Copy, Bundle)]
pub struct Counts<T> {
    /// Two's complement, those of the first layer in the lowest bits.
    pub counts: T,
    /// The last column of its row.
    pub row_last: T,
    /// The last beat of its sample.
    pub last: T,
    /// The sample, or what came for it, had a wrong length.
    pub error: T,
    /// That was so for a sample up to this one.
    pub error_seen: T,
}

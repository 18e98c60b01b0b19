//! The parameters of `xbar_bp`.

use crate::crossbar::learning::Network;
use crate::parameters::{ParameterError, Parameters};
use hdl::{Bundle, index_width};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smart_default::SmartDefault;

/// The parameters, by the names that users write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, SmartDefault)]
pub struct Params {
    /// What is trained.
    #[serde(flatten)]
    pub network: Network,
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
        self.network.validate()
    }
}

impl Params {
    /// Width of what is scaled: a transposed sum or an error.
    pub fn value_bits(&self) -> u32 {
        self.sum_bits.max(self.network.error_bits)
    }

    /// A delta whose transposed product is wanted.
    pub fn read(&self) -> Read<u32> {
        let layer = (self.network.hidden_layers > 1).then(|| index_width(self.network.hidden_layers.into()));
        Read { delta: self.network.delta_bits, layer, last: 1 }
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

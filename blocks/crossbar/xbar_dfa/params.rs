//! The parameters of `xbar_dfa`.

use crate::crossbar::learning::Network;
use crate::parameters::{ParameterError, Parameters};
use hdl::bit_length;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smart_default::SmartDefault;

/// The parameters, by the names that users write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, SmartDefault)]
pub struct Params {
    /// What is trained.
    #[serde(flatten)]
    pub network: Network,
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
        self.network.validate()
    }
}

impl Params {
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
        self.network.error_bits + bit_length(self.network.classes.into())
    }

    /// Cycles in which the deltas of all layers are found.
    pub fn pass(&self) -> u32 {
        self.network.width.max(self.network.classes)
    }
}

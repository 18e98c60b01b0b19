//! The parameters of `loas_laggy_prefix_sum`.

use crate::parameters::{ParameterError, Parameters};
use hdl::bit_length;
use parts::arithmetic::count::Adders;
use parts::arithmetic::prefix::Network;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smart_default::SmartDefault;

/// The parameters, by the names that users write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, SmartDefault)]
pub struct Params {
    /// Width of the mask, a multiple of adders.
    #[default = 128]
    #[schemars(range(min = 8, max = 1024), extend("x-name" = ""))]
    pub lanes: u32,
    /// Counts produced in a cycle.
    #[default = 16]
    #[schemars(extend("enum" = [2, 4, 8, 16, 32, 64], "x-name" = "a"))]
    pub adders: u32,
    /// Whether a count includes its own bit.
    #[default = false]
    #[schemars(extend("x-tag" = "inclusive"))]
    pub inclusive: bool,
    /// Prefix network of a segment.
    #[default(Network::BrentKung)]
    #[schemars(extend("enum" = ["serial", "kogge_stone", "sklansky", "brent_kung", "han_carlson"], "x-tag" = ""))]
    pub structure: Network,
    /// Adders of the network: `plus` for carry chains, `full` (full adders) for standard cells.
    #[default(Adders::Plus)]
    #[schemars(extend("x-tag" = ""))]
    pub arithmetic: Adders,
    /// Skid buffers on the input streams: no combinational path from an input to a ready.
    #[default = false]
    #[schemars(extend("x-tag" = "skid"))]
    pub skid: bool,
}

impl Parameters for Params {
    fn validate(&self) -> Result<(), ParameterError> {
        let Params { lanes, adders, .. } = *self;
        match lanes.is_multiple_of(adders) && lanes > adders {
            true => Ok(()),
            false => Err(ParameterError::Conflict(format!(
                "lanes must be a multiple of adders, at least 2 x adders: lanes is {lanes}, adders is {adders}"
            ))),
        }
    }
}

impl Params {
    /// Beats of counts for a mask.
    pub fn segments(&self) -> u32 {
        self.lanes / self.adders
    }

    /// Width of a count.
    pub fn count_bits(&self) -> u32 {
        bit_length(if self.inclusive { self.lanes } else { self.lanes - 1 }.into())
    }
}

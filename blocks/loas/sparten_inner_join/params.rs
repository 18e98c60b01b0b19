//! The parameters of `sparten_inner_join`.

use crate::parameters::Parameters;
use hdl::index_width;
use parts::arithmetic::prefix::Network;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smart_default::SmartDefault;

/// The parameters, by the names that users write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, SmartDefault)]
pub struct Params {
    /// Width of a mask.
    #[default = 128]
    #[schemars(range(min = 8, max = 1024), extend("x-name" = ""))]
    pub mask_bits: u32,
    /// Time steps, processed one after another.
    #[default = 4]
    #[schemars(range(min = 1, max = 16), extend("x-name" = "t"))]
    pub time_steps: u32,
    /// Prefix network of both prefix sums.
    #[default(Network::KoggeStone)]
    #[schemars(extend("enum" = ["serial", "kogge_stone", "sklansky", "brent_kung", "han_carlson"], "x-tag" = ""))]
    pub structure: Network,
    /// Width of the tag of a join.
    #[default = 8]
    #[schemars(range(min = 1, max = 256), extend("x-tag" = "tag"))]
    pub tag_bits: u32,
    /// Skid buffers on the input streams: no combinational path from an input to a ready.
    #[default = false]
    #[schemars(extend("x-tag" = "skid"))]
    pub skid: bool,
}

impl Parameters for Params {}

impl Params {
    /// Width of an offset.
    pub fn position_bits(&self) -> u32 {
        index_width(self.mask_bits.into())
    }

    /// Width of the number of a time step.
    pub fn step_bits(&self) -> u32 {
        index_width(self.time_steps.into())
    }
}

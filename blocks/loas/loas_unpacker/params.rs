//! The parameters of `loas_unpacker`.

use crate::parameters::{ParameterError, Parameters};
use hdl::index_width;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smart_default::SmartDefault;

/// The parameters, by the names that users write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, SmartDefault)]
pub struct Params {
    /// Neurons in a chunk, a multiple of lanes.
    #[default = 128]
    #[schemars(range(min = 8, max = 1024), extend("x-name" = ""))]
    pub mask_bits: u32,
    /// Time steps.
    #[default = 4]
    #[schemars(range(min = 1, max = 16), extend("x-name" = "t"))]
    pub time_steps: u32,
    /// Neurons in a beat.
    #[default = 1]
    #[schemars(extend("enum" = [1, 2, 4, 8, 16], "x-tag" = "x"))]
    pub lanes: u32,
    /// Skid buffers on the input streams: no combinational path from an input to a ready.
    #[default = false]
    #[schemars(extend("x-tag" = "skid"))]
    pub skid: bool,
}

impl Parameters for Params {
    fn validate(&self) -> Result<(), ParameterError> {
        let Params { mask_bits, lanes, .. } = *self;
        match mask_bits.is_multiple_of(lanes) && mask_bits > lanes {
            true => Ok(()),
            false => Err(ParameterError::Conflict(format!(
                "mask_bits must be a multiple of lanes, at least 2 x lanes: mask_bits is {mask_bits}, lanes is {lanes}"
            ))),
        }
    }
}

impl Params {
    /// Beats of a chunk.
    pub fn beats(&self) -> u32 {
        self.mask_bits / self.lanes
    }

    /// Width of the number of a beat.
    pub fn beat_bits(&self) -> u32 {
        index_width(self.beats().into())
    }
}

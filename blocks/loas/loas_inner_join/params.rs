//! The parameters of `loas_inner_join`.

use crate::parameters::{ParameterError, Parameters};
use hdl::index_width;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smart_default::SmartDefault;

/// The parameters, by the names that users write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, SmartDefault)]
pub struct Params {
    /// Width of a mask: adders times a power of two.
    #[default = 128]
    #[schemars(range(min = 8, max = 1024), extend("x-name" = ""))]
    pub mask_bits: u32,
    /// Masks of B in a beat, compared with A in one cycle.
    #[default = 4]
    #[schemars(extend("enum" = [1, 2, 4, 8], "x-name" = "g"))]
    pub group: u32,
    /// Matches per cycle, a divisor of group.
    #[default = 1]
    #[schemars(extend("enum" = [1, 2, 4], "x-name" = "p"))]
    pub pipes: u32,
    /// Joins that can wait in each lane of the group.
    #[default = 1]
    #[schemars(range(min = 1, max = 4), extend("x-tag" = "q"))]
    pub queue_depth: u32,
    /// Depth of the FIFO of matches that wait for their offset in A.
    #[default = 8]
    #[schemars(range(min = 1, max = 64), extend("x-tag" = "f"))]
    pub fifo_depth: u32,
    /// Whether the ones of A are counted in one cycle (`fast`), or a segment per cycle (`laggy`).
    #[default(OffsetsA::Laggy)]
    #[schemars(extend("x-tag" = ""))]
    pub offsets_a: OffsetsA,
    /// Width of a segment of A.
    #[default = 16]
    #[schemars(extend("enum" = [4, 8, 16, 32, 64], "x-tag" = "a"))]
    pub adders: u32,
    /// Width of the tag of a mask of B.
    #[default = 8]
    #[schemars(range(min = 1, max = 2048), extend("x-tag" = "tag"))]
    pub tag_bits: u32,
    /// Skid buffers on the input streams: no combinational path from an input to a ready.
    #[default = false]
    #[schemars(extend("x-tag" = "skid"))]
    pub skid: bool,
}

/// How offsets in A are computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OffsetsA {
    /// All segments are counted in the cycle in which the mask is taken.
    Fast,
    /// A segment per cycle.
    Laggy,
}

impl Parameters for Params {
    fn validate(&self) -> Result<(), ParameterError> {
        let Params { mask_bits, group, pipes, adders, .. } = *self;
        let conflict = |message| Err(ParameterError::Conflict(message));
        if !group.is_multiple_of(pipes) {
            return conflict(format!(
                "group must be a multiple of pipes: group is {group}, pipes is {pipes}"
            ));
        }
        if !mask_bits.is_multiple_of(adders) || !(mask_bits / adders).is_power_of_two() || mask_bits == adders
        {
            return conflict(format!(
                "mask_bits must be adders times 2, 4, 8, ...: mask_bits is {mask_bits}, adders is {adders}"
            ));
        }
        Ok(())
    }
}

impl Params {
    /// Places of the group that a pipe serves.
    pub fn lanes(&self) -> u32 {
        self.group / self.pipes
    }

    /// Segments of A.
    pub fn segments(&self) -> u32 {
        self.mask_bits / self.adders
    }

    /// Width of a position in a mask and of an offset.
    pub fn position_bits(&self) -> u32 {
        index_width(self.mask_bits.into())
    }
}

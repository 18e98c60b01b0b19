//! The parameters of `residual_frame_encoder`.

use crate::loas::loas_spike_packer;
use crate::parameters::{ParameterError, Parameters};
use hdl::Bundle;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smart_default::SmartDefault;

/// The parameters, by the names that users write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, SmartDefault)]
pub struct Params {
    /// Samples of a frame (pixels x channels), a multiple of lanes.
    #[default = 1024]
    #[schemars(range(min = 2, max = 262144), extend("x-name" = "n"))]
    pub samples: u32,
    /// Width of a sample, unsigned.
    #[default = 8]
    #[schemars(range(min = 1, max = 15), extend("x-name" = "w"))]
    pub value_bits: u32,
    /// Samples in a beat.
    #[default = 4]
    #[schemars(extend("enum" = [1, 2, 4, 8, 16], "x-name" = "x"))]
    pub lanes: u32,
    /// Samples of a chunk, a multiple of lanes.
    #[default = 128]
    #[schemars(range(min = 8, max = 1024), extend("x-tag" = "m"))]
    pub mask_bits: u32,
    /// What a residual frame is the difference to: the last key frame (`key`), or the frame before as its receiver has it
    /// (`previous`).
    #[default(Against::Key)]
    #[schemars(extend("x-tag" = ""))]
    pub against: Against,
}

/// What a residual frame is the difference to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Against {
    /// The last key frame.
    Key,
    /// The frame before, without the differences that were left out.
    Previous,
}

impl Parameters for Params {
    fn validate(&self) -> Result<(), ParameterError> {
        let Params { samples, lanes, .. } = *self;
        if !samples.is_multiple_of(lanes) || samples == lanes {
            return Err(ParameterError::Conflict(format!(
                "samples must be a multiple of lanes, at least 2 x lanes: samples is {samples}, lanes is {lanes}"
            )));
        }
        self.packer().validate()
    }
}

impl Params {
    /// Beats of a frame.
    pub fn beats(&self) -> u32 {
        self.samples / self.lanes
    }

    /// Width of a difference, two's complement.
    pub fn difference_bits(&self) -> u32 {
        self.value_bits + 1
    }

    /// What packs differences: words that are not 0.
    pub fn packer(&self) -> loas_spike_packer::Params {
        loas_spike_packer::Params {
            mask_bits: self.mask_bits,
            time_steps: self.difference_bits(),
            lanes: self.lanes,
            ..Default::default()
        }
    }

    /// A beat of a frame.
    pub fn input(&self) -> Samples<u32> {
        Samples { values: self.lanes * self.value_bits, key: 1, threshold: self.value_bits, last: 1 }
    }

    /// A chunk of a frame.
    pub fn output(&self) -> Encoded<u32> {
        let packer = self.packer();
        Encoded {
            mask: self.mask_bits,
            words: self.mask_bits * self.difference_bits(),
            count: packer.count_bits(),
            key: 1,
            last: 1,
            error: 1,
        }
    }
}

/// Some samples of a frame.
#[derive(Clone, Copy, Bundle)]
pub struct Samples<T> {
    /// Unsigned, the first in the lowest bits.
    pub values: T,
    /// Read in the first beat of a frame: it is a key frame.
    pub key: T,
    /// Differences of residual frames up to that, and down to its negative, are left out.
    pub threshold: T,
    /// The last beat of its frame.
    pub last: T,
}

/// A chunk of a frame.
#[derive(Clone, Copy, Bundle)]
pub struct Encoded<T> {
    /// 1 for each sample that has a word, the first in the lowest bit.
    pub mask: T,
    /// Differences in two's complement, without gaps, the first in the lowest bits; then zeros.
    pub words: T,
    /// How many.
    pub count: T,
    /// The frame is a key frame: differences are those to 0.
    pub key: T,
    /// The last chunk of its frame.
    pub last: T,
    /// In the last chunk of a frame: the frame had too few beats, or too many.
    pub error: T,
}

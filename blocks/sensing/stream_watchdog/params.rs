//! The parameters of `stream_watchdog`, and its ports.

use crate::parameters::Parameters;
use hdl::Bundle;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smart_default::SmartDefault;

/// The parameters, by the names that users write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, SmartDefault)]
pub struct Params {
    /// Samples of a frame, one a channel.
    #[default = 16]
    #[schemars(range(min = 1, max = 256), extend("x-name" = "c"))]
    pub channels: u32,
    /// Width of a sample.
    #[default = 12]
    #[schemars(range(min = 2, max = 16), extend("x-name" = "w"))]
    pub value_bits: u32,
    /// Whether samples are two's complement (`true`) or unsigned (`false`).
    #[default = true]
    #[schemars(extend("x-tag" = "signed"))]
    pub signed: bool,
    /// What stands in for a sample that is not there, or not right: the last good one of its channel (`hold`), or the safe value
    /// (`safe`).
    #[default(Substitute::Hold)]
    #[schemars(extend("x-tag" = ""))]
    pub substitute: Substitute,
    /// Width of the number of clocks that are waited for a sample.
    #[default = 24]
    #[schemars(range(min = 4, max = 32), extend("x-tag" = "t"))]
    pub timer_bits: u32,
}

/// What stands in for a sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Substitute {
    /// The last good one of its channel; the safe value before the first one.
    Hold,
    /// The safe value.
    Safe,
}

impl Parameters for Params {}

/// Width of a number of frames.
pub const FRAMES_BITS: u32 = 8;

/// The sample of a channel.
#[derive(Clone, Copy, Bundle)]
pub struct Sample<T> {
    /// What the sensor measured.
    pub value: T,
    /// The last sample of its frame.
    pub last: T,
}

/// What is expected of samples. May change at any time.
#[derive(Clone, Copy, Debug, Bundle)]
pub struct Limits<T> {
    /// The least value of a good sample.
    pub least: T,
    /// The greatest value of a good sample.
    pub greatest: T,
    /// What stands in for a sample where there is nothing better.
    pub safe_value: T,
    /// A sample is stuck if it is the same as those of so many frames before it; 0 for never.
    pub stuck_frames: T,
    /// A sample is missing if it is waited for as many clocks; 0 for never.
    pub timeout_clocks: T,
}

/// A sample that was looked at.
#[derive(Clone, Copy, Bundle)]
pub struct Checked<T> {
    /// The sample, or what stands in for it.
    pub value: T,
    /// There was no sample: it did not come in time, or its frame ended too early.
    pub missing: T,
    /// The sample was less than `least`, or greater than `greatest`.
    pub beyond: T,
    /// The sample was the same for `stuck_frames` frames.
    pub stuck: T,
    /// Since the last frame with a sample of the sensor, its time was over, or samples were dropped.
    pub late: T,
    /// The last sample of its frame.
    pub last: T,
}

/// Every input in a cycle.
#[derive(Clone, Copy, Bundle)]
pub struct Inputs<T> {
    pub in_valid: T,
    pub in_value: T,
    pub in_last: T,
    #[bundle(flatten)]
    pub limits: Limits<T>,
    pub out_ready: T,
}

/// Every output in a cycle.
#[derive(Clone, Copy, Bundle)]
pub struct Outputs<T> {
    pub in_ready: T,
    pub out_valid: T,
    pub out: Checked<T>,
}

impl Params {
    /// A sample.
    pub fn sample(&self) -> Sample<u32> {
        Sample { value: self.value_bits, last: 1 }
    }

    /// What is expected of samples.
    pub fn limits(&self) -> Limits<u32> {
        Limits {
            least: self.value_bits,
            greatest: self.value_bits,
            safe_value: self.value_bits,
            stuck_frames: FRAMES_BITS,
            timeout_clocks: self.timer_bits,
        }
    }

    /// A sample that was looked at.
    pub fn checked(&self) -> Checked<u32> {
        Checked { value: self.value_bits, missing: 1, beyond: 1, stuck: 1, late: 1, last: 1 }
    }

    /// Every input.
    pub fn inputs(&self) -> Inputs<u32> {
        let Sample { value, last } = self.sample();
        Inputs { in_valid: 1, in_value: value, in_last: last, limits: self.limits(), out_ready: 1 }
    }

    /// Every output.
    pub fn outputs(&self) -> Outputs<u32> {
        Outputs { in_ready: 1, out_valid: 1, out: self.checked() }
    }
}

//! The parameters of `event_gate`.

use crate::parameters::Parameters;
use hdl::{Bundle, index_width};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smart_default::SmartDefault;

/// The parameters, by the names that users write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, SmartDefault)]
pub struct Params {
    /// Samples of a frame, one a channel.
    #[default = 16]
    #[schemars(range(min = 1, max = 1024), extend("x-name" = "c"))]
    pub channels: u32,
    /// Width of a sample.
    #[default = 12]
    #[schemars(range(min = 2, max = 16), extend("x-name" = "w"))]
    pub value_bits: u32,
    /// Whether samples are two's complement (`true`) or unsigned (`false`).
    #[default = true]
    #[schemars(extend("x-tag" = "signed"))]
    pub signed: bool,
}

impl Parameters for Params {}

impl Params {
    /// A sample.
    pub fn input(&self) -> Sample<u32> {
        Sample { value: self.value_bits, enter: self.value_bits, leave: self.value_bits, refresh: 1, last: 1 }
    }

    /// An event.
    pub fn output(&self) -> Event<u32> {
        Event {
            channel: index_width(self.channels.into()),
            value: self.value_bits,
            event: 1,
            last: 1,
            error: 1,
        }
    }
}

/// The sample of a channel.
#[derive(Clone, Copy, Bundle)]
pub struct Sample<T> {
    /// What the sensor measured.
    pub value: T,
    /// A channel at rest becomes active if its sample differs from the one sent last by more than that; unsigned.
    pub enter: T,
    /// An active channel stays active if its sample differs from the one sent last by more than that; unsigned.
    pub leave: T,
    /// Read in the first sample of a frame: all its samples are sent.
    pub refresh: T,
    /// The last sample of its frame.
    pub last: T,
}

/// A sample that is sent on, or the end of a frame.
#[derive(Clone, Copy, Bundle)]
pub struct Event<T> {
    /// Its channel.
    pub channel: T,
    /// The sample.
    pub value: T,
    /// The sample is sent; where it is 0 the beat only ends its frame.
    pub event: T,
    /// The last beat of its frame.
    pub last: T,
    /// In the last beat of a frame: it had too few samples, or too many.
    pub error: T,
}

//! The parameters of `xbar_trace`.

use crate::parameters::Parameters;
use hdl::{Bundle, Shape};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use smart_default::SmartDefault;

/// Width of the shift that a trace leaks by.
pub const LEAK_BITS: u32 = 4;

/// The parameters, by the names that users write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, SmartDefault)]
pub struct Params {
    /// Lines with spikes: inputs of the network, or neurons of a layer.
    #[default = 64]
    #[schemars(range(min = 2, max = 1024), extend("x-name" = "n"))]
    pub lines: u32,
    /// Width of an activation, two's complement, never negative.
    #[default = 8]
    #[schemars(range(min = 2, max = 16), extend("x-tag" = "a"))]
    pub activation_bits: u32,
    /// Bits of a trace below an activation's lowest one.
    #[default = 4]
    #[schemars(range(min = 0, max = 8), extend("x-tag" = "f"))]
    pub fraction_bits: u32,
}

impl Parameters for Params {}

impl Params {
    /// Width of a trace, unsigned.
    pub fn trace_bits(&self) -> u32 {
        self.activation_bits - 1 + self.fraction_bits
    }

    /// A line in a time step.
    pub fn spike(&self) -> Spike<u32> {
        Spike { spike: 1, leak: LEAK_BITS, scale: self.trace_bits(), ends: 1, last: 1 }
    }

    /// The activation of a line.
    pub fn activation(&self) -> Activation<Shape> {
        Activation {
            activation: Shape::bits(self.activation_bits).meaning_of("two's complement"),
            last: Shape::bits(1),
            error: Shape::bits(1),
        }
    }
}

/// A line in a time step.
#[derive(Clone, Copy, Bundle)]
pub struct Spike<T> {
    /// The line has a spike.
    pub spike: T,
    /// Places to the right of what the trace loses.
    pub leak: T,
    /// What a spike adds to the trace, unsigned.
    pub scale: T,
    /// The step is the last one of its sample; the same in each beat.
    pub ends: T,
    /// The last line of the step.
    pub last: T,
}

/// The activation of a line.
#[derive(Clone, Bundle)]
pub struct Activation<T> {
    /// The upper bits of the trace.
    pub activation: T,
    /// The last line.
    pub last: T,
    /// A step of this sample up to this line had a wrong length, or lines that disagreed on `ends`.
    pub error: T,
}

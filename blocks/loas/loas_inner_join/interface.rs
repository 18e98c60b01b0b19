//! The channels of `loas_inner_join`.

use super::params::Params;
use crate::channel::{Channel, Interface, Ports, Timing};
use hdl::Bundle;

/// Names of the channels of offsets in B, one for each pipe.
pub const WEIGHT: [&str; 4] = ["weight0", "weight1", "weight2", "weight3"];

/// Names of the channels of offsets in A, one for each pipe.
pub const SPIKE: [&str; 4] = ["spike0", "spike1", "spike2", "spike3"];

impl Ports for Params {
    fn interface(&self) -> Interface {
        let pipes = self.pipes as usize;
        let weight = WEIGHT[..pipes].iter().map(|name| Channel::new(name, &self.weight()));
        let spike = SPIKE[..pipes].iter().map(|name| Channel::new(name, &self.spike()));
        let done = Channel::new("done", &self.done());
        Interface {
            inputs: vec![Channel::new("a", &self.a()), Channel::new("b", &self.b())],
            outputs: weight.chain(spike).chain([done]).collect(),
            timing: Timing::Elastic,
        }
    }
}

/// A chunk of a fibre of A.
#[derive(Clone, Copy, Bundle)]
pub struct MaskA<T> {
    /// The bitmask of a chunk of A.
    pub mask: T,
}

/// Chunks of fibres of B.
#[derive(Clone, Copy, Bundle)]
pub struct MasksB<T> {
    /// Bitmasks of B, place 0 in the lowest bits.
    pub masks: T,
    /// One tag per mask, returned with its matches.
    pub tags: T,
    /// The last beat for this chunk of A.
    pub last: T,
}

/// A match as it is found.
#[derive(Clone, Copy, Bundle)]
pub struct WeightMatch<T> {
    /// The tag of the mask of B.
    pub tag: T,
    /// The number of ones of B's mask below the match.
    pub offset: T,
}

/// The same match later.
#[derive(Clone, Copy, Bundle)]
pub struct SpikeMatch<T> {
    /// The number of the chunk of A, modulo 2.
    pub slot: T,
    /// The number of ones of A's mask below the match.
    pub offset: T,
}

/// A chunk of A of which no match is to come.
#[derive(Clone, Copy, Bundle)]
pub struct Done<T> {
    /// The number of the chunk of A, modulo 2.
    pub slot: T,
}

impl Params {
    /// The widths of a chunk of A.
    pub fn a(&self) -> MaskA<u32> {
        MaskA { mask: self.mask_bits }
    }

    /// The widths of chunks of B.
    pub fn b(&self) -> MasksB<u32> {
        MasksB { masks: self.group * self.mask_bits, tags: self.group * self.tag_bits, last: 1 }
    }

    /// The widths of a match as it is found.
    pub fn weight(&self) -> WeightMatch<u32> {
        WeightMatch { tag: self.tag_bits, offset: self.position_bits() }
    }

    /// The widths of the same match later.
    pub fn spike(&self) -> SpikeMatch<u32> {
        SpikeMatch { slot: 1, offset: self.position_bits() }
    }

    /// The width of a chunk's number.
    pub fn done(&self) -> Done<u32> {
        Done { slot: 1 }
    }
}

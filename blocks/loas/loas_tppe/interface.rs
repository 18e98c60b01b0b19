//! The channels of `loas_tppe`.

use super::params::Params;
use crate::channel::{Channel, Interface, Ports, Timing};
use hdl::Bundle;

impl Ports for Params {
    fn interface(&self) -> Interface {
        Interface {
            inputs: vec![Channel::new("a", &self.a()), Channel::new("b", &self.b())],
            outputs: vec![Channel::new("sum", &self.sum())],
            timing: Timing::Elastic,
        }
    }
}

/// A chunk of a row of A.
#[derive(Clone, Copy, Bundle)]
pub struct ChunkA<T> {
    /// 1 for each neuron that fires in any time step.
    pub mask: T,
    /// The spikes of those neurons in order, the first in the lowest bits; of a word the first time step in the most
    /// significant bit.
    pub words: T,
    /// The row's last chunk: the sums follow.
    pub last: T,
}

/// Chunks of columns of B.
#[derive(Clone, Copy, Bundle)]
pub struct ChunksB<T> {
    /// 1 for each weight; one mask per column, the first in the lowest bits.
    pub masks: T,
    /// Each mask's weights in order, the first in the lowest bits; its ones beyond these have none.
    pub values: T,
    /// The number of the beat's first column, divided by the columns per beat.
    pub group: T,
    /// The last beat for this chunk of A.
    pub last: T,
}

/// The sums of a column.
#[derive(Clone, Copy, Bundle)]
pub struct ColumnSums<T> {
    /// The weighted sum of each time step, two's complement, the first in the lowest bits.
    pub sums: T,
    /// A sum has overflowed since reset, up to and including this row.
    pub overflow: T,
    /// A beat of B has been wrong since reset, up to and including this row.
    pub error: T,
}

/// What the inner-join gives back with the matches of a mask.
#[derive(Clone, Copy, Bundle)]
pub struct Tag<T> {
    /// The place of its column's sums: the set, and in the lower bits the column.
    pub place: T,
    /// Its weights.
    pub weights: T,
}

impl Params {
    /// The widths of a chunk of A.
    pub fn a(&self) -> ChunkA<u32> {
        ChunkA { mask: self.mask_bits, words: self.mask_bits * self.time_steps, last: 1 }
    }

    /// The widths of chunks of B.
    pub fn b(&self) -> ChunksB<u32> {
        ChunksB {
            masks: self.group * self.mask_bits,
            values: self.group * self.values * self.weight_bits,
            group: self.group_bits(),
            last: 1,
        }
    }

    /// The widths of the sums of a column.
    pub fn sum(&self) -> ColumnSums<u32> {
        ColumnSums { sums: self.time_steps * self.sum_bits(), overflow: 1, error: 1 }
    }

    /// The widths of a tag.
    pub fn tag(&self) -> Tag<u32> {
        Tag { place: self.place_bits(), weights: self.values * self.weight_bits }
    }
}

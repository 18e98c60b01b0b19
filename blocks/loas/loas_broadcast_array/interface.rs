//! The channels of `loas_broadcast_array`.

use super::params::Params;
use crate::channel::{Channel, Interface, Ports, Timing};
use hdl::Bundle;

impl Ports for Params {
    fn interface(&self) -> Interface {
        Interface {
            inputs: vec![Channel::new("a", &self.a()), Channel::new("b", &self.b())],
            outputs: vec![Channel::new("out", &self.out())],
            timing: Timing::Elastic,
        }
    }
}

/// The spikes of a chunk of some rows.
#[derive(Clone, Copy, Bundle)]
pub struct Spikes<T> {
    /// One word per row and neuron, the first row's first neuron in the lowest bits; the first time step in the most
    /// significant bit of its word.
    pub words: T,
}

/// Weights that are not 0. Lane j has weights of the columns j modulo pipes.
#[derive(Clone, Copy, Bundle)]
pub struct Weights<T> {
    /// One bit per lane: it has a weight.
    pub enables: T,
    /// The position of each weight in the chunk, lane 0 in the lowest bits.
    pub positions: T,
    /// The column of each weight, divided by the number of pipes.
    pub columns: T,
    /// The weights, two's complement.
    pub weights: T,
    /// The chunk's last beat.
    pub last: T,
    /// In a chunk's last beat: it is the rows' last chunk, whose spikes follow.
    pub last_chunk: T,
}

/// The sums of a column in a row.
#[derive(Clone, Copy, Bundle)]
pub struct ColumnSums<T> {
    /// The weighted sum of each time step, two's complement, the first in the lowest bits.
    pub sums: T,
    /// A sum has overflowed since reset, up to and including this row.
    pub overflow: T,
}

/// The spikes of a column.
#[derive(Clone, Copy, Bundle)]
pub struct ColumnSpikes<T> {
    /// One word per row, the first row in the lowest bits; the first time step in its most significant bit.
    pub spikes: T,
    /// A sum has overflowed since reset, up to and including these rows.
    pub overflow: T,
}

impl Params {
    /// The widths of chunks of some rows.
    pub fn a(&self) -> Spikes<u32> {
        Spikes { words: self.rows_per_beat * self.row().words }
    }

    /// The widths of a chunk of a row.
    pub fn row(&self) -> Spikes<u32> {
        Spikes { words: self.chunk * self.time_steps }
    }

    /// The widths of weights.
    pub fn b(&self) -> Weights<u32> {
        Weights {
            enables: self.lanes,
            positions: self.lanes * self.position_bits(),
            columns: self.lanes * self.column_bits(),
            weights: self.lanes * self.weight_bits,
            last: 1,
            last_chunk: 1,
        }
    }

    /// The widths of the sums of a column.
    pub fn sum(&self) -> ColumnSums<u32> {
        ColumnSums { sums: self.time_steps * self.sum_bits(), overflow: 1 }
    }

    /// The widths of the spikes of a column.
    pub fn out(&self) -> ColumnSpikes<u32> {
        ColumnSpikes { spikes: self.rows * self.time_steps, overflow: 1 }
    }
}

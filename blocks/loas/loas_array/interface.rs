//! The channels of `loas_array`.

use super::params::{Params, Thresholds};
use crate::channel::{Channel, Interface, Ports, Timing};
use crate::loas::loas_tppe::ChunkA;
use hdl::Bundle;

impl Ports for Params {
    fn interface(&self) -> Interface {
        let mut inputs = vec![Channel::new("a", &self.a()), Channel::new("b", &self.element.b())];
        inputs.extend(self.threshold_of_column().map(|threshold| Channel::new("threshold", &threshold)));
        Interface { inputs, outputs: vec![Channel::new("out", &self.out())], timing: Timing::Elastic }
    }
}

/// Chunks of some rows of A.
#[derive(Clone, Copy, Bundle)]
pub struct ChunksA<T> {
    /// For each row, the mask of its neurons that fire.
    pub masks: T,
    /// For each row, the spikes of those neurons in order.
    pub words: T,
    /// The rows' last chunk: the same in all beats of a chunk.
    pub last: T,
}

/// The firing threshold of a column.
#[derive(Clone, Copy, Bundle)]
pub struct ColumnThreshold<T> {
    /// A membrane potential, unsigned.
    pub value: T,
}

/// The spikes of a column.
#[derive(Clone, Copy, Bundle)]
pub struct ColumnSpikes<T> {
    /// One word per row, the first row in the lowest bits; the first time step in its most significant bit.
    pub spikes: T,
    /// The sums of each row, two's complement, the first row in the lowest bits, and of a row the first time step.
    pub sums: Option<T>,
    /// A sum has overflowed since reset, up to and including these rows.
    pub overflow: T,
    /// A beat of A or B has been wrong since reset, up to and including these rows.
    pub error: T,
}

impl Params {
    /// The widths of chunks of some rows of A.
    pub fn a(&self) -> ChunksA<u32> {
        let ChunkA { mask, words, last } = self.element.a();
        ChunksA { masks: self.rows_per_beat * mask, words: self.rows_per_beat * words, last }
    }

    /// The width of the threshold of a column, if columns have one.
    pub fn threshold_of_column(&self) -> Option<ColumnThreshold<u32>> {
        match self.thresholds {
            Thresholds::Parameter => None,
            Thresholds::Column => Some(ColumnThreshold { value: self.neuron().threshold_bits() }),
        }
    }

    /// The widths of the spikes of a column.
    pub fn out(&self) -> ColumnSpikes<u32> {
        ColumnSpikes {
            spikes: self.rows * self.element.time_steps,
            sums: self.sums.then(|| self.rows * self.element.time_steps * self.element.sum_bits()),
            overflow: 1,
            error: 1,
        }
    }
}

#![doc = include_str!("README.md")]

mod interface;
mod model;
mod params;
mod rtl;
mod stimulus;

pub use params::{Params, Thresholds};

use crate::block::Block;
use crate::loas::SOURCE;

/// The array of processing elements with their neurons.
pub const BLOCK: Block = Block {
    name: "loas_array",
    summary: "a layer of a spiking network: rows of processing elements and neurons, fed by broadcast columns of weights",
    source: SOURCE,
    documentation: include_str!("README.md"),
    variants: &[
        "rows=1 rows_per_beat=1",
        "rows=2 rows_per_beat=1 columns=32 group=4",
        "rows=2",
        "rows=4 columns=32 group=4",
        "rows=4 rows_per_beat=4 columns=32 group=4",
        "rows=4 rows_per_beat=1 pipes=1 columns=32 group=4",
        "rows=4 pipes=2 columns=8",
        "rows=2 columns=1 group=1 pipes=1",
        "rows=2 columns=4 group=4 queue_depth=1",
        "rows=2 columns=32 group=4 queue_depth=1",
        "rows=2 columns=32 group=4 offsets_a=fast",
        "rows=2 columns=32 group=4 reset=soft",
        "rows=2 columns=32 group=4 compare=greater_equal threshold=5",
        "rows=2 columns=32 group=4 leak=0 threshold=1000",
        "rows=2 columns=32 group=4 leak=7 threshold=0",
        "rows=2 columns=32 group=4 time_steps=8 values=4",
        "rows=2 columns=32 group=4 weight_bits=4 max_k=576",
        "rows=2 columns=32 group=4 mask_bits=64 adders=8",
        "rows=2 columns=32 group=4 fifo_depth=1",
        "rows=2 sum_bits=16 columns=8",
        "rows=8 rows_per_beat=8 columns=16 group=4",
        "rows=2 columns=32 group=4 skid=false",
        "rows=2 thresholds=column sums=true columns=8 group=4 queue_depth=1",
        "rows=4 thresholds=column columns=4 group=4 skid=false leak=1 reset=soft",
        "rows=2 sum_sets=2 columns=8 queue_depth=1",
    ],
    small: "mask_bits=8 adders=4 columns=2 group=1 pipes=1 queue_depth=1 rows=2",
    mutated: &[
        "rows=2 mask_bits=8 adders=4 group=1 pipes=1 queue_depth=1 columns=2 values=2 weight_bits=3 time_steps=2 threshold=2",
        "rows=2 mask_bits=8 adders=4 group=1 pipes=1 queue_depth=1 columns=2 values=2 weight_bits=3 time_steps=2 thresholds=column sums=true",
    ],
    ..Block::of::<Params>()
};

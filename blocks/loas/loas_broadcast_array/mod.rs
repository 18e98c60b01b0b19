#![doc = include_str!("README.md")]

mod interface;
mod model;
mod params;
mod rtl;
mod stimulus;

pub use interface::Weights;
pub use params::Params;

use crate::block::Block;
use crate::loas::SOURCE;

/// The array without joins.
pub const BLOCK: Block = Block {
    name: "loas_broadcast_array",
    summary: "the alternative to loas_array without joins: each row looks up its spikes for broadcast weights",
    source: SOURCE,
    section: "the function of the TPPEs and P-LIF units; the structure is not the paper's",
    documentation: include_str!("README.md"),
    variants: &[
        "rows=2 rows_per_beat=2",
        "rows=1 rows_per_beat=1 lanes=1 pipes=1 fifo_depth=1",
        "rows=4 rows_per_beat=1 lanes=4 pipes=1 columns=16",
        "rows=4 rows_per_beat=4 pipes=4 columns=8 sum_sets=2",
        "rows=4 chunk=64 fifo_depth=3",
        "rows=2 rows_per_beat=2 lanes=2 pipes=2 sum_sets=2 columns=64 chunk=32",
        "rows=2 rows_per_beat=2 lanes=8 pipes=2 columns=4 chunk=256 skid=false",
        "rows=2 rows_per_beat=2 lanes=8 columns=2 pipes=1 sum_sets=2 chunk=16 time_steps=8",
        "rows=8 rows_per_beat=8 lanes=8 pipes=2 columns=8 chunk=8 weight_bits=4 max_k=576",
        "rows=2 rows_per_beat=2 lanes=8 pipes=2 sum_bits=10 columns=4 chunk=16 reset=soft",
        "rows=2 rows_per_beat=1 lanes=8 pipes=2 sum_bits=9 columns=4 sum_sets=2 chunk=16 compare=greater_equal threshold=5",
        "rows=2 rows_per_beat=2 lanes=8 pipes=2 chunk=512 columns=4 leak=0 threshold=1000 weight_bits=16 max_k=1048576",
        "rows=2 rows_per_beat=2 lanes=8 chunk=16 leak=7 threshold=0 time_steps=2",
    ],
    small: "rows=2 rows_per_beat=2 chunk=8 columns=2 lanes=2 pipes=1 fifo_depth=2",
    mutated: &[
        "rows=2 rows_per_beat=2 chunk=8 columns=4 lanes=4 pipes=2 fifo_depth=2 weight_bits=3 time_steps=2 threshold=2 \
         sum_bits=5",
        "rows=2 rows_per_beat=1 chunk=8 columns=2 lanes=2 pipes=1 sum_sets=2 fifo_depth=1 weight_bits=3 time_steps=2 \
         threshold=2 sum_bits=5",
    ],
    ..Block::of::<Params>()
};

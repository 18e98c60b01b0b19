#![doc = include_str!("README.md")]

mod interface;
pub(super) mod model;
mod params;
mod rtl;
pub(super) mod stimulus;

pub use interface::{ChunkA, ChunksB, ColumnSums};
pub use params::Params;

use crate::block::Block;
use crate::loas::{Covers, SOURCE};
use hdl::{Design, ModuleRef};

/// The temporal-parallel processing element.
pub const BLOCK: Block = Block {
    name: "loas_tppe",
    summary: "multiplies a row of spikes by columns of sparse weights, all time steps in parallel",
    source: SOURCE,
    documentation: include_str!("README.md"),
    variants: &[
        "",
        "pipes=1",
        "pipes=2",
        "columns=1 group=1 pipes=1",
        "columns=2 group=2 pipes=2",
        "columns=4",
        "columns=8 group=8 pipes=4",
        "columns=16",
        "columns=64 group=8",
        "offsets_a=fast",
        "offsets_a=fast columns=1 group=1 pipes=1 values=1",
        "values=2",
        "values=4 weight_bits=4",
        "values=32 weight_bits=2 columns=4",
        "time_steps=3 max_k=128",
        "time_steps=2 max_k=1",
        "time_steps=8 queue_depth=2",
        "time_steps=16 columns=8",
        "fifo_depth=1",
        "fifo_depth=5 queue_depth=3 pipes=1",
        "sum_bits=12",
        "sum_sets=2",
        "sum_sets=2 columns=1 group=1 pipes=1 sum_bits=12",
        "sum_sets=2 columns=4 values=2 sum_bits=10",
        "sum_bits=10 pipes=4 columns=8",
        "mask_bits=32 adders=8 sum_bits=9 columns=4 pipes=1",
        "mask_bits=64 adders=4 weight_bits=16 max_k=1048576 columns=8",
        "mask_bits=256 adders=64 values=16 columns=4",
        "skid=true",
    ],
    small: "mask_bits=8 adders=4 columns=2 group=1 pipes=1",
    mutated: &[
        "mask_bits=8 adders=4 group=2 pipes=2 columns=4 values=2 weight_bits=3 time_steps=2 sum_bits=6",
        "mask_bits=8 adders=4 group=1 pipes=1 columns=2 sum_sets=2 values=2 weight_bits=3 time_steps=2 sum_bits=6",
    ],
    ..Block::of::<Params>()
};

impl Params {
    /// The block as a part of another.
    pub(super) fn part(&self, design: &Design) -> ModuleRef {
        rtl::build(self, design, Covers::None)
    }
}

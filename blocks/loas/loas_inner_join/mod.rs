#![doc = include_str!("README.md")]

mod interface;
pub(super) mod model;
mod params;
mod rtl;
mod stimulus;

pub use interface::{Done, MaskA, MasksB, SpikeMatch, WeightMatch};
pub(super) use interface::{SPIKE, WEIGHT};
pub use params::{OffsetsA, Params};

use crate::block::Block;
use crate::loas::{Covers, SOURCE};
use hdl::{Design, ModuleRef};

/// The inner-join of bitmask fibres.
pub const BLOCK: Block = Block {
    name: "loas_inner_join",
    summary: "inner join of bitmasks: finds matches and their offsets in the compressed values",
    source: SOURCE,
    documentation: include_str!("README.md"),
    variants: &[
        "",
        "group=1",
        "group=2",
        "group=8",
        "pipes=2",
        "pipes=4",
        "group=8 pipes=2",
        "group=2 pipes=2 queue_depth=2",
        "queue_depth=2",
        "queue_depth=3 pipes=2",
        "queue_depth=4 group=8 pipes=4",
        "fifo_depth=1",
        "fifo_depth=3 pipes=2",
        "fifo_depth=64",
        "offsets_a=fast",
        "offsets_a=fast fifo_depth=1 group=1",
        "mask_bits=8 adders=4 tag_bits=1",
        "mask_bits=16 adders=4 group=2",
        "mask_bits=32 adders=8 pipes=2 offsets_a=fast",
        "mask_bits=64 adders=32 tag_bits=17",
        "mask_bits=256 adders=16",
        "mask_bits=512 adders=64 group=1 tag_bits=70",
        "skid=true",
    ],
    small: "mask_bits=8 adders=4 group=1",
    mutated: &["mask_bits=8 adders=4 group=2 tag_bits=2 fifo_depth=2"],
    ..Block::of::<Params>()
};

impl Params {
    /// The block as a part of another.
    pub(super) fn part(&self, design: &Design) -> ModuleRef {
        rtl::build(self, design, Covers::None)
    }
}

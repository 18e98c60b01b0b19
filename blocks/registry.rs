//! All blocks. The command, the tests, the documentation and the benchmarks iterate over this list.

use crate::block::Block;
use crate::float::{fp_add, fp_mul};
use crate::loas::{
    loas_array, loas_inner_join, loas_laggy_prefix_sum, loas_plif, loas_prefix_sum, loas_spike_packer,
    loas_tppe, loas_unpacker, sparten_inner_join,
};
use crate::nonlinear::{gelu, softmax};
use crate::pacq::{fp16_dp, fp16_tile, pacq_dp, pacq_gemm, pacq_group_scale, pacq_mul, pacq_tile};

static BLOCKS: &[Block] = &[
    pacq_mul::BLOCK,
    pacq_dp::BLOCK,
    pacq_group_scale::BLOCK,
    pacq_tile::BLOCK,
    fp16_dp::BLOCK,
    fp16_tile::BLOCK,
    pacq_gemm::BLOCK,
    fp_mul::BLOCK,
    fp_add::BLOCK,
    loas_prefix_sum::BLOCK,
    loas_laggy_prefix_sum::BLOCK,
    loas_plif::BLOCK,
    loas_spike_packer::BLOCK,
    loas_unpacker::BLOCK,
    loas_inner_join::BLOCK,
    loas_tppe::BLOCK,
    loas_array::BLOCK,
    sparten_inner_join::BLOCK,
    softmax::BLOCK,
    gelu::BLOCK,
];

/// Every block, in the order that documentation lists them.
pub fn blocks() -> &'static [Block] {
    BLOCKS
}

/// The block of a name.
pub fn find(name: &str) -> Option<&'static Block> {
    BLOCKS.iter().find(|block| block.name() == name)
}

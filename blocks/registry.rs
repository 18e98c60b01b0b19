//! All blocks. The command, the tests, the documentation and the benchmarks iterate over this list.

use crate::block::Block;
use crate::{float, loas, nonlinear, pacq};

static BLOCKS: &[Block] = &[
    pacq::pacq_mul::BLOCK,
    pacq::pacq_dp::BLOCK,
    pacq::pacq_group_scale::BLOCK,
    pacq::pacq_tile::BLOCK,
    pacq::fp16_dp::BLOCK,
    pacq::fp16_tile::BLOCK,
    pacq::pacq_gemm::BLOCK,
    float::fp_mul::BLOCK,
    float::fp_add::BLOCK,
    loas::loas_prefix_sum::BLOCK,
    loas::loas_laggy_prefix_sum::BLOCK,
    loas::loas_plif::BLOCK,
    loas::loas_spike_packer::BLOCK,
    loas::loas_unpacker::BLOCK,
    loas::loas_inner_join::BLOCK,
    loas::loas_tppe::BLOCK,
    loas::loas_array::BLOCK,
    loas::sparten_inner_join::BLOCK,
    nonlinear::softmax::BLOCK,
    nonlinear::gelu::BLOCK,
    nonlinear::silu::BLOCK,
];

/// Every block, in the order that documentation lists them.
pub fn blocks() -> &'static [Block] {
    BLOCKS
}

/// The block of a name.
pub fn find(name: &str) -> Option<&'static Block> {
    BLOCKS.iter().find(|block| block.name() == name)
}

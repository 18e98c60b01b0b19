//! All blocks. The tests, the documentation and the benchmarks iterate over the library's; the command has those of a user's
//! crate too.

use crate::block::Block;
use crate::{crossbar, float, loas, meadow, nonlinear, pacq, respike, sensing, statten};
use std::fmt;

static BLOCKS: &[Block] = &[
    pacq::pacq_mul::BLOCK,
    pacq::pacq_dp::BLOCK,
    pacq::pacq_group_scale::BLOCK,
    pacq::pacq_tile::BLOCK,
    pacq::fp16_dp::BLOCK,
    pacq::fp16_tile::BLOCK,
    pacq::pacq_gemm::BLOCK,
    pacq::pacq_core::BLOCK,
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
    loas::loas_broadcast_array::BLOCK,
    loas::sparten_inner_join::BLOCK,
    meadow::meadow_mac_pe::BLOCK,
    meadow::meadow_requantize::BLOCK,
    meadow::meadow_attention_head::BLOCK,
    meadow::meadow_gemm_attention::BLOCK,
    meadow::meadow_vector::BLOCK,
    meadow::meadow_decoder_layer::BLOCK,
    meadow::weight_unpacker::BLOCK,
    crossbar::xbar_adc_flash::BLOCK,
    crossbar::xbar_adc_sar::BLOCK,
    crossbar::xbar_shift_add::BLOCK,
    crossbar::xbar_input_driver::BLOCK,
    crossbar::xbar_sequencer::BLOCK,
    crossbar::xbar_output_stage::BLOCK,
    crossbar::xbar_dfa::BLOCK,
    crossbar::xbar_bp::BLOCK,
    crossbar::xbar_trace::BLOCK,
    crossbar::xbar_program::BLOCK,
    crossbar::xbar_mvm::BLOCK,
    crossbar::xbar_macro::BLOCK,
    crossbar::xbar_array_model::BLOCK,
    crossbar::xbar_cell_model::BLOCK,
    crossbar::xbar_attention_reuse::BLOCK,
    respike::residual_frame_encoder::BLOCK,
    statten::statten_kv::BLOCK,
    statten::statten_qkv::BLOCK,
    statten::attention::BLOCK,
    sensing::event_gate::BLOCK,
    sensing::stream_watchdog::BLOCK,
    nonlinear::softmax::BLOCK,
    nonlinear::layer_norm::BLOCK,
    nonlinear::gelu::BLOCK,
    nonlinear::silu::BLOCK,
];

/// Every block of the library, in the order that documentation lists them.
pub fn blocks() -> &'static [Block] {
    BLOCKS
}

/// The block of a name in the library.
pub fn find(name: &str) -> Option<&'static Block> {
    BLOCKS.iter().find(|block| block.name == name)
}

/// The blocks that a command knows: the user's, then the library's. No two have one name.
pub struct Registry {
    blocks: Vec<&'static Block>,
}

impl Registry {
    /// The library's blocks behind those of a user. Each of the user's must be [described rightly](Block::check), under a name of
    /// its own.
    pub fn with(blocks: &'static [Block]) -> Result<Registry, RegistryError> {
        let mut registry = Registry { blocks: BLOCKS.iter().collect() };
        for (index, block) in blocks.iter().enumerate() {
            block
                .check()
                .map_err(|reason| RegistryError::Misdescribed { block: named(block, index), reason })?;
            if registry.find(block.name).is_some() {
                return Err(RegistryError::NameTaken(block.name));
            }
            registry.blocks.insert(index, block);
        }
        Ok(registry)
    }

    /// Every block.
    pub fn blocks(&self) -> impl Iterator<Item = &'static Block> {
        self.blocks.iter().copied()
    }

    /// The block of a name.
    pub fn find(&self, name: &str) -> Option<&'static Block> {
        self.blocks().find(|block| block.name == name)
    }
}

/// A user's block in a message: by its place in the list where it has no name.
fn named(block: &Block, index: usize) -> String {
    match block.name {
        "" => format!("block {} of the list", index + 1),
        name => format!("block `{name}`"),
    }
}

/// Why a user's list of blocks was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RegistryError {
    /// A description is wrong.
    Misdescribed {
        /// Which.
        block: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Another block has the name: the library's, or one before it in the list.
    NameTaken(&'static str),
}

impl fmt::Display for RegistryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RegistryError::Misdescribed { block, reason } => write!(f, "{block}: {reason}"),
            RegistryError::NameTaken(name) => {
                let whose =
                    if find(name).is_some() { "a block of the library" } else { "another block of the list" };
                write!(f, "block `{name}`: {whose} has this name")
            }
        }
    }
}

impl std::error::Error for RegistryError {}

//! All blocks. The command, the tests, the documentation and the benchmarks iterate over this list.

use crate::block::Block;
use crate::loas::loas_array::LoasArray;
use crate::loas::loas_inner_join::LoasInnerJoin;
use crate::loas::loas_laggy_prefix_sum::LoasLaggyPrefixSum;
use crate::loas::loas_plif::LoasPlif;
use crate::loas::loas_prefix_sum::LoasPrefixSum;
use crate::loas::loas_spike_packer::LoasSpikePacker;
use crate::loas::loas_tppe::LoasTppe;
use crate::loas::loas_unpacker::LoasUnpacker;
use crate::loas::sparten_inner_join::SpartenInnerJoin;
use crate::pacq::pacq_mul::PacqMul;

/// Every block, in the order that documentation lists them.
pub fn blocks() -> Vec<Box<dyn Block>> {
    vec![
        Box::new(PacqMul),
        Box::new(LoasPrefixSum),
        Box::new(LoasLaggyPrefixSum),
        Box::new(LoasPlif),
        Box::new(LoasSpikePacker),
        Box::new(LoasUnpacker),
        Box::new(LoasInnerJoin),
        Box::new(LoasTppe),
        Box::new(LoasArray),
        Box::new(SpartenInnerJoin),
    ]
}

/// The block of a name.
pub fn find(name: &str) -> Option<Box<dyn Block>> {
    blocks().into_iter().find(|block| block.name() == name)
}

//! PacQ: multiplication of float activations by several packed integer weights at once
//! (R. Yin, Y. Li, P. Panda, "PacQ: A SIMT Microarchitecture for Efficient Dataflow in Hyper-asymmetric
//! GEMMs", DAC 2025, arXiv 2502.18627).

mod dot_product;
pub mod fp16_dp;
pub mod fp16_tile;
mod held_beat;
mod overlong;
pub mod pacq_core;
pub mod pacq_dp;
pub mod pacq_gemm;
pub mod pacq_group_scale;
pub mod pacq_mul;
pub mod pacq_tile;
mod results;
pub mod sum;
pub mod tile;
pub mod weights;

/// The paper, for the headers of modules and for documentation.
pub const SOURCE: &str = "R. Yin, Y. Li, P. Panda, \"PacQ: A SIMT Microarchitecture for Efficient Dataflow in \
                          Hyper-asymmetric GEMMs\", DAC 2025, arXiv 2502.18627";

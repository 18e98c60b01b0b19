//! PacQ: multiplication of float activations by several packed integer weights at once
//! (R. Yin, Y. Li, P. Panda, "PacQ: A SIMT Microarchitecture for Efficient Dataflow in Hyper-asymmetric
//! GEMMs", DAC 2025, arXiv 2502.18627).

pub mod pacq_mul;

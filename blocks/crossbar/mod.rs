//! The digital half of in-memory computing on crossbars of memory cells, which the analog array is attached to.

/// The paper whose array, converters and treatment of signed weights the blocks follow.
const SOURCE: &str = "A. Moitra, A. Bhattacharjee, R. Kuang, G. Krishnan, Y. Cao, P. Panda, \"SpikeSim: An End-to-End \
                      Compute-in-Memory Hardware Evaluation Tool for Benchmarking Spiking Neural Networks\", arXiv 2210.12899";

pub mod phase;
pub mod xbar_adc_flash;
pub mod xbar_adc_sar;
pub mod xbar_shift_add;

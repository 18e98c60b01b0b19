//! The digital half of in-memory computing on crossbars of memory cells, which the analog array is attached to.
//!
//! ```text
//!            +--> word lines --> array --> columns --> holds --> ADC --+
//!            |   (external)     (external)             (external)      | codes
//! inputs --> xbar_input_driver        ^                  ^  xbar_adc_flash or xbar_adc_sar
//!            |                        |                  |             v
//!            +--> phase --> xbar_sequencer --> phase ----+--> xbar_shift_add --> sums --> xbar_output_stage --> results
//! ```
//!
//! Inputs are driven bit by bit. A [phase](phase::Phase) is one bit of the inputs on one block of rows; in each phase a converter
//! converts its columns one after the other, and the phase says what the conversions weigh.

/// The paper whose array, converters and treatment of signed weights the blocks follow.
const SOURCE: &str = "A. Moitra, A. Bhattacharjee, R. Kuang, G. Krishnan, Y. Cao, P. Panda, \"SpikeSim: An End-to-End \
                      Compute-in-Memory Hardware Evaluation Tool for Benchmarking Spiking Neural Networks\", arXiv 2210.12899";

mod counter;
pub mod phase;
#[cfg(test)]
mod product;
pub mod xbar_adc_flash;
pub mod xbar_adc_sar;
pub mod xbar_input_driver;
pub mod xbar_output_stage;
pub mod xbar_sequencer;
pub mod xbar_shift_add;

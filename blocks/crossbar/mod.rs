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
//! `xbar_mvm` is all of it up to the sums, with the [pins] of the analog part or `xbar_array_model` in its place.
//!
//! Inputs are driven bit by bit. A [phase](phase::Phase) is one bit of the inputs on one block of rows; in each phase a converter
//! converts its columns one after the other, and the phase says what the conversions weigh.
//!
//! `xbar_program` writes the cells, by pulses; `xbar_dfa` and `xbar_bp` change them by pulses too. [`cell`] is what pulses do, and
//! `xbar_cell_model` the same in hardware, for simulation.
//!
//! `xbar_macro` is all of these behind AXI4-Lite and AXI4-Stream.

/// The paper whose array, converters and treatment of signed weights the blocks follow.
const SOURCE: &str = "A. Moitra, A. Bhattacharjee, R. Kuang, G. Krishnan, Y. Cao, P. Panda, \"SpikeSim: An End-to-End \
                      Compute-in-Memory Hardware Evaluation Tool for Benchmarking Spiking Neural Networks\", arXiv 2210.12899";

pub mod cell;
pub mod device;
pub mod learning;
pub mod phase;
pub mod pins;
#[cfg(test)]
mod product;
pub mod read_out;
pub mod weights;
pub mod xbar_adc_flash;
pub mod xbar_adc_sar;
pub mod xbar_array_model;
pub mod xbar_attention_reuse;
pub mod xbar_bp;
pub mod xbar_cell_model;
pub mod xbar_dfa;
pub mod xbar_input_driver;
pub mod xbar_macro;
pub mod xbar_mvm;
pub mod xbar_output_stage;
pub mod xbar_program;
pub mod xbar_sequencer;
pub mod xbar_shift_add;
pub mod xbar_trace;

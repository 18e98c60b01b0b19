//! Spiking networks that users bring, on the RTL of `loas_array`: each layer is products of spikes with weights, and the
//! spikes that come out go into the next. Every spike and sum is compared with a dense network in plain integers.

mod array;
pub mod crossbar;
mod gather;
mod golden;
mod matrix;
mod network;
mod run;
mod state;
#[cfg(test)]
mod tests;
mod weights;
mod window;

pub use golden::outputs;
pub use matrix::{Matrix, Prepared};
pub use network::{Content, Map, Network, Neuron, Node, Operation, Product, Shape, Term};
pub use run::{Baseline, Figures, Outcome, check, least_sum_bits, outputs_on_array, run};
pub use state::largest;
pub use weights::{Conv, Linear, Weights};
pub use window::Window;

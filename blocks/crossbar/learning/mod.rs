//! What the blocks that train a network on crossbars share: [`xbar_dfa`](super::xbar_dfa) by direct feedback alignment,
//! [`xbar_bp`](super::xbar_bp) by back-propagation.
//!
//! ```text
//! sample --> [activations] ------------------------------------------> rows ----+
//!        --> f'(potential) --> [derivatives] --+                                +--> pulses or counts --> out
//! error --> sums for the neurons of a layer --> x --> round --> [deltas] --> columns
//!           (random feedback, or transposed reads)
//! ```

mod counts;
mod delta;
mod derivative;
mod errors;
pub mod golden;
mod lines;
mod network;
mod pulses;
mod samples;
mod seed;
mod side;
pub mod slots;
pub mod stimulus;
mod stored;
mod update;
mod vector;

pub use delta::{delta, one, stages};
pub use derivative::Derivative;
pub use errors::Errors;
pub use lines::collected;
pub use network::{
    COUNT_SHIFT_BITS, Counts, ErrorValue, Network, Pulse, SHIFT_BITS, Sample, TRAIN_BITS, UpdateForm, unused,
};
pub use pulses::Begin;
pub use samples::Samples;
pub use seed::{LFSR_BITS, first_state};
pub use side::{Delta, Side};
pub use stored::Stored;
pub use update::{update, update_stages};
pub use vector::{Place, Vector, place, vector};

/// The paper that compares both ways to train on crossbars.
pub const SOURCE: &str = "A. Moitra, A. Bhattacharjee, Y. Kim, P. Panda, \"Low-power Spike-based Wearable Analytics on RRAM \
                          Crossbars\", arXiv 2502.06736";

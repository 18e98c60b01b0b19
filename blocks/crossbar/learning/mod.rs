//! What the blocks that train a network on crossbars share: [`xbar_dfa`](super::xbar_dfa) by direct feedback alignment,
//! [`xbar_bp`](super::xbar_bp) by back-propagation.
//!
//! ```text
//! sample --> [signs of activations] -------------------------------> rows ----+
//!        --> f'(potential) --> [derivatives] --+                              +--> phases of updates --> out
//! error --> sums for the neurons of a layer --> x --> round --> signs --> columns
//!           (random feedback, or transposed reads)    [deltas]
//! ```

mod delta;
mod derivative;
mod errors;
pub mod golden;
mod network;
mod samples;
pub mod slots;
pub mod stimulus;
mod update;

pub use delta::{delta, one, stages};
pub use derivative::Derivative;
pub use errors::Errors;
pub use network::{ErrorValue, Network, Sample, Update};
pub use samples::Samples;
pub use update::{Masks, Signs, phases, signs};

/// The paper that compares both ways to train on crossbars.
pub const SOURCE: &str = "A. Moitra, A. Bhattacharjee, Y. Kim, P. Panda, \"Low-power Spike-based Wearable Analytics on RRAM \
                          Crossbars\", arXiv 2502.06736";

//! Sensing-to-action loops: what stands between a sensor and a network (A. R. Trivedi et al., arXiv 2502.02692, a perspective: the
//! circuits are ours).
//!
//! ```text
//! sensor --> stream_watchdog --> event_gate --> network --> action
//! ```

/// The paper, as headers and descriptions cite it.
const SOURCE: &str = "\"Intelligent Sensing-to-Action for Robust Autonomy at the Edge: Opportunities and Challenges\", arXiv 2502.02692";

pub mod event_gate;
pub mod stream_watchdog;

//! The results of groups and tiles.

use hdl::Bundle;

/// Results that leave together.
#[derive(Clone, Copy, Bundle)]
pub struct Results<T> {
    /// One float per lane, lane 0 in the lowest bits.
    pub results: T,
    /// A group had more than max_group activations: the results are meaningless.
    pub error: Option<T>,
}

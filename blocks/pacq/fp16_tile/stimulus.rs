//! Stimulus and coverage points.

use super::Params;
use crate::pacq::tile::stimulus::{Observer, points, random, typical};
use crate::stimulus::{Coverage, Space, Stimulus};

/// Typical activations of a group.
const MAX_GROUP: u32 = 128;

impl Stimulus for Params {
    fn random(&self, seed: u64) -> Space {
        random(self.shape(), None, seed)
    }

    fn typical(&self, seed: u64) -> Space {
        typical(self.shape(), MAX_GROUP, seed)
    }

    fn cycles_per_case(&self) -> u64 {
        3 * u64::from(self.cycles()) + 100
    }

    fn coverage(&self) -> Coverage<'_> {
        Coverage::new(points(None), Observer::new(None))
    }
}

//! Stimulus and coverage points.

use super::Params;
use crate::pacq::tile::stimulus::{Observer, overlong, points, random, typical};
use crate::stimulus::{Coverage, Space, Stimulus};

impl Params {
    fn overlong(&self) -> Option<u32> {
        overlong(self.max_tiles())
    }
}

impl Stimulus for Params {
    fn random(&self, seed: u64) -> Space {
        random(self.shape(), self.overlong(), seed)
    }

    fn typical(&self, seed: u64) -> Space {
        typical(self.shape(), self.max_group, seed)
    }

    fn cycles_per_case(&self) -> u64 {
        3 * u64::from(self.cycles()) + 100
    }

    fn coverage(&self) -> Coverage<'_> {
        Coverage::new(points(self.overlong()), Observer::new(self.overlong()))
    }
}

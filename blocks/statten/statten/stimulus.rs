//! Cases, and the coverage points that they reach.

use super::Params;
use crate::statten::cases;
use crate::stimulus::{Coverage, Space, Stimulus};

impl Stimulus for Params {
    fn random(&self, seed: u64) -> Space {
        cases::space(&self.shape, seed, 3)
    }

    fn cycles_per_case(&self) -> u64 {
        let shape = &self.shape;
        let counts = shape.channels() * (shape.groups() + shape.beats());
        2 * u64::from(counts.max(shape.tiles * shape.tokens * shape.time_steps))
    }

    fn coverage(&self) -> Coverage<'_> {
        cases::coverage(
            &self.shape,
            &["column of K without a spike", "column of V without a spike", "column of Q without a spike"],
        )
    }
}

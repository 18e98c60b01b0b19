//! Every combination of some values.

use super::{Stimulus, check_first};
use crate::batch::Batch;
use hdl::Bits;

/// Every combination of the values in a table for each of some ports; the first port changes fastest.
pub struct Corners {
    tables: Vec<(usize, Vec<Bits>)>,
}

impl Corners {
    /// Ports, by their indices in [`Batch::ports`], with their values. Panics if a table is empty, or if there are more
    /// combinations than a `u64` can count.
    pub fn of(tables: Vec<(usize, Vec<Bits>)>) -> Corners {
        let count = tables.iter().try_fold(1u64, |count, (_, values)| count.checked_mul(values.len() as u64));
        assert!(
            count.is_some_and(|count| count > 0),
            "every port has a value, and the cases can be numbered"
        );
        Corners { tables }
    }

    fn combinations(&self) -> u64 {
        self.tables.iter().map(|(_, values)| values.len() as u64).product()
    }
}

impl Stimulus for Corners {
    fn count(&self) -> Option<u64> {
        Some(self.combinations())
    }

    fn case(&self, number: u64) -> Vec<(usize, Bits)> {
        let mut rest = number % self.combinations();
        let mut digit = |values: &[Bits]| {
            let count = values.len() as u64;
            let value = values[(rest % count) as usize].clone();
            rest /= count;
            value
        };
        self.tables.iter().map(|(port, values)| (*port, digit(values))).collect()
    }

    fn poke(&self, batch: &mut Batch, first: u64) {
        check_first(batch, first);
        let mut weight = 1;
        for (port, values) in &self.tables {
            let count = values.len() as u64;
            batch.fill_lanes(*port, |lane| {
                let number = (first + lane as u64) % self.combinations();
                &values[(number / weight % count) as usize]
            });
            weight *= count;
        }
    }
}

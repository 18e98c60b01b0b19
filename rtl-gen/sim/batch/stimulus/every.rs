//! Every value of some ports.

use super::{Field, Stimulus, check_first, fields};
use crate::batch::Batch;
use crate::batch::transpose::lane_number_bit;
use hdl::Bits;

/// All values of some input ports: the ports' bits side by side, the first port lowest, are the case number.
pub struct EveryCase {
    fields: Vec<Field>,
    width: u32,
}

impl EveryCase {
    /// The ports by their indices in [`Batch::ports`].
    pub fn of(batch: &Batch, ports: &[usize]) -> EveryCase {
        let (fields, width) = fields(batch, ports);
        EveryCase { fields, width }
    }
}

impl Stimulus for EveryCase {
    fn count(&self) -> Option<u64> {
        1u64.checked_shl(self.width)
    }

    fn case(&self, number: u64) -> Vec<(usize, Bits)> {
        let value = |field: &Field| Bits::truncated(number as u128 >> field.low.min(64), field.width);
        self.fields.iter().map(|field| (field.port, value(field))).collect()
    }

    /// No transposition is needed: each bit of the case number is either the same in all lanes or a fixed pattern.
    fn poke(&self, batch: &mut Batch, first: u64) {
        check_first(batch, first);
        let lane_bits = batch.lanes().trailing_zeros();
        for field in &self.fields {
            batch.fill(field.port, |bit, row| {
                let place = field.low + bit;
                if place < lane_bits {
                    (0..).zip(row).for_each(|(index, word)| *word = lane_number_bit(place, index));
                } else {
                    row.fill(0u64.wrapping_sub(first.checked_shr(place).unwrap_or(0) & 1));
                }
            });
        }
    }
}

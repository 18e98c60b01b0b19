//! The golden model: exact sums, of which an accumulator keeps the low bits.

use super::params::{Kind, Params};
use crate::common::lanes::{apart, flag, joined};
use crate::golden::{GoldenModel, Model, Reference};
use hdl::Bits;

/// The sums of a row so far.
pub struct Row {
    /// Whether it is a scalar times a vector.
    pub is_broadcast: bool,
    /// Exact.
    pub sums: Vec<i64>,
    /// One has left the range of an accumulator.
    pub overflow: bool,
}

/// Collects the beats of rows.
pub struct Rows {
    params: Params,
    row: Option<Row>,
}

impl Rows {
    /// Before the first beat.
    pub fn new(params: &Params) -> Rows {
        Rows { params: params.clone(), row: None }
    }

    /// Takes a beat; gives the row that ends with it.
    pub fn take(&mut self, beat: &[Bits]) -> Option<Row> {
        let params = &self.params;
        let (a, b) = (apart(params.a_bits, &beat[0]), apart(params.b_bits, &beat[1]));
        let is_broadcast = match params.kind {
            Kind::Parallel => false,
            Kind::Broadcast => true,
            Kind::Hybrid => beat[2].bit(0),
        };
        let row = self.row.get_or_insert_with(|| Row {
            is_broadcast,
            sums: vec![0; params.sums() as usize],
            overflow: false,
        });
        match row.is_broadcast {
            true => row.sums.iter_mut().zip(b).for_each(|(sum, b)| *sum += a[0] * b),
            false => row.sums[0] += a.iter().zip(b).map(|(a, b)| a * b).sum::<i64>(),
        }
        let limit = 1i64 << (params.acc_bits - 1);
        row.overflow |= row.sums.iter().any(|sum| !(-limit..limit).contains(sum));
        let is_last = beat[beat.len() - 1].bit(0);
        if is_last { self.row.take() } else { None }
    }
}

struct Golden(Rows);

impl Model for Golden {
    fn accept(&mut self, _channel: usize, beat: &[Bits], emit: &mut dyn FnMut(usize, &[Option<Bits>])) {
        if let Some(row) = self.0.take(beat) {
            emit(0, &[Some(joined(self.0.params.acc_bits, &row.sums)), Some(flag(row.overflow))]);
        }
    }
}

impl Reference for Params {
    fn golden(&self) -> GoldenModel {
        GoldenModel::sequential(Golden(Rows::new(self)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARAMS: Params =
        Params { kind: Kind::Hybrid, lanes: 2, a_bits: 4, b_bits: 4, acc_bits: 9, stages: 1, packed: false };

    /// The sums of a row of beats of A and B, and whether one overflowed.
    fn sums(is_broadcast: bool, beats: &[([i64; 2], [i64; 2])]) -> (Vec<i64>, bool) {
        let mut rows = Rows::new(&PARAMS);
        let mut ended = vec![];
        for (place, (a, b)) in (1..).zip(beats) {
            let is_last = place == beats.len();
            let beat = [joined(4, a), joined(4, b), flag(is_broadcast), flag(is_last)];
            ended.extend(rows.take(&beat));
        }
        assert_eq!(ended.len(), 1);
        let row = ended.remove(0);
        (apart(9, &joined(9, &row.sums)), row.overflow)
    }

    #[test]
    fn rows_are_dot_products_or_scaled_vectors() {
        let beats = [([2, 3], [4, -5]), ([-1, 7], [6, 1])];
        assert_eq!(sums(false, &beats), (vec![8 - 15 - 6 + 7, 0], false));
        assert_eq!(sums(true, &beats), (vec![8 - 6, -10 - 1], false));
    }

    #[test]
    fn sums_wrap_around_and_say_so() {
        let least = ([-8, -8], [-8, -8]);
        assert_eq!(sums(false, &[least]), (vec![128, 0], false));
        assert_eq!(sums(false, &[least, least]), (vec![-256, 0], true));
        // Back in the range is too late.
        assert_eq!(sums(false, &[least, least, ([1, 0], [-1, 0])]), (vec![255, 0], true));
        assert_eq!(sums(true, &[least; 4]), (vec![-256; 2], true));
    }
}

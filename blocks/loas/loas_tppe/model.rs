//! The golden model: sums over the matches, in wide integers.

use super::params::Params;
use crate::golden::Model;
use crate::golden::{GoldenModel, Reference};
use crate::loas::loas_inner_join::model::Pairing;
use crate::loas::masks::{matches, ones_below, part};
use hdl::Bits;

/// The sums of a column.
#[derive(Clone, Default)]
pub struct Column {
    /// For each time step.
    sums: Vec<i64>,
    /// The largest and the smallest partial sum that any order of the matches can reach.
    reach: (i64, i64),
    /// The sum of the weights of all matches.
    pseudo: i64,
}

/// The state of the model.
pub struct Golden {
    params: Params,
    pairing: Pairing,
    columns: Vec<Column>,
    /// Some sum certainly left its range; next field: it may have, depending on the order of the matches.
    has_overflowed: bool,
    may_have_overflowed: bool,
    /// In the latest row, a sum left its range, but neither the pseudo sum nor the correction, whose difference it is.
    only_a_difference_left: bool,
    /// A beat of B had a match without a weight, or was for a group that does not exist.
    error: bool,
}

impl Golden {
    /// The model for these parameters, at its start.
    pub fn new(params: &Params) -> Golden {
        Golden {
            params: params.clone(),
            pairing: Pairing::default(),
            columns: empty(params),
            has_overflowed: false,
            may_have_overflowed: false,
            only_a_difference_left: false,
            error: false,
        }
    }

    fn join(&mut self, a: &[Bits], b: &[Bits]) {
        let params = &self.params;
        let Params { mask_bits, group, values, weight_bits, time_steps, .. } = *params;
        let is_there = b[2].is_zero() || !params.may_lack_group();
        self.error |= !is_there;
        let number = if is_there { b[2].to_u64() as u32 } else { 0 };
        for place in 0..group {
            let mask = part(&b[0], place, mask_bits);
            let weights = part(&b[1], place, values * weight_bits);
            let column = &mut self.columns[(number * group + place) as usize];
            for position in matches(&a[0], &mask) {
                let offset = ones_below(&mask, position);
                let has_weight = offset < values;
                self.error |= !has_weight;
                let weight = if has_weight { signed(&part(&weights, offset, weight_bits)) } else { 0 };
                let word = part(&a[1], ones_below(&a[0], position), time_steps);
                column.pseudo += weight;
                column.reach.0 += weight.max(0);
                column.reach.1 += weight.min(0);
                for (step, sum) in column.sums.iter_mut().enumerate() {
                    *sum += if word.bit(time_steps - 1 - step as u32) { weight } else { 0 };
                }
            }
        }
    }

    /// The output beats of all columns, after which all sums are 0 again.
    fn drain(&mut self) -> Vec<[Option<Bits>; 3]> {
        let columns = std::mem::replace(&mut self.columns, empty(&self.params));
        let width = self.params.sum_bits();
        let limit = 1i64 << (width - 1);
        let leaves = |value: i64| value >= limit || value < -limit;
        // For each time step, the sum of the weights that are subtracted.
        let corrected = |column: &Column| column.sums.iter().any(|sum| leaves(column.pseudo - sum));
        let difference = |column: &Column| column.sums.iter().any(|sum| leaves(*sum));
        let part_leaves = |column: &Column| leaves(column.pseudo) || corrected(column);
        self.has_overflowed |= columns.iter().any(part_leaves);
        self.may_have_overflowed |=
            columns.iter().any(|column| leaves(column.reach.0) || leaves(column.reach.1));
        self.only_a_difference_left = columns.iter().any(|column| difference(column) && !part_leaves(column));
        let error = Some(Bits::truncated(self.error.into(), 1));
        let beat = |column: Column| {
            // The difference is taken as the column leaves.
            self.has_overflowed |= difference(&column);
            let overflow = match (self.has_overflowed, self.may_have_overflowed) {
                (_, false) => Some(Bits::zero(1)),
                (true, true) => Some(Bits::ones(1)),
                (false, true) => None,
            };
            let mut sums = Bits::zero(self.params.time_steps * width);
            for (step, sum) in column.sums.into_iter().enumerate() {
                sums.insert(step as u32 * width, &Bits::from_limbs(width, &[sum as u64]));
            }
            [Some(sums), overflow, error.clone()]
        };
        columns.into_iter().map(beat).collect()
    }

    /// Whether in a row that has ended since the last question a sum left its range, but neither the pseudo sum nor the
    /// correction.
    pub fn only_a_difference_left(&mut self) -> bool {
        std::mem::take(&mut self.only_a_difference_left)
    }

    /// Takes a beat, and emits each column's beat in turn.
    pub fn take(&mut self, channel: usize, beat: &[Bits], emit: &mut dyn FnMut(&[Option<Bits>])) {
        let mut pairs = vec![];
        self.pairing.accept(channel, beat, 3, |_, a, b| pairs.push((a.to_vec(), b.to_vec())));
        for (a, b) in pairs {
            self.join(&a, &b);
            if a[2].bit(0) && b[3].bit(0) {
                self.drain().iter().for_each(|beat| emit(beat));
            }
        }
    }
}

impl Model for Golden {
    fn accept(&mut self, channel: usize, beat: &[Bits], emit: &mut dyn FnMut(usize, &[Option<Bits>])) {
        self.take(channel, beat, &mut |beat| emit(0, beat));
    }
}

impl Reference for Params {
    fn golden(&self) -> GoldenModel {
        GoldenModel::sequential(Golden::new(self))
    }
}

fn empty(params: &Params) -> Vec<Column> {
    let column = Column { sums: vec![0; params.time_steps as usize], ..Column::default() };
    vec![column; params.columns as usize]
}

/// A number in two's complement.
pub fn signed(bits: &Bits) -> i64 {
    let shift = 64 - bits.width();
    (bits.to_u64() << shift) as i64 >> shift
}

//! The golden model: exact products, rounded once.

use super::params::{MAGNITUDE_BITS, Params, Rounding, SHIFT_BITS, SUM_BITS, Scale, VALUE_BITS};
use super::tables::{GUARD_BITS, INDEX_BITS, LEAST_SHIFT, STEP_BITS, reciprocal};
use crate::common::lanes::{apart, apart_unsigned, flag, joined};
use crate::golden::{GoldenModel, Model, Reference};
use hdl::Bits;
use std::collections::VecDeque;

/// A scale: the multiplier over 2^shift.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Multiplier {
    /// Unsigned.
    pub multiplier: u64,
    /// Places to the right.
    pub shift: u32,
}

impl Multiplier {
    /// `value`, at most 33 bits, times the scale, rounded and saturated to 8 bits.
    pub fn scaled(self, rounding: Rounding, value: i64) -> i8 {
        self.scaled_to(VALUE_BITS, rounding, value) as i8
    }

    /// The same, saturated to `bits` bits.
    pub fn scaled_to(self, bits: u32, rounding: Rounding, value: i64) -> i64 {
        let product = i128::from(value) * i128::from(self.multiplier);
        let unit = 1i128 << self.shift;
        let (floor, rest) = (product.div_euclid(unit), 2 * product.rem_euclid(unit));
        let is_tie_up = match rounding {
            Rounding::HalfAway => product >= 0,
            Rounding::HalfEven => floor % 2 != 0,
        };
        let rounded = floor + i128::from(rest > unit || (rest == unit && is_tie_up));
        let greatest = (1 << (bits - 1)) - 1;
        rounded.clamp(-greatest - 1, greatest) as i64
    }
}

/// The scale that maps a row's greatest absolute value to 127; any for a row of zeros.
pub fn of_token(maximum: u64) -> Multiplier {
    let leading = maximum.max(1).ilog2();
    // The places behind the leading 1.
    let fraction = |bits: u32| (u128::from(maximum) << bits >> leading) as u64 % (1 << bits);
    let (interval, step) = (fraction(INDEX_BITS), fraction(INDEX_BITS + STEP_BITS) % (1 << STEP_BITS));
    let (start, fall) = reciprocal(interval);
    let quotient = start - ((fall * step) >> STEP_BITS);
    let multiplier = (quotient + (1 << (GUARD_BITS - 1))) >> GUARD_BITS;
    Multiplier { multiplier, shift: leading + LEAST_SHIFT }
}

/// Biases and scales, beat for beat.
#[derive(Clone, Default)]
struct Table {
    beats: Vec<Vec<(i64, Multiplier)>>,
    /// It did not end where it had to.
    is_overlong: bool,
}

/// The golden model of the block.
pub struct Golden {
    params: Params,
    /// The table that comes in, and those that no row has used.
    loading: Table,
    loaded: VecDeque<Table>,
    /// Beats that have not been worked on.
    waiting: VecDeque<Vec<Bits>>,
    table: Option<Table>,
    /// The row so far.
    row: Row,
    error: bool,
}

/// A beat of sums with their biases.
pub struct Biased {
    /// Each with its scale.
    pub lanes: Vec<(i64, Multiplier)>,
    /// A row or a table up to it had the wrong length.
    pub error: bool,
}

/// A row.
#[derive(Default)]
pub struct Row {
    /// Its beats.
    pub beats: Vec<Biased>,
    /// Its greatest absolute value.
    pub maximum: u64,
    /// It came with a table.
    pub has_own_table: bool,
    /// Its table was too long.
    pub has_overlong_table: bool,
    /// It ended before its table, or behind it.
    pub has_wrong_length: bool,
}

impl Golden {
    /// Before the first table.
    pub fn new(params: &Params) -> Golden {
        Golden {
            params: params.clone(),
            loading: Table::default(),
            loaded: VecDeque::new(),
            waiting: VecDeque::new(),
            table: None,
            row: Row::default(),
            error: false,
        }
    }

    /// Takes a beat of a channel. Each beat that enters a row gives that row so far to `entered`, and whether the row ends.
    pub fn take(&mut self, channel: usize, beat: &[Bits], mut entered: impl FnMut(&Row, bool)) {
        match channel {
            0 => self.load(beat),
            _ => self.waiting.push_back(beat.to_vec()),
        }
        while let Some(beat) = self.waiting.pop_front() {
            if self.row.beats.is_empty() && (beat[1].bit(0) || self.table.is_none()) {
                let Some(next) = self.loaded.pop_front() else {
                    self.waiting.push_front(beat);
                    return;
                };
                self.error |= next.is_overlong;
                self.row.has_own_table = true;
                self.table = Some(next);
            }
            let Some(table) = &self.table else { return };
            let place = self.row.beats.len();
            self.row.has_overlong_table = table.is_overlong;
            let sums = apart(SUM_BITS, &beat[0]);
            let biased =
                sums.iter().zip(&table.beats[place]).map(|(sum, (bias, scale))| (sum + bias, *scale));
            let lanes: Vec<(i64, Multiplier)> = biased.collect();
            let values = lanes.iter().map(|(value, _)| value.unsigned_abs());
            self.row.maximum = values.fold(self.row.maximum, u64::max);
            let ends = place + 1 == table.beats.len();
            self.row.has_wrong_length |= beat[2].bit(0) != ends;
            self.error |= self.row.has_wrong_length;
            self.row.beats.push(Biased { lanes, error: self.error });
            if ends && self.params.scale == Scale::Token {
                let scale = of_token(self.row.maximum);
                self.row.beats.iter_mut().flat_map(|beat| &mut beat.lanes).for_each(|(_, own)| *own = scale);
            }
            entered(&self.row, ends);
            if ends {
                self.row = Row::default();
            }
        }
    }

    fn load(&mut self, beat: &[Bits]) {
        let biases = apart(SUM_BITS, &beat[0]);
        let scales: Vec<Multiplier> = match self.params.scale {
            // Made when the row has ended.
            Scale::Token => vec![Multiplier { multiplier: 0, shift: 0 }],
            Scale::Tensor | Scale::Channel => {
                let multipliers = apart_unsigned(self.params.multiplier_bits(), &beat[1]);
                let shifts = apart_unsigned(SHIFT_BITS, &beat[2]);
                let scale = |(multiplier, shift): (u64, u64)| Multiplier { multiplier, shift: shift as u32 };
                multipliers.into_iter().zip(shifts).map(scale).collect()
            }
        };
        let of_lane = |(lane, bias): (usize, &i64)| (*bias, scales[lane.min(scales.len() - 1)]);
        self.loading.beats.push(biases.iter().enumerate().map(of_lane).collect());
        let is_full = self.loading.beats.len() == self.params.beats() as usize;
        let is_last = beat[beat.len() - 1].bit(0);
        if is_full || is_last {
            let mut table = std::mem::take(&mut self.loading);
            table.is_overlong = !is_last;
            if self.params.scale == Scale::Tensor {
                table.beats.iter_mut().flatten().for_each(|(_, scale)| *scale = scales[0]);
            }
            self.loaded.push_back(table);
        }
    }
}

impl Params {
    /// The answer to a beat of a row, and whether the row ends with it.
    fn answer(&self, beat: &Biased, maximum: u64, is_last: bool) -> Vec<Option<Bits>> {
        let value = |(value, scale): &(i64, Multiplier)| scale.scaled(self.rounding, *value).into();
        let values: Vec<i64> = beat.lanes.iter().map(value).collect();
        let maximum = Bits::truncated(maximum.into(), MAGNITUDE_BITS);
        let maximum = (self.scale == Scale::Token).then_some(maximum);
        let fields =
            [Some(joined(VALUE_BITS, &values)), maximum, Some(flag(is_last)), Some(flag(beat.error))];
        fields.into_iter().flatten().map(Some).collect()
    }
}

impl Model for Golden {
    fn accept(&mut self, channel: usize, beat: &[Bits], emit: &mut dyn FnMut(usize, &[Option<Bits>])) {
        let params = self.params.clone();
        self.take(channel, beat, |row, ends| {
            // With a scale per token all beats of a row wait for its end.
            let first = match params.scale {
                Scale::Tensor | Scale::Channel => row.beats.len() - 1,
                Scale::Token if ends => 0,
                Scale::Token => row.beats.len(),
            };
            for (place, beat) in row.beats.iter().enumerate().skip(first) {
                emit(0, &params.answer(beat, row.maximum, ends && place + 1 == row.beats.len()));
            }
        });
    }
}

impl Reference for Params {
    fn golden(&self) -> GoldenModel {
        GoldenModel::sequential(Golden::new(self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_go_as_the_rule_says() {
        let half = Multiplier { multiplier: 1, shift: 1 };
        let rounded = |rounding| [-5, -3, -2, -1, 0, 1, 3, 5].map(|value| half.scaled(rounding, value));
        assert_eq!(rounded(Rounding::HalfAway), [-3, -2, -1, -1, 0, 1, 2, 3]);
        assert_eq!(rounded(Rounding::HalfEven), [-2, -2, -1, 0, 0, 0, 2, 2]);
        let one = Multiplier { multiplier: 1, shift: 0 };
        assert_eq!(
            [-(1 << 32), -129, 128, 1 << 32].map(|v| one.scaled(Rounding::HalfEven, v)),
            [-128, -128, 127, 127]
        );
    }

    /// The greatest difference of a result from the real number that it stands for, in steps of the result, over all intervals of
    /// the table and some maxima at the ends and in the middle of each.
    #[test]
    fn a_scale_per_token_is_right_within_0_502_steps() {
        let mut worst = 0.0f64;
        for normal in (1u64 << 19..1 << 20).flat_map(|top| [top << 13, (top << 13) + 0x1fff]) {
            let Multiplier { multiplier, shift } = of_token(normal);
            let scale = multiplier as f64 / (shift as f64).exp2();
            // The rounding of a result, and the error of the greatest one.
            worst = worst.max(0.5 + (normal as f64 * scale - 127.0).abs());
        }
        println!("worst error: {worst:.5} steps");
        assert!(worst < 0.502);
    }

    #[test]
    fn the_greatest_value_of_a_token_becomes_127() {
        for maximum in (1..300).chain((9..=32).flat_map(|bit| [(1u64 << bit) - 1, 1 << bit, 3 << bit >> 1])) {
            for rounding in [Rounding::HalfAway, Rounding::HalfEven] {
                let scale = of_token(maximum);
                let ends = [maximum as i64, -(maximum as i64)].map(|value| scale.scaled(rounding, value));
                assert_eq!(ends, [127, -127], "{maximum}");
            }
        }
        assert_eq!(of_token(0).scaled(Rounding::HalfAway, 0), 0);
    }
}

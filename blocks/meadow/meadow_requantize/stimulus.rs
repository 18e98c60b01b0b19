//! Tables and rows, and the coverage points they reach.

use super::model::{Golden, Multiplier};
use super::params::{Params, SHIFT_BITS, SUM_BITS, Scale};
use crate::common::lanes::{corner_weighted, flag, joined};
use crate::stimulus::{Coverage, Observe, Space, Stimulus, case_rng, report_reached};
use fastrand::Rng;
use hdl::Bits;

/// Rows of a case have at most so many beats, apart from the longest.
const BEATS: u32 = 4;

const POINTS: [&str; 14] = [
    "row as long as the longest table",
    "row of one beat",
    "row that keeps its table",
    "table that is too long",
    "row that does not end with its table",
    "result saturated above",
    "result saturated below",
    "tie above zero",
    "tie below zero",
    "shift of 0",
    "the greatest shift",
    "row of zeros",
    "the greatest absolute value",
    "row whose greatest value is negative",
];

/// The coverage points that the parameters allow, each with its place among all.
fn numbered_points(params: &Params) -> impl Iterator<Item = (usize, &'static str)> {
    let (is_token, has_several) = (params.scale == Scale::Token, params.beats() > 1);
    (0..).zip(POINTS).filter(move |(place, _)| match place {
        1 => has_several,
        5..=10 => !is_token,
        11..=13 => is_token,
        _ => true,
    })
}

impl Stimulus for Params {
    /// A table and some rows a case.
    fn random(&self, seed: u64) -> Space {
        let params = self.clone();
        let make = move |index, emit: &mut dyn FnMut(usize, &[Bits])| {
            let mut rng = case_rng(seed, index);
            let beats = match rng.u8(..8) {
                0 => params.beats(),
                _ => rng.u32(1..=BEATS.min(params.beats())),
            };
            let has_wrong_length = index % 64 == 63;
            let is_overlong = has_wrong_length && rng.bool();
            let beats = if is_overlong { params.beats() } else { beats };
            for place in 1..=beats {
                emit(0, &table_beat(&params, &mut rng, place == beats && !is_overlong));
            }
            for row in 0..rng.u32(1..=3) {
                let kind = rng.u8(..16);
                for place in 1..=beats {
                    let is_last = (place == beats) ^ (has_wrong_length && rng.u8(..4) == 0);
                    emit(1, &row_beat(&params, &mut rng, kind, row == 0, is_last));
                }
            }
        };
        Space { name: "random".into(), cases: u64::MAX, make: Box::new(make), make_many: None }
    }

    fn cycles_per_case(&self) -> u64 {
        4 * u64::from(BEATS)
    }

    fn coverage(&self) -> Coverage<'_> {
        let points: Vec<&'static str> = numbered_points(self).map(|(_, point)| point).collect();
        Coverage::new(points, Observer { params: self, golden: Golden::new(self) })
    }
}

fn table_beat(params: &Params, rng: &mut Rng, is_last: bool) -> Vec<Bits> {
    let kind = rng.u8(..8);
    let mut bias = || match kind {
        0 => 0,
        1 => i64::from(i32::MIN),
        _ => corner_weighted(SUM_BITS, rng) >> rng.u32(..32),
    };
    let mut beat = vec![joined(SUM_BITS, &(0..params.lanes).map(|_| bias()).collect::<Vec<_>>())];
    if params.multipliers() > 0 {
        let width = params.multiplier_bits();
        let powers = i64::from(width) - 1;
        let multiplier = |rng: &mut Rng| match rng.u8(..8) {
            _ if kind == 0 => 1 << powers,
            0 => 1 << rng.u32(..width),
            1 => (1 << width) - 1,
            2 => rng.i64(..1 << width),
            _ => rng.i64(1 << powers..1 << width),
        };
        let shift = |rng: &mut Rng| match rng.u8(..16) {
            // Halves of what is left are ties.
            _ if kind == 0 => powers + rng.i64(1..4),
            0 => 0,
            1 => (1 << SHIFT_BITS) - 1,
            2 => rng.i64(..1 << SHIFT_BITS),
            _ => rng.i64(powers - 3..powers + 25),
        };
        let (mut multipliers, mut shifts) = (vec![], vec![]);
        for _ in 0..params.multipliers() {
            multipliers.push(multiplier(rng));
            shifts.push(shift(rng).min((1 << SHIFT_BITS) - 1));
        }
        beat.extend([joined(width, &multipliers), joined(SHIFT_BITS, &shifts)]);
    }
    beat.push(flag(is_last));
    beat
}

fn row_beat(params: &Params, rng: &mut Rng, kind: u8, is_first_row: bool, is_last: bool) -> Vec<Bits> {
    let mut sum = |_| match kind {
        0 => 0,
        1 => i64::from(i32::MIN),
        2 | 3 => rng.i64(-300..300),
        4 => corner_weighted(SUM_BITS, rng),
        _ => rng.i64(-(1 << 31)..1 << 31) >> rng.u32(4..24),
    };
    let sums: Vec<i64> = (0..params.lanes).map(&mut sum).collect();
    vec![joined(SUM_BITS, &sums), flag(is_first_row), flag(is_last)]
}

/// Finds the coverage points of rows.
struct Observer<'p> {
    params: &'p Params,
    golden: Golden,
}

impl Observe for Observer<'_> {
    fn taken(&mut self, channel: usize, beat: &[Bits], hit: &mut dyn FnMut(usize)) {
        let rounding = self.params.rounding;
        let most = self.params.beats() as usize;
        let mut is_reached = [false; POINTS.len()];
        self.golden.take(channel, beat, |row, ends| {
            if !ends {
                return;
            }
            let lanes = || row.beats.iter().flat_map(|beat| &beat.lanes);
            let any = |is: &dyn Fn(i64, Multiplier) -> bool| lanes().any(|(value, scale)| is(*value, *scale));
            let is_tie = |value: i64, Multiplier { multiplier, shift }: Multiplier| {
                let product = i128::from(value) * i128::from(multiplier);
                shift > 0
                    && product.rem_euclid(1 << shift) == 1 << (shift - 1)
                    && product.abs() < 127 << shift
            };
            let scaled = |value: i64, scale: Multiplier| scale.scaled(rounding, value);
            let has_maximum = |value: i64| value.unsigned_abs() == row.maximum;
            is_reached = [
                row.beats.len() == most,
                row.beats.len() == 1,
                !row.has_own_table,
                row.has_overlong_table,
                row.has_wrong_length,
                any(&|value, scale| scaled(value, scale) == i8::MAX),
                any(&|value, scale| scaled(value, scale) == i8::MIN),
                any(&|value, scale| value > 0 && is_tie(value, scale)),
                any(&|value, scale| value < 0 && is_tie(value, scale)),
                any(&|_, scale| scale.shift == 0),
                any(&|_, scale| scale.shift == (1 << SHIFT_BITS) - 1),
                row.maximum == 0,
                row.maximum == 1 << SUM_BITS,
                any(&|value, _| value < 0 && has_maximum(value)),
            ];
        });
        let is_reached: Vec<bool> =
            numbered_points(self.params).map(|(place, _)| is_reached[place]).collect();
        report_reached(&is_reached, hit);
    }
}

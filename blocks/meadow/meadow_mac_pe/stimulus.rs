//! Rows of operands, and the coverage points they reach.

use super::model::Rows;
use super::params::{Kind, Params};
use crate::common::lanes::{apart, corner_weighted, flag, joined};
use crate::stimulus::{Coverage, Observe, Space, Stimulus, case_rng, report_reached};
use fastrand::Rng;
use hdl::Bits;

/// Usual rows have at most so many beats, and one in eight up to so many.
const BEATS: u32 = 6;
const MANY_BEATS: u32 = 24;

const POINTS: [&str; 8] = [
    "row of one beat",
    "row of several beats",
    "negative sum",
    "product of the least operands",
    "dot product",
    "scalar times a vector",
    "mode of a later beat that is not the row's",
    "sum out of range",
];

/// The coverage points that the parameters allow, each with its place among all.
fn numbered_points(params: &Params) -> impl Iterator<Item = (usize, &'static str)> {
    let of_beat = u64::from(if params.has_tree() { params.lanes } else { 1 }) << (params.product_bits() - 2);
    let overflows = of_beat * u64::from(MANY_BEATS) > 1 << params.acc_bits;
    let kind = params.kind;
    (0..).zip(POINTS).filter(move |(place, _)| match place {
        4 => kind != Kind::Broadcast,
        5 => kind != Kind::Parallel,
        6 => kind == Kind::Hybrid,
        7 => overflows,
        _ => true,
    })
}

impl Stimulus for Params {
    /// One row a case: any operands, or all near the limits.
    fn random(&self, seed: u64) -> Space {
        let params = self.clone();
        let make = move |index, emit: &mut dyn FnMut(usize, &[Bits])| {
            let mut rng = case_rng(seed, index);
            let beats = if rng.u8(..8) == 0 { rng.u32(1..=MANY_BEATS) } else { rng.u32(1..=BEATS) };
            let (is_extreme, is_broadcast) = (rng.u8(..4) == 0, rng.bool());
            for beat in 1..=beats {
                let mode = is_broadcast ^ (rng.u8(..8) == 0);
                emit(0, &operands(&params, &mut rng, is_extreme, mode, beat == beats));
            }
        };
        Space { name: "random".into(), cases: u64::MAX, make: Box::new(make), make_many: None }
    }

    fn cycles_per_case(&self) -> u64 {
        u64::from(BEATS)
    }

    fn coverage(&self) -> Coverage<'_> {
        let points: Vec<&'static str> = numbered_points(self).map(|(_, point)| point).collect();
        Coverage::new(points, Observer { params: self, rows: Rows::new(self), modes: vec![] })
    }
}

/// A beat.
fn operands(params: &Params, rng: &mut Rng, is_extreme: bool, mode: bool, is_last: bool) -> Vec<Bits> {
    let mut elements = |width: u32, count: u32| {
        let element = |_| match is_extreme && rng.u8(..16) > 0 {
            true => -1 << (width - 1),
            false => corner_weighted(width, rng),
        };
        joined(width, &(0..count).map(element).collect::<Vec<i64>>())
    };
    let mut beat = vec![elements(params.a_bits, params.a_lanes()), elements(params.b_bits, params.lanes)];
    if params.kind == Kind::Hybrid {
        beat.push(flag(mode));
    }
    beat.push(flag(is_last));
    beat
}

/// Finds the coverage points of rows.
struct Observer<'p> {
    params: &'p Params,
    rows: Rows,
    /// The modes of the beats of the row so far.
    modes: Vec<bool>,
}

impl Observe for Observer<'_> {
    fn taken(&mut self, _channel: usize, beat: &[Bits], hit: &mut dyn FnMut(usize)) {
        let least = |width: u32, elements: &Bits| {
            apart(width, elements).iter().map(|element| *element == -1 << (width - 1)).collect::<Vec<bool>>()
        };
        let (a, b) = (least(self.params.a_bits, &beat[0]), least(self.params.b_bits, &beat[1]));
        self.modes.push(beat[2].bit(0));
        let row = self.rows.take(beat);
        let ends = |is: &dyn Fn(&super::model::Row) -> bool| row.as_ref().is_some_and(is);
        let is_reached = [
            ends(&|_| self.modes.len() == 1),
            ends(&|_| self.modes.len() > 1),
            ends(&|row| row.sums.iter().any(|sum| *sum < 0)),
            a[0] && b[0],
            ends(&|row| !row.is_broadcast),
            ends(&|row| row.is_broadcast),
            self.modes.iter().any(|mode| *mode != self.modes[0]),
            ends(&|row| row.overflow),
        ];
        let is_reached: Vec<bool> =
            numbered_points(self.params).map(|(place, _)| is_reached[place]).collect();
        report_reached(&is_reached, hit);
        if row.is_some() {
            self.modes.clear();
        }
    }
}

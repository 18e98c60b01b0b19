//! The golden model: for each row the model of an element, and the neuron.

use super::params::Params;
use crate::common::lanes::flag;
use crate::golden::Model;
use crate::golden::{GoldenModel, Reference};
use crate::loas::loas_plif;
use crate::loas::loas_tppe;
use crate::loas::loas_tppe::model::signed;
use crate::loas::masks::part;
use hdl::Bits;
use std::collections::VecDeque;

/// The state of the model.
pub struct Golden {
    params: Params,
    rows: Vec<Row>,
    /// The row at which the next beat of A begins.
    next: usize,
    /// The chunk that is arriving is the last one of the rows.
    is_last: bool,
    /// The beats of some chunk of A disagreed on whether it is the last one.
    error: bool,
    /// The same up to the end of each set of rows that is in the block.
    errors: VecDeque<bool>,
    /// Columns of the first set that have been output.
    given: u32,
    /// Thresholds of columns that have not been output.
    thresholds: VecDeque<i64>,
}

struct Row {
    element: loas_tppe::model::Golden,
    sums: VecDeque<Vec<Option<Bits>>>,
}

impl Golden {
    /// The model for these parameters, at its start.
    pub fn new(params: &Params) -> Golden {
        let row = |_| Row { element: loas_tppe::model::Golden::new(&params.element), sums: VecDeque::new() };
        Golden {
            params: params.clone(),
            rows: (0..params.rows).map(row).collect(),
            next: 0,
            is_last: false,
            error: false,
            errors: VecDeque::new(),
            given: 0,
            thresholds: VecDeque::new(),
        }
    }

    fn take_a(&mut self, beat: &[Bits]) {
        let Params { rows_per_beat, ref element, .. } = self.params;
        let is_last = beat[2].bit(0);
        if self.next == 0 {
            self.is_last = is_last;
        }
        self.error |= is_last != self.is_last;
        let last = Bits::truncated(self.is_last.into(), 1);
        for place in 0..rows_per_beat {
            let mask = part(&beat[0], place, element.mask_bits);
            let words = part(&beat[1], place, element.mask_bits * element.time_steps);
            self.rows[self.next].take(0, &[mask, words, last.clone()]);
            self.next = (self.next + 1) % self.rows.len();
        }
        if self.next == 0 && self.is_last {
            self.errors.push_back(self.error);
        }
    }

    /// The spikes of the next column, once every row has its sums and the column its threshold.
    fn column(&mut self) -> Option<Vec<Option<Bits>>> {
        let threshold = match self.params.fixed_threshold() {
            Some(threshold) => threshold.into(),
            None => *self.thresholds.front()?,
        };
        let beats: Vec<Vec<Option<Bits>>> =
            self.rows.iter().map(|row| row.sums.front().cloned()).collect::<Option<_>>()?;
        self.rows.iter_mut().for_each(|row| drop(row.sums.pop_front()));
        self.thresholds.pop_front();
        let neuron = self.params.neuron();
        let (steps, width) = (neuron.time_steps, neuron.sum_bits);
        let mut spikes = Bits::zero(self.params.rows * steps);
        let mut all_sums = vec![];
        let mut overflow = Some(Bits::zero(1));
        let mut error = Some(self.error_of_column());
        for (row, beat) in beats.iter().enumerate() {
            let sums = beat[0].as_ref().expect("sums are specified");
            let sums: Vec<i64> = (0..steps).map(|step| signed(&part(sums, step, width))).collect();
            let fires = loas_plif::model::spikes(&neuron, threshold, &sums);
            for (step, _) in fires.iter().enumerate().filter(|(_, fires)| **fires) {
                spikes.set_bit(row as u32 * steps + steps - 1 - step as u32, true);
            }
            all_sums.push(beat[0].clone().expect("sums are specified"));
            overflow = either(overflow, beat[1].clone());
            error = either(error, beat[2].clone());
        }
        all_sums.reverse();
        let sums = self.params.sums.then(|| Some(Bits::concat(&all_sums)));
        Some([Some(spikes)].into_iter().chain(sums).chain([overflow, error]).collect())
    }

    /// 1 if the beats of some chunk of A disagreed, up to the current rows.
    fn error_of_column(&mut self) -> Bits {
        let error = *self.errors.front().expect("rows with sums are in");
        self.given += 1;
        if self.given == self.params.element.columns {
            self.given = 0;
            self.errors.pop_front();
        }
        flag(error)
    }
}

/// The OR of two bits, each of which may be unspecified.
fn either(a: Option<Bits>, b: Option<Bits>) -> Option<Bits> {
    match (a, b) {
        (Some(one), _) | (_, Some(one)) if one.is_ones() => Some(one),
        (Some(zero), Some(_)) => Some(zero),
        _ => None,
    }
}

impl Row {
    fn take(&mut self, channel: usize, beat: &[Bits]) {
        let sums = &mut self.sums;
        self.element.take(channel, beat, &mut |beat| sums.push_back(beat.to_vec()));
    }
}

impl Model for Golden {
    fn accept(&mut self, channel: usize, beat: &[Bits], emit: &mut dyn FnMut(usize, &[Option<Bits>])) {
        match channel {
            0 => self.take_a(beat),
            1 => self.rows.iter_mut().for_each(|row| row.take(1, beat)),
            _ => self.thresholds.push_back(beat[0].to_u64() as i64),
        }
        while let Some(column) = self.column() {
            emit(0, &column);
        }
    }
}

impl Reference for Params {
    fn golden(&self) -> GoldenModel {
        GoldenModel::sequential(Golden::new(self))
    }
}

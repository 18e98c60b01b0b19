//! The golden model: sums of the weights whose neurons fire, in wide integers, and the neurons.

use super::params::Params;
use crate::common::lanes::{apart_unsigned, flag};
use crate::golden::{GoldenModel, Model, Reference};
use crate::loas::loas_inner_join::model::Pairing;
use crate::loas::loas_plif;
use crate::loas::masks::part;
use hdl::Bits;

/// The sums of a column in a row, one per time step.
#[derive(Clone)]
struct Column {
    /// The sum, and the largest and the smallest partial sum that any order of the weights can reach.
    steps: Vec<[i64; 3]>,
}

/// The state of the model.
pub struct Golden {
    params: Params,
    pairing: Pairing,
    /// The words of the chunk that is arriving, row after row.
    arriving: Vec<Bits>,
    /// For each row, its columns.
    rows: Vec<Vec<Column>>,
    /// Some sum certainly left its range; next field: it may have, depending on the order of the weights.
    has_overflowed: bool,
    may_have_overflowed: bool,
}

impl Golden {
    /// The model for these parameters, at its start.
    pub fn new(params: &Params) -> Golden {
        Golden {
            params: params.clone(),
            pairing: Pairing::default(),
            arriving: vec![],
            rows: empty(params),
            has_overflowed: false,
            may_have_overflowed: false,
        }
    }

    /// Adds the weights of a beat to the sums of the rows whose neurons fire.
    fn add(&mut self, chunk: &[Bits], beat: &[Bits]) {
        let Params { lanes, pipes, time_steps, weight_bits, .. } = self.params;
        let positions = apart_unsigned(self.params.position_bits(), &beat[1]);
        let columns = apart_unsigned(self.params.column_bits(), &beat[2]);
        for lane in (0..lanes).filter(|lane| beat[0].bit(*lane)) {
            let column = columns[lane as usize] as usize * pipes as usize + (lane % pipes) as usize;
            let weight = signed(part(&beat[3], lane, weight_bits).to_u64(), weight_bits);
            for (row, words) in self.rows.iter_mut().zip(chunk) {
                let word = part(words, positions[lane as usize] as u32, time_steps);
                for (step, sums) in (0..).zip(&mut row[column].steps) {
                    if word.bit(time_steps - 1 - step) {
                        let [sum, most, least] = *sums;
                        *sums = [sum + weight, most + weight.max(0), least + weight.min(0)];
                    }
                }
            }
        }
    }

    /// The output beats of all columns, after which all sums are 0 again.
    fn drain(&mut self) -> Vec<[Option<Bits>; 2]> {
        let rows = std::mem::replace(&mut self.rows, empty(&self.params));
        let width = self.params.sum_bits();
        let leaves = |value: i64| signed(value as u64, width) != value;
        let any = |place: usize| {
            rows.iter().flatten().flat_map(|column| &column.steps).any(|step| leaves(step[place]))
        };
        self.has_overflowed |= any(0);
        self.may_have_overflowed |= any(1) || any(2);
        let overflow = match (self.has_overflowed, self.may_have_overflowed) {
            (_, false) => Some(flag(false)),
            (true, true) => Some(flag(true)),
            (false, true) => None,
        };
        let neuron = self.params.neuron();
        let steps = self.params.time_steps;
        let column = |column: usize| {
            let mut spikes = Bits::zero(self.params.rows * steps);
            for (row, columns) in (0..).zip(&rows) {
                let sums: Vec<i64> =
                    columns[column].steps.iter().map(|step| signed(step[0] as u64, width)).collect();
                let fires = loas_plif::model::spikes(&neuron, neuron.threshold().into(), &sums);
                for (step, _) in (0..).zip(&fires).filter(|(_, fires)| **fires) {
                    spikes.set_bit((row + 1) * steps - 1 - step, true);
                }
            }
            [Some(spikes), overflow.clone()]
        };
        (0..self.params.columns as usize).map(column).collect()
    }
}

impl Model for Golden {
    fn accept(&mut self, channel: usize, beat: &[Bits], emit: &mut dyn FnMut(usize, &[Option<Bits>])) {
        let mut pairs = vec![];
        let mut pair = |_, a: &[Bits], b: &[Bits]| pairs.push((a.to_vec(), b.to_vec()));
        match channel {
            0 => {
                let row = |row| part(&beat[0], row, self.params.row().words);
                self.arriving.extend((0..self.params.rows_per_beat).map(row));
                if self.arriving.len() == self.params.rows as usize {
                    self.pairing.accept(0, &std::mem::take(&mut self.arriving), 4, &mut pair);
                }
            }
            _ => self.pairing.accept(1, beat, 4, &mut pair),
        }
        for (chunk, beat) in pairs {
            self.add(&chunk, &beat);
            if beat[4].bit(0) && beat[5].bit(0) {
                self.drain().iter().for_each(|column| emit(0, column));
            }
        }
    }
}

impl Reference for Params {
    fn golden(&self) -> GoldenModel {
        GoldenModel::sequential(Golden::new(self))
    }
}

fn empty(params: &Params) -> Vec<Vec<Column>> {
    let column = Column { steps: vec![[0; 3]; params.time_steps as usize] };
    vec![vec![column; params.columns as usize]; params.rows as usize]
}

/// The number in the lowest bits, two's complement.
fn signed(value: u64, width: u32) -> i64 {
    let shift = 64 - width;
    (value << shift) as i64 >> shift
}

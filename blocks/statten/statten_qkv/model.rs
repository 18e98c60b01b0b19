//! The golden model: the sums of rows, and neurons.

use super::Params;
use crate::common::lanes::{apart_unsigned, flag};
use crate::golden::{GoldenModel, Model, Reference};
use crate::statten::definition::{Task, Train};
use crate::statten::heads::Heads;
use crate::statten::shape::Shape;
use hdl::Bits;
use std::collections::{HashMap, VecDeque};
use std::ops::Range;

/// The beats of some tokens of a head's spikes, tile by tile. The last one of the last head that is left of the job says so.
pub fn beats(shape: &Shape, task: &Task, spikes: &Train, tokens: Range<usize>) -> Vec<[Bits; 3]> {
    let columns = shape.columns as usize;
    let beat = |(token, tile): (usize, usize)| {
        let mut beat = Bits::zero(shape.columns * shape.time_steps);
        for column in 0..columns {
            for step in 0..task.time_steps() {
                let place = column as u32 * shape.time_steps + shape.time_steps - 1 - step as u32;
                beat.set_bit(place, spikes.at(step, token, tile * columns + column));
            }
        }
        let is_last = tile + 1 == task.tiles;
        [beat, flag(is_last), flag(is_last && token + 1 == task.tokens && task.heads == 1)]
    };
    tokens.flat_map(|token| (0..task.tiles).map(move |tile| (token, tile))).map(beat).collect()
}

/// Values by piece, row and column.
type ByPlace = HashMap<[usize; 3], u64>;

/// The golden model of the block.
struct Golden {
    shape: Shape,
    heads: Heads<1>,
    arriving: ByPlace,
    complete: VecDeque<ByPlace>,
    /// Tokens of the next head whose spikes were given.
    given: usize,
}

impl Golden {
    fn take_values(&mut self, beat: &[Bits]) {
        let units = self.shape.units as usize;
        let [row, piece, group] = [1, 2, 3].map(|field: usize| beat[field].to_u64() as usize);
        let columns = group * units..(group + 1) * units;
        if beat[4].bit(0) {
            self.arriving.retain(|[of, _, column], _| *of != piece || !columns.contains(column));
        }
        for (column, value) in columns.zip(apart_unsigned(self.shape.value_bits(), &beat[0])) {
            self.arriving.insert([piece, row, column], value);
        }
        if beat[5].bit(0) {
            self.complete.push_back(std::mem::take(&mut self.arriving));
        }
    }

    /// K^T V of each chunk.
    fn key_values(&self, task: &Task, values: &ByPlace) -> Vec<Vec<Vec<u64>>> {
        let (columns, channels) = (self.shape.columns as usize, task.channels(&self.shape));
        let value = |chunk: usize, row: usize, column: usize| {
            let piece = row / columns * task.chunks + chunk;
            values.get(&[piece, row % columns, column]).copied().unwrap_or(0)
        };
        let row = |chunk: usize, row: usize| (0..channels).map(|column| value(chunk, row, column)).collect();
        (0..task.chunks).map(|chunk| (0..channels).map(|i| row(chunk, i)).collect()).collect()
    }
}

impl Model for Golden {
    fn accept(&mut self, channel: usize, beat: &[Bits], emit: &mut dyn FnMut(usize, &[Option<Bits>])) {
        match channel {
            0 => emit(0, &[Some(self.heads.take_job(&self.shape, beat))]),
            1 => self.take_values(beat),
            _ => self.heads.take(0, &beat[0]),
        }
        while let (Some(task), Some(values)) = (self.heads.front(), self.complete.front()) {
            let come = self.heads.tokens(&self.shape, 0);
            if come == self.given {
                return;
            }
            let Some(q) = self.heads.train(&self.shape, 0) else { return };
            let spikes = task.head(&q, &self.key_values(&task, values), self.given..come);
            for beat in beats(&self.shape, &task, &spikes, self.given..come) {
                emit(1, &beat.map(Some));
            }
            self.given = come;
            if come == task.tokens {
                self.given = 0;
                self.complete.pop_front();
                self.heads.finish(&self.shape);
            }
        }
    }
}

impl Reference for Params {
    fn golden(&self) -> GoldenModel {
        GoldenModel::sequential(Golden {
            shape: self.shape.clone(),
            heads: Heads::new(),
            arriving: HashMap::new(),
            complete: VecDeque::new(),
            given: 0,
        })
    }
}

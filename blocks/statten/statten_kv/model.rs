//! The golden model: counts of rows, in the order of the passes.

use super::Params;
use crate::common::lanes::{flag, joined};
use crate::golden::{GoldenModel, Model, Reference};
use crate::statten::definition::{Task, Train};
use crate::statten::heads::Heads;
use crate::statten::shape::{Shape, Values};
use hdl::Bits;

/// The beats of a head.
pub fn beats(shape: &Shape, task: &Task, k: &Train, v: &Train) -> Vec<Vec<Bits>> {
    pairs(task).into_iter().flat_map(|tiles| of_pair(shape, task, [k, v], tiles)).collect()
}

/// The tiles of V, each with those of K; with masks, each with its own.
fn pairs(task: &Task) -> Vec<[usize; 2]> {
    let of_value = |value: usize| (0..task.tiles).map(move |key| [key, value]);
    (0..task.tiles).flat_map(of_value).filter(|[key, value]| !task.masks || key == value).collect()
}

/// A row of K^T V in the columns of a group.
struct Row {
    values: Vec<u64>,
    row: usize,
    piece: usize,
    group: usize,
    clear: bool,
}

/// The beats of a tile of K and one of V.
fn of_pair(shape: &Shape, task: &Task, [k, v]: [&Train; 2], [key, value]: [usize; 2]) -> Vec<Vec<Bits>> {
    let (columns, units) = (shape.columns as usize, shape.units as usize);
    let groups = value * columns / units..(value + 1) * columns / units;
    let mut rows = vec![];
    for chunk in 0..task.chunks {
        let counts = task.key_values(chunk, k, v);
        // A column that has a spike counts that spike with itself.
        let of_keys = task.key_values(chunk, k, k);
        let of_values = task.key_values(chunk, v, v);
        for group in groups.clone() {
            let of_group = group * units..(group + 1) * units;
            let is_live = of_group.clone().any(|column| of_values[column][column] > 0);
            let is_wanted =
                |row: &usize| is_live && of_keys[*row][*row] > 0 && (!task.masks || of_group.contains(row));
            let wanted: Vec<usize> = (key * columns..(key + 1) * columns).filter(is_wanted).collect();
            let piece = key * task.chunks + chunk;
            if wanted.is_empty() {
                rows.push(Row { values: vec![0; units], row: 0, piece, group, clear: true });
            }
            rows.extend(wanted.iter().map(|row| Row {
                values: counts[*row][of_group.clone()].to_vec(),
                row: row % columns,
                piece,
                group,
                clear: *row == wanted[0],
            }));
        }
    }
    let is_last = [key, value] == [task.tiles - 1; 2];
    let count = rows.len();
    rows.iter().enumerate().map(|(number, row)| row.beat(shape, is_last && number + 1 == count)).collect()
}

impl Row {
    fn beat(&self, shape: &Shape, is_last: bool) -> Vec<Bits> {
        let Values { row, piece, group, .. } = shape.values();
        let field = |value: usize, width: u32| Bits::truncated(value as u128, width);
        vec![
            joined(shape.value_bits(), &self.values),
            field(self.row, row),
            field(self.piece, piece),
            field(self.group, group),
            flag(self.clear),
            flag(is_last),
        ]
    }
}

/// The golden model of the block.
struct Golden {
    shape: Shape,
    heads: Heads<2>,
    /// Pairs of tiles of the next head whose values were given.
    given: usize,
}

impl Model for Golden {
    fn accept(&mut self, channel: usize, beat: &[Bits], emit: &mut dyn FnMut(usize, &[Option<Bits>])) {
        let shape = &self.shape;
        match channel {
            0 => emit(0, &[Some(self.heads.take_job(shape, beat))]),
            _ => self.heads.take(channel - 1, &beat[0]),
        }
        while let Some(task) = self.heads.front() {
            let pairs = pairs(&task);
            let tiles = pairs[self.given];
            let has_tile =
                |operand: usize| self.heads.rows(shape, operand) / task.beats(shape) > tiles[operand];
            if !has_tile(0) || !has_tile(1) {
                return;
            }
            let [Some(k), Some(v)] = [0, 1].map(|operand| self.heads.train(shape, operand)) else { return };
            for beat in of_pair(shape, &task, [&k, &v], tiles) {
                emit(1, &beat.into_iter().map(Some).collect::<Vec<_>>());
            }
            self.given += 1;
            if self.given == pairs.len() {
                self.given = 0;
                self.heads.finish(shape);
            }
        }
    }
}

impl Reference for Params {
    fn golden(&self) -> GoldenModel {
        GoldenModel::sequential(Golden { shape: self.shape.clone(), heads: Heads::new(), given: 0 })
    }
}

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
    let (columns, units) = (shape.columns as usize, shape.units as usize);
    let mut beats = vec![];
    for chunk in 0..task.chunks {
        let counts = task.key_values(chunk, k, v);
        // A column that has a spike counts that spike with itself.
        let of_keys = task.key_values(chunk, k, k);
        let of_values = task.key_values(chunk, v, v);
        for group in 0..task.channels(shape) / units {
            let of_group = group * units..(group + 1) * units;
            let is_live = of_group.clone().any(|column| of_values[column][column] > 0);
            for tile in 0..task.tiles {
                if task.masks && tile != group * units / columns {
                    continue;
                }
                let is_wanted = |row: &usize| {
                    is_live && of_keys[*row][*row] > 0 && (!task.masks || of_group.contains(row))
                };
                let rows: Vec<usize> = (tile * columns..(tile + 1) * columns).filter(is_wanted).collect();
                let piece = tile * task.chunks + chunk;
                if rows.is_empty() {
                    beats.push((vec![0; units], 0, piece, group, true));
                }
                for row in &rows {
                    let values = counts[*row][of_group.clone()].to_vec();
                    beats.push((values, row % columns, piece, group, *row == rows[0]));
                }
            }
        }
    }
    let widths = shape.values();
    let count = beats.len();
    let beat =
        |(number, (values, row, piece, group, clear)): (usize, (Vec<u64>, usize, usize, usize, bool))| {
            let field = |value: usize, width: u32| Bits::truncated(value as u128, width);
            let Values { row: row_bits, piece: piece_bits, group: group_bits, .. } = widths;
            vec![
                joined(shape.value_bits(), &values),
                field(row, row_bits),
                field(piece, piece_bits),
                field(group, group_bits),
                flag(clear),
                flag(number + 1 == count),
            ]
        };
    beats.into_iter().enumerate().map(beat).collect()
}

/// The golden model of the block.
struct Golden {
    shape: Shape,
    heads: Heads<2>,
}

impl Model for Golden {
    fn accept(&mut self, channel: usize, beat: &[Bits], emit: &mut dyn FnMut(usize, &[Option<Bits>])) {
        if channel == 0 {
            return emit(0, &[Some(self.heads.take_job(&self.shape, beat))]);
        }
        self.heads.take(channel - 1, &beat[0]);
        while let Some((task, [k, v])) = self.heads.next(&self.shape) {
            for beat in beats(&self.shape, &task, &k, &v) {
                emit(1, &beat.into_iter().map(Some).collect::<Vec<_>>());
            }
        }
    }
}

impl Reference for Params {
    fn golden(&self) -> GoldenModel {
        GoldenModel::sequential(Golden { shape: self.shape.clone(), heads: Heads::new() })
    }
}

//! A matrix product: its input beats and its results.

use super::model::inputs;
use super::params::{Params, Sizes};
use super::stimulus::begin;
use crate::common::lanes::joined;
use crate::pacq::pacq_group_scale::model::result;
use crate::pacq::pacq_tile::decoded::{Column, Row, results};
use crate::pacq::tile::golden::Scale;
use crate::pacq::tile::{DEPTH, ROWS, WORDS};
use crate::pacq::weights::Quantised;
use hdl::Bits;
use std::ops::Range;

/// A matrix of FP16 activations and a matrix of quantised weights.
pub struct Product<'p> {
    params: &'p Params,
    sizes: Sizes,
    activations: &'p [u16],
    weights: &'p Quantised,
}

/// Gives a beat to an input channel.
type Emit<'e> = &'e mut dyn FnMut(usize, &[Bits]);

impl<'p> Product<'p> {
    /// The product of `m` rows of activations and the weights. Panics if their sizes do not match, or if the weights
    /// are of another kind than the block's.
    pub fn new(params: &'p Params, m: usize, activations: &'p [u16], weights: &'p Quantised) -> Product<'p> {
        let scheme = weights.scheme;
        let shape = params.tile.shape();
        assert_eq!(activations.len(), m * scheme.k, "activations of {m} rows");
        assert_eq!((scheme.weight_bits, scheme.group_n), (shape.weight_bits, shape.group_n as usize));
        let group = if scheme.group_k >= scheme.k { 0 } else { scheme.group_k as u32 };
        let sizes = Sizes { m: m as u32, n: scheme.n as u32, k: scheme.k as u32, group };
        assert!(sizes.is_legal(params), "{sizes:?}");
        Product { params, sizes, activations, weights }
    }

    /// Its sizes.
    pub fn sizes(&self) -> Sizes {
        self.sizes
    }

    /// Columns of words.
    pub fn columns(&self) -> usize {
        self.weights.scheme.words()
    }

    /// The scales and zero points of a column of words in a group.
    fn scale(&self, group: usize, column: usize) -> Scale {
        let scheme = self.weights.scheme;
        let of_word = scheme.lanes() / scheme.group_n;
        let places = (0..of_word).map(|place| column * of_word + place);
        let index =
            |place: usize| (place < scheme.group_columns()).then(|| group * scheme.group_columns() + place);
        Scale {
            scales: places
                .clone()
                .map(|place| index(place).map_or(0, |index| self.weights.scales[index]))
                .collect(),
            zeros: places
                .map(|place| index(place).map_or(0, |index| self.weights.zeros[index].into()))
                .collect(),
        }
    }

    /// A row of activations, for [`results`](Product::results).
    pub fn row(&self, row: usize) -> Row {
        let k = self.weights.scheme.k;
        let mut activations = self.activations[row * k..(row + 1) * k].to_vec();
        activations.resize(k.next_multiple_of(DEPTH as usize), 0);
        Row::new(&self.params.tile, activations, &self.sizes.group_ends())
    }

    /// A column of words, for [`results`](Product::results).
    pub fn column(&self, column: usize) -> Column {
        let k = self.weights.scheme.k;
        let mut words: Vec<u16> = (0..k).map(|place| self.weights.word(place, column)).collect();
        words.resize(k.next_multiple_of(DEPTH as usize), 0);
        let groups = 0..self.sizes.group_ends().len();
        Column::new(&self.params.tile, words, groups.map(|group| self.scale(group, column)).collect())
    }

    /// The results of a row and a column of words, a lane after the other, in the format of results.
    pub fn results(&self, row: &Row, column: &Column) -> Vec<u32> {
        let format = self.params.tile.result.float();
        results(&self.params.tile, row, column).into_iter().map(|lane| result(format, lane)).collect()
    }

    /// The register writes that start it.
    pub fn begin(&self, emit: Emit) {
        begin(self.params, self.sizes, emit);
    }

    /// The blocks of results in their order: the first row and column of words of each.
    pub fn blocks(&self) -> impl Iterator<Item = (usize, usize)> + use<> {
        let (m, columns) = (self.sizes.m as usize, self.columns());
        let starts = (0..m).step_by(ROWS as usize);
        starts.flat_map(move |row| (0..columns).step_by(WORDS as usize).map(move |column| (row, column)))
    }

    /// The rows and columns of words of a block in the order of its results.
    pub fn places(&self, (first_row, first_column): (usize, usize)) -> Vec<(usize, usize)> {
        let rows = first_row..(first_row + ROWS as usize).min(self.sizes.m as usize);
        let columns = first_column..(first_column + WORDS as usize).min(self.columns());
        columns.flat_map(|column| rows.clone().map(move |row| (row, column))).collect()
    }

    /// The beats of a block of results; the last beats of the last block end their streams.
    pub fn beats(&self, (first_row, first_column): (usize, usize), emit: Emit) {
        let (k, terms) = (self.weights.scheme.k, self.params.tile.terms as usize);
        let rows = first_row..(first_row + ROWS as usize).min(self.sizes.m as usize);
        let columns = first_column..(first_column + WORDS as usize).min(self.columns());
        let is_last_block = rows.end == self.sizes.m as usize && columns.end == self.columns();
        let mut send = |channel: usize, data: Bits, is_last: bool| {
            emit(channel, &[data, Bits::truncated((is_last && is_last_block).into(), 1)]);
        };
        let beat = |values: Vec<u16>| {
            let mut values = values;
            values.resize(terms, 0);
            joined(16, &values)
        };
        for tile in (0..k).step_by(DEPTH as usize) {
            let of_tile: Vec<usize> = (tile..(tile + DEPTH as usize).min(k)).collect();
            let is_last = |step: &[usize], line, lines: &Range<usize>| {
                step.last() == Some(&(k - 1)) && line + 1 == lines.end
            };
            for row in rows.clone() {
                for step in of_tile.chunks(terms) {
                    let values = step.iter().map(|place| self.activations[row * k + place]).collect();
                    send(inputs::A, beat(values), is_last(step, row, &rows));
                }
            }
            for column in columns.clone() {
                for step in of_tile.chunks(terms) {
                    let words = step.iter().map(|place| self.weights.word(*place, column)).collect();
                    send(inputs::B, beat(words), is_last(step, column, &columns));
                }
            }
        }
        let groups = self.sizes.group_ends().len();
        for group in 0..groups {
            for column in columns.clone() {
                let is_last = group + 1 == groups && column + 1 == columns.end;
                send(inputs::SCALE, self.scale_beat(group, column), is_last);
            }
        }
    }

    fn scale_beat(&self, group: usize, column: usize) -> Bits {
        let shape = self.params.tile.shape();
        let Scale { scales, zeros } = self.scale(group, column);
        let mut data = Bits::zero(self.params.scale_bits());
        for (place, (scale, zero)) in (0..).zip(scales.into_iter().zip(zeros)) {
            data.insert(16 * place, &Bits::truncated(scale.into(), 16));
            let low = 16 * shape.scales() + shape.weight_bits * place;
            data.insert(low, &Bits::truncated(zero.into(), shape.weight_bits));
        }
        data
    }
}

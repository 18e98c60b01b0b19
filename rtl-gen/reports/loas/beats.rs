//! Divides a layer into tiles, chunks and beats for the array with joins.

use super::layers::{Layer, TIME_STEPS};
use super::operands::Operands;
use blocks::loas::loas_array::Params;
use blocks::loas::loas_tppe::ChunksB;
use hdl::{Bits, Bundle};

/// A part of a layer: rows for every element, and as many columns as the elements keep sums for.
pub struct Tile {
    pub first_row: usize,
    pub first_column: usize,
    pub chunks: Vec<Chunk>,
}

/// The operands of one chunk of K.
pub struct Chunk {
    /// Beats of A, with the fields of its channel.
    pub a: Vec<Vec<Bits>>,
    /// Beats of B, likewise.
    pub b: Vec<Vec<Bits>>,
}

/// The tiles of a layer on an array of so many rows and columns: all columns for some rows, then for the next rows. `a` and
/// `b` make the beats of a chunk from its first row or column and its number, and whether it is the last.
pub fn tiles<'t>(
    layer: &Layer,
    [rows, columns]: [usize; 2],
    chunk: u32,
    a: impl Fn(usize, usize, bool) -> Vec<Vec<Bits>> + 't,
    b: impl Fn(usize, usize, bool) -> Vec<Vec<Bits>> + 't,
) -> impl Iterator<Item = Tile> + 't {
    let (m, n, count) = (layer.m, layer.n, layer.k.div_ceil(chunk as usize));
    let corners = (0..m).step_by(rows).flat_map(move |first_row| {
        (0..n).step_by(columns).map(move |first_column| (first_row, first_column))
    });
    corners.map(move |(first_row, first_column)| {
        let chunks = (0..count).map(|chunk| {
            let is_last = chunk + 1 == count;
            Chunk { a: a(first_row, chunk, is_last), b: b(first_column, chunk, is_last) }
        });
        Tile { first_row, first_column, chunks: chunks.collect() }
    })
}

fn flag(value: bool) -> Bits {
    Bits::truncated(value.into(), 1)
}

/// Beats of a chunk of A.
pub fn a_beats(
    operands: &Operands,
    params: &Params,
    first_row: usize,
    chunk: usize,
    is_last: bool,
) -> Vec<Vec<Bits>> {
    let (bits, per_beat) = (params.element.mask_bits, params.rows_per_beat);
    let beat = |beat: u32| {
        let mut masks = Bits::zero(per_beat * bits);
        let mut words = Bits::zero(per_beat * bits * TIME_STEPS);
        for place in 0..per_beat {
            let row = operands.spikes.get(first_row + (beat * per_beat + place) as usize);
            let mut next = place * bits * TIME_STEPS;
            let of_chunk =
                row.iter().flat_map(|row| row.iter().skip(chunk * bits as usize).take(bits as usize));
            for (position, word) in of_chunk.enumerate().filter(|(_, word)| **word != 0) {
                masks.set_bit(place * bits + position as u32, true);
                words.insert(next, &Bits::truncated((*word).into(), TIME_STEPS));
                next += TIME_STEPS;
            }
        }
        vec![masks, words, flag(is_last)]
    };
    (0..params.beats_of_a()).map(beat).collect()
}

/// Beats of a chunk of B. Groups without weights are skipped; a column with more weights than a mask holds is sent in several beats.
pub fn b_beats(operands: &Operands, params: &Params, first_column: usize, chunk: usize) -> Vec<Vec<Bits>> {
    let element = &params.element;
    let (bits, values, group) = (element.mask_bits as usize, element.values as usize, element.group as usize);
    let mut beats: Vec<Vec<Bits>> = vec![];
    for number in 0..element.columns as usize / group {
        let column = |place: usize| {
            let weights =
                operands.weights.get(first_column + number * group + place).map_or(&[][..], Vec::as_slice);
            let from = weights.partition_point(|(row, _)| *row < chunk * bits);
            let to = weights.partition_point(|(row, _)| *row < (chunk + 1) * bits);
            &weights[from..to]
        };
        let columns: Vec<&[(usize, i8)]> = (0..group).map(column).collect();
        let times = columns.iter().map(|column| column.len().div_ceil(values)).max().unwrap_or(0);
        for time in 0..times {
            let mut masks = Bits::zero((group * bits) as u32);
            let mut weights = Bits::zero((group * values) as u32 * element.weight_bits);
            for (place, column) in columns.iter().enumerate() {
                for (offset, (row, weight)) in column.iter().skip(time * values).take(values).enumerate() {
                    masks.set_bit((place * bits + row % bits) as u32, true);
                    let low = (place * values + offset) as u32 * element.weight_bits;
                    weights.insert(low, &Bits::from_limbs(element.weight_bits, &[*weight as u64]));
                }
            }
            beats.push(vec![
                masks,
                weights,
                Bits::truncated(number as u128, element.group_bits()),
                flag(false),
            ]);
        }
    }
    // A chunk has at least one beat, even without weights.
    if beats.is_empty() {
        let ChunksB { masks, values: weights, group: number, .. } =
            element.b().map(|width| Bits::zero(*width));
        beats.push(vec![masks, weights, number, flag(false)]);
    }
    beats.last_mut().expect("there is a beat")[3] = flag(true);
    beats
}

//! Divides a product into tiles, chunks and beats for the array with joins.

use blocks::loas::loas_array::Params;
use blocks::loas::loas_tppe::ChunksB;
use hdl::{Bits, Bundle};

/// What the array multiplies.
pub struct Factors<'f, W> {
    /// Rows of spikes.
    pub rows: usize,
    /// Their length.
    pub k: usize,
    /// The words of a row, with the first time step in the most significant bit.
    pub row: &'f dyn Fn(usize) -> Option<Vec<u16>>,
    /// For each column, its weights with their places, in order; none is 0.
    pub columns: &'f [Vec<(usize, W)>],
}

/// A part of a product: rows for every element, and as many columns as the elements keep sums for.
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

/// The tiles of a product: all columns for some rows, then for the next rows. A chunk of K without weights for a tile is left
/// out, but for the first.
pub fn tiles<'t, W: Copy + Into<i64>>(
    factors: &'t Factors<'_, W>,
    params: &'t Params,
) -> impl Iterator<Item = Tile> + 't {
    let (rows, columns) = (params.rows as usize, params.element.columns as usize);
    let corners = (0..factors.rows).step_by(rows).flat_map(move |first_row| {
        (0..factors.columns.len()).step_by(columns).map(move |first_column| (first_row, first_column))
    });
    corners.map(move |(first_row, first_column)| {
        let of_tile = &factors.columns[first_column..factors.columns.len().min(first_column + columns)];
        let has_weights = |chunk: &usize| {
            *chunk == 0 || of_tile.iter().any(|column| !of_chunk(column, *chunk, params).is_empty())
        };
        let chunks = 0..factors.k.div_ceil(params.element.mask_bits as usize);
        let chunks: Vec<usize> = chunks.filter(has_weights).collect();
        let rows: Vec<Option<Vec<u16>>> = (first_row..first_row + rows).map(factors.row).collect();
        let chunk = |chunk: &usize| Chunk {
            a: a_beats(&rows, params, *chunk, Some(chunk) == chunks.last()),
            b: b_beats(of_tile, params, *chunk),
        };
        Tile { first_row, first_column, chunks: chunks.iter().map(chunk).collect() }
    })
}

/// The weights of a column in a chunk.
fn of_chunk<'c, W>(column: &'c [(usize, W)], chunk: usize, params: &Params) -> &'c [(usize, W)] {
    let bits = params.element.mask_bits as usize;
    let from = column.partition_point(|(row, _)| *row < chunk * bits);
    let to = column.partition_point(|(row, _)| *row < (chunk + 1) * bits);
    &column[from..to]
}

fn flag(value: bool) -> Bits {
    Bits::truncated(value.into(), 1)
}

/// Beats of a chunk of A, of the rows of a tile.
pub fn a_beats(rows: &[Option<Vec<u16>>], params: &Params, chunk: usize, is_last: bool) -> Vec<Vec<Bits>> {
    let (bits, per_beat, steps) = (params.element.mask_bits, params.rows_per_beat, params.element.time_steps);
    let beat = |beat: u32| {
        let mut masks = Bits::zero(per_beat * bits);
        let mut words = Bits::zero(per_beat * bits * steps);
        for place in 0..per_beat {
            let row = &rows[(beat * per_beat + place) as usize];
            let mut next = place * bits * steps;
            let of_chunk =
                row.iter().flat_map(|row| row.iter().skip(chunk * bits as usize).take(bits as usize));
            for (position, word) in of_chunk.enumerate().filter(|(_, word)| **word != 0) {
                masks.set_bit(place * bits + position as u32, true);
                words.insert(next, &Bits::truncated((*word).into(), steps));
                next += steps;
            }
        }
        vec![masks, words, flag(is_last)]
    };
    (0..params.beats_of_a()).map(beat).collect()
}

/// Beats of a chunk of B, of the columns of a tile. Groups without weights are skipped; a column with more weights than a mask holds is
/// sent in several beats.
pub fn b_beats<W: Copy + Into<i64>>(
    of_tile: &[Vec<(usize, W)>],
    params: &Params,
    chunk: usize,
) -> Vec<Vec<Bits>> {
    let element = &params.element;
    let (bits, values, group) = (element.mask_bits as usize, element.values as usize, element.group as usize);
    let mut beats: Vec<Vec<Bits>> = vec![];
    for number in 0..element.columns as usize / group {
        let column = |place: usize| {
            of_chunk(of_tile.get(number * group + place).map_or(&[][..], Vec::as_slice), chunk, params)
        };
        let columns: Vec<&[(usize, W)]> = (0..group).map(column).collect();
        let times = columns.iter().map(|column| column.len().div_ceil(values)).max().unwrap_or(0);
        for time in 0..times {
            let mut masks = Bits::zero((group * bits) as u32);
            let mut weights = Bits::zero((group * values) as u32 * element.weight_bits);
            for (place, column) in columns.iter().enumerate() {
                for (offset, (row, weight)) in column.iter().skip(time * values).take(values).enumerate() {
                    masks.set_bit((place * bits + row % bits) as u32, true);
                    let low = (place * values + offset) as u32 * element.weight_bits;
                    weights.insert(low, &Bits::from_limbs(element.weight_bits, &[(*weight).into() as u64]));
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

//! Beats for the array that looks spikes up: weights with their coordinates, and a word for each neuron.

use super::beats::{Chunk, Tile};
use super::layers::{Layer, TIME_STEPS};
use super::operands::Operands;
use blocks::loas::loas_broadcast_array::{Params, Weights};
use hdl::{Bits, Bundle};

/// The tiles of a layer: all columns for some rows, then for the next rows.
pub fn tiles<'t>(
    layer: &Layer,
    operands: &'t Operands,
    params: &'t Params,
) -> impl Iterator<Item = Tile> + 't {
    let (m, n, count) = (layer.m, layer.n, layer.k.div_ceil(params.chunk as usize));
    let (rows, columns) = (params.rows as usize, params.columns as usize);
    let corners = (0..m).step_by(rows).flat_map(move |first_row| {
        (0..n).step_by(columns).map(move |first_column| (first_row, first_column))
    });
    corners.map(move |(first_row, first_column)| {
        let chunk = |chunk: usize| Chunk {
            a: a_beats(operands, params, first_row, chunk),
            b: b_beats(operands, params, first_column, chunk, chunk + 1 == count),
        };
        Tile { first_row, first_column, chunks: (0..count).map(chunk).collect() }
    })
}

/// Beats of a chunk of A.
pub fn a_beats(operands: &Operands, params: &Params, first_row: usize, chunk: usize) -> Vec<Vec<Bits>> {
    let (neurons, rows) = (params.chunk as usize, params.rows_per_beat as usize);
    let beat = |beat: usize| {
        let mut words = Bits::zero(params.a().words);
        for place in 0..rows {
            let row = operands.spikes.get(first_row + beat * rows + place);
            let of_chunk = row.iter().flat_map(|row| row.iter().skip(chunk * neurons).take(neurons));
            for (neuron, word) in of_chunk.enumerate() {
                let low = (place * neurons + neuron) as u32 * TIME_STEPS;
                words.insert(low, &Bits::truncated((*word).into(), TIME_STEPS));
            }
        }
        vec![words]
    };
    (0..params.beats_of_a() as usize).map(beat).collect()
}

/// A weight on its way: column divided by the number of pipes, position in the chunk, value.
type Weight = (usize, usize, i8);

/// Beats of a chunk of B: of the columns of each pipe as many weights as it has lanes. A chunk has at least one beat, even
/// without weights.
pub fn b_beats(
    operands: &Operands,
    params: &Params,
    first_column: usize,
    chunk: usize,
    is_last_chunk: bool,
) -> Vec<Vec<Bits>> {
    let (pipes, neurons) = (params.pipes as usize, params.chunk as usize);
    let lanes = params.lanes as usize / pipes;
    let of_column = |number: usize| {
        let column = operands.weights.get(first_column + number).map_or(&[][..], Vec::as_slice);
        let of_chunk = column.iter().filter(move |(row, _)| row / neurons == chunk);
        of_chunk.map(move |(row, weight)| (number / pipes, row % neurons, *weight))
    };
    let of_pipe = |pipe: usize| -> Vec<Weight> {
        (pipe..params.columns as usize).step_by(pipes).flat_map(of_column).collect()
    };
    let of_pipes: Vec<Vec<Weight>> = (0..pipes).map(of_pipe).collect();
    let count = of_pipes.iter().map(|weights| weights.len().div_ceil(lanes)).max().unwrap_or(0).max(1);
    let beat = |number: usize| {
        let zero = params.b().map(|width| Bits::zero(*width));
        let Weights { mut enables, mut positions, mut columns, mut weights, .. } = zero;
        for (pipe, of_pipe) in of_pipes.iter().enumerate() {
            let of_beat = of_pipe.iter().skip(number * lanes).take(lanes);
            for (place, (column, position, weight)) in of_beat.enumerate() {
                let lane = (place * pipes + pipe) as u32;
                let insert = |field: &mut Bits, width: u32, value: u64| {
                    field.insert(lane * width, &Bits::from_limbs(width, &[value]));
                };
                enables.set_bit(lane, true);
                insert(&mut positions, params.position_bits(), *position as u64);
                insert(&mut columns, params.column_bits(), *column as u64);
                insert(&mut weights, params.weight_bits, *weight as u64);
            }
        }
        let is_last = number + 1 == count;
        let [last, last_chunk] =
            [is_last, is_last && is_last_chunk].map(|flag| Bits::truncated(flag.into(), 1));
        vec![enables, positions, columns, weights, last, last_chunk]
    };
    (0..count).map(beat).collect()
}

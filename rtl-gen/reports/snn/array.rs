//! Products on the RTL of `loas_array`, one after the other.

use crate::ReportError;
use crate::loas::{Factors, tiles};
use crate::streams::{LEAST_WAITING, Streams};
use blocks::channel::Ports;
use blocks::loas::loas_array::Params;
use hdl::Bits;
use sim::Simulator;
use std::collections::VecDeque;
use testbenches::Progress;

/// An array that runs.
pub struct Array<'s> {
    params: Params,
    streams: Streams<&'s mut dyn Simulator>,
}

/// What a row and column of a product give.
pub struct Given {
    pub row: usize,
    pub column: usize,
    /// The spikes, the first time step in the most significant bit.
    pub word: u16,
    /// The sum of each time step.
    pub sums: Vec<i64>,
}

const A: usize = 0;
const B: usize = 1;
const THRESHOLD: usize = 2;

impl<'s> Array<'s> {
    pub fn new(params: &Params, simulator: &'s mut dyn Simulator) -> Array<'s> {
        Array { params: params.clone(), streams: Streams::new(simulator, &params.interface()) }
    }

    /// Runs a product with a threshold for each column. Gives its cycles, from the first beat to the last spikes.
    pub fn run(
        &mut self,
        factors: &Factors<'_, i16>,
        thresholds: &[i64],
        emit: &mut dyn FnMut(Given),
        progress: &dyn Progress,
    ) -> Result<u64, ReportError> {
        let Array { params, streams } = self;
        let params = &*params;
        let before = streams.cycles();
        let mut awaited: VecDeque<(usize, usize)> = VecDeque::new();
        let mut tiles = tiles(factors, params).peekable();
        let (columns, width) = (params.element.columns as usize, params.element.sum_bits());
        while tiles.peek().is_some() || !awaited.is_empty() {
            while streams.waiting(A) < LEAST_WAITING {
                let Some(tile) = tiles.next() else { break };
                for chunk in &tile.chunks {
                    chunk.a.iter().for_each(|beat| streams.push(A, beat));
                    chunk.b.iter().for_each(|beat| streams.push(B, beat));
                }
                for column in tile.first_column..tile.first_column + columns {
                    let threshold = thresholds.get(column).copied().unwrap_or_default();
                    streams.push(THRESHOLD, &[Bits::from_limbs(width, &[threshold as u64])]);
                    awaited.push_back((tile.first_row, column));
                }
                progress.advance(1);
            }
            if progress.is_cancelled() {
                return Err(ReportError::Cancelled);
            }
            cycle(params, streams, &mut awaited, [factors.rows, factors.columns.len()], emit)?;
        }
        Ok(streams.cycles() - before)
    }
}

fn cycle(
    params: &Params,
    streams: &mut Streams<&mut dyn Simulator>,
    awaited: &mut VecDeque<(usize, usize)>,
    [rows, columns]: [usize; 2],
    emit: &mut dyn FnMut(Given),
) -> Result<(), ReportError> {
    let mut wrong = None;
    streams.cycle(&mut |_, beat| {
        let Some((first_row, column)) = awaited.pop_front() else {
            wrong = Some("spikes that nothing asked for".to_string());
            return;
        };
        if let [.., overflow, error] = beat
            && !(overflow.is_zero() && error.is_zero())
        {
            wrong = Some(format!("out_overflow is {overflow}, out_error is {error}"));
        }
        let count = (params.rows as usize).min(rows.saturating_sub(first_row));
        if column < columns {
            (0..count).for_each(|row| emit(given(params, beat, first_row, row, column)));
        }
    })?;
    match wrong {
        Some(what) => Err(ReportError::Wrong(format!("loas_array: {what}"))),
        None => Ok(()),
    }
}

fn given(params: &Params, beat: &[Bits], first_row: usize, row: usize, column: usize) -> Given {
    let (steps, width) = (params.element.time_steps, params.element.sum_bits());
    let part =
        |bits: &Bits, place: u32, width: u32| bits.slice((place + 1) * width - 1, place * width).to_u64();
    let sum = |step: u32| {
        let bits = part(&beat[1], row as u32 * steps + step, width);
        (bits << (64 - width)) as i64 >> (64 - width)
    };
    Given {
        row: first_row + row,
        column,
        word: part(&beat[0], row as u32, steps) as u16,
        sums: if params.sums { (0..steps).map(sum).collect() } else { vec![] },
    }
}

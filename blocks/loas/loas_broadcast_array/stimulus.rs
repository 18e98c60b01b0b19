//! Stimulus and coverage points.

use super::params::Params;
use crate::common::lanes::{corner_weighted, flag, joined};
use crate::loas::masks::{dense, part, random_mask};
use crate::stimulus::{Coverage, Observe, Space, Stimulus, case_rng, report_reached};
use fastrand::Rng;
use hdl::Bits;

/// Names of the coverage points.
const POINTS: [&str; 8] = [
    "rows of one chunk",
    "rows of several chunks",
    "silent row",
    "word of all ones",
    "beat without a weight",
    "weight in every lane",
    "weight at its least",
    "last chunk marked before its last beat",
];

impl Stimulus for Params {
    /// A tile: rows of one to three chunks, each with some weights.
    fn random(&self, seed: u64) -> Space {
        let params = self.clone();
        let make = move |index: u64, emit: &mut dyn FnMut(usize, &[Bits])| {
            let mut rng = case_rng(seed, index);
            let chunks = rng.u8(1..=3);
            for chunk in 1..=chunks {
                for _ in 0..params.beats_of_a() {
                    emit(0, &[spikes(&params, &mut rng)]);
                }
                // Now and then as many as fill the FIFOs.
                let beats = if rng.u8(..4) == 0 { 3 * params.fifo_depth + 4 } else { rng.u32(1..=4) };
                for beat in 1..=beats {
                    emit(1, &weights(&params, &mut rng, [beat == beats, chunk == chunks]));
                }
            }
        };
        Space { name: "random tiles".into(), cases: u64::MAX, make: Box::new(make), make_many: None }
    }

    fn cycles_per_case(&self) -> u64 {
        u64::from(self.columns + 12 * self.fifo_depth) + 50
    }

    fn coverage(&self) -> Coverage<'_> {
        Coverage::new(POINTS, Observer { params: self, is_long: false })
    }
}

/// The chunks of the rows of a beat.
fn spikes(params: &Params, rng: &mut Rng) -> Bits {
    let Params { chunk, time_steps, .. } = *params;
    let all = (1u64 << time_steps) - 1;
    let mut words = Bits::zero(params.a().words);
    for row in 0..params.rows_per_beat {
        let fires_always = rng.u8(..4) == 0;
        let mask = random_mask(rng, chunk);
        for neuron in (0..chunk).filter(|neuron| mask.bit(*neuron)) {
            let word = if fires_always { all } else { rng.u64(1..=all) };
            words.insert((row * chunk + neuron) * time_steps, &Bits::truncated(word.into(), time_steps));
        }
    }
    words
}

/// A beat of weights. The flag of the last chunk has a meaning in the chunk's last beat only.
fn weights(params: &Params, rng: &mut Rng, [is_last, is_last_chunk]: [bool; 2]) -> [Bits; 6] {
    let Params { lanes, weight_bits, .. } = *params;
    let enables = match rng.u8(..4) {
        0 => Bits::ones(lanes),
        1 => Bits::zero(lanes),
        _ => dense(rng, lanes, 512),
    };
    let mut below = |bits: u32| -> Vec<i64> { (0..lanes).map(|_| rng.i64(..1 << bits)).collect() };
    let (positions, columns) = (below(params.position_bits()), below(params.column_bits()));
    let extreme = rng.u8(..4) == 0;
    let least = -1i64 << (weight_bits - 1);
    let weight = |_| if extreme { least } else { corner_weighted(weight_bits, rng) };
    let values: Vec<i64> = (0..lanes).map(weight).collect();
    [
        enables,
        joined(params.position_bits(), &positions),
        joined(params.column_bits(), &columns),
        joined(weight_bits, &values),
        flag(is_last),
        flag(if is_last { is_last_chunk } else { rng.bool() }),
    ]
}

/// Finds the coverage points.
struct Observer<'p> {
    params: &'p Params,
    /// The rows had a chunk before this one.
    is_long: bool,
}

impl Observe for Observer<'_> {
    fn taken(&mut self, channel: usize, beat: &[Bits], hit: &mut dyn FnMut(usize)) {
        let Params { time_steps, rows_per_beat, chunk, lanes, weight_bits, .. } = *self.params;
        if channel == 0 {
            let row = |row: u32| part(&beat[0], row, self.params.row().words);
            let is_all = |word: u32| part(&beat[0], word, time_steps).is_ones();
            let is_silent = (0..rows_per_beat).any(|number| row(number).is_zero());
            let has_all = (0..rows_per_beat * chunk).any(is_all);
            return report_reached(&[false, false, is_silent, has_all], hit);
        }
        let (is_last, ends) = (beat[4].bit(0), beat[5].bit(0));
        let is_least = |lane: u32| {
            beat[0].bit(lane) && part(&beat[3], lane, weight_bits).to_u64() == 1 << (weight_bits - 1)
        };
        report_reached(
            &[
                is_last && ends && !self.is_long,
                is_last && ends && self.is_long,
                false,
                false,
                beat[0].is_zero(),
                beat[0].is_ones(),
                (0..lanes).any(is_least),
                ends && !is_last,
            ],
            hit,
        );
        if is_last {
            self.is_long = !ends;
        }
    }
}

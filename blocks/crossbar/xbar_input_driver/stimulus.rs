//! Vectors of inputs, and the coverage points that they reach.

use super::model::{Complete, Vectors};
use super::params::Params;
use crate::common::lanes::{flag, joined};
use crate::common::row_framing::random_beats;
use crate::crossbar::phase::Encoding;
use crate::stimulus::{Coverage, Observe, Space, Stimulus, case_rng, report_reached};
use fastrand::Rng;
use hdl::Bits;

const POINTS: [&str; 8] = [
    "vector of zeros, phases left out",
    "phases without a 1 driven",
    "vector of one phase that is the last of all",
    "every phase drives",
    "vector that is too long",
    "least input",
    "vector shorter than the rows",
    "some phases left out",
];

/// The coverage points that the parameters allow, each with its place among all.
fn numbered_points(params: &Params) -> impl Iterator<Item = (usize, &'static str)> {
    // No magnitude that adds has the highest bit.
    let can_drive_all = params.encoding != Encoding::SignMagnitude;
    let (is_signed, has_beats, has_phases) =
        (params.encoding.is_signed(), params.beats() > 1, params.slots().len() > 1);
    (0..).zip(POINTS).filter(move |(place, _)| match place {
        3 => can_drive_all,
        5 => is_signed,
        6 => has_beats,
        7 => has_phases,
        _ => true,
    })
}

/// Vectors of at most so many bits are all run.
const ENUMERATED: u32 = 10;

impl Stimulus for Params {
    /// Every vector, with phases left out and not; then every one that is too short, and that is too long.
    fn spaces(&self) -> Vec<Space> {
        let (width, params) = (self.lanes * self.input_bits, self.clone());
        let total = self.beats() * width;
        if total > ENUMERATED {
            return vec![];
        }
        let make = move |index: u64, emit: &mut dyn FnMut(usize, &[Bits])| {
            let (skips, kind) = (index >> total & 1 == 1, index >> (total + 1));
            let beats = match kind {
                0 => params.beats(),
                1 => 1,
                _ => params.beats() + 1,
            };
            for beat in 0..beats {
                let data = Bits::truncated((index >> (beat % params.beats() * width)).into(), width);
                emit(0, &[data, flag(skips), flag(beat + 1 == beats)]);
            }
        };
        vec![Space {
            name: "every vector".into(),
            cases: 3 << (total + 1),
            make: Box::new(make),
            make_many: None,
        }]
    }

    /// One vector a case, one in sixteen too long: any inputs, few that are not 0, or some bits of them only.
    fn random(&self, seed: u64) -> Space {
        let params = self.clone();
        let make = move |index, emit: &mut dyn FnMut(usize, &[Bits])| {
            let mut rng = case_rng(seed, index);
            let beats = random_beats(&mut rng, params.beats());
            let mut input = inputs(&params, &mut rng);
            for beat in 1..=beats {
                let data: Vec<u64> = (0..params.lanes).map(|_| input(&mut rng)).collect();
                let beat = [joined(params.input_bits, &data), flag(rng.u8(..4) > 0), flag(beat == beats)];
                emit(0, &beat);
            }
        };
        Space { name: "random".into(), cases: u64::MAX, make: Box::new(make), make_many: None }
    }

    fn cycles_per_case(&self) -> u64 {
        u64::from(self.beats()) + self.slots().len() as u64
    }

    fn coverage(&self) -> Coverage<'_> {
        let points: Vec<&'static str> = numbered_points(self).map(|(_, point)| point).collect();
        Coverage::new(points, Observer { params: self, vectors: Vectors::new(self) })
    }
}

/// Gives the inputs of a vector.
fn inputs(params: &Params, rng: &mut Rng) -> impl FnMut(&mut Rng) -> u64 + use<> {
    let (kind, all, least) = (rng.u8(..8), (1 << params.input_bits) - 1, 1 << (params.input_bits - 1));
    let mask = rng.u64(0..=all) & rng.u64(0..=all);
    let (mut rows, last_row) = (1..=params.rows, params.rows);
    move |rng| match (kind, rows.next()) {
        (0, _) => 0,
        (1, _) => least,
        (2, _) => all,
        // The last row only.
        (7, row) => {
            if row == Some(last_row) {
                least
            } else {
                0
            }
        }
        // Few rows, which may all be in one block.
        (3, _) if rng.u8(..16) > 0 => 0,
        (4, _) => rng.u64(0..=all) & mask,
        (5, _) => [0, least, all][rng.usize(..3)],
        _ => rng.u64(0..=all),
    }
}

/// Finds the coverage points of vectors.
struct Observer<'p> {
    params: &'p Params,
    vectors: Vectors,
}

impl Observe for Observer<'_> {
    fn taken(&mut self, _channel: usize, beat: &[Bits], hit: &mut dyn FnMut(usize)) {
        let Some(Complete { inputs, phases, error }) = self.vectors.take(beat) else { return };
        let slots = self.params.slots();
        let drives = phases.iter().filter(|driven| driven.rows.contains(&true)).count();
        let skips = beat[1].bit(0);
        let is_reached = [
            skips && drives == 0,
            drives < phases.len() && !skips,
            phases.len() == 1 && Some(&phases[0].slot) == slots.last(),
            drives == slots.len(),
            error,
            inputs.contains(&(1 << (self.params.input_bits - 1))),
            inputs.len() < self.params.rows as usize,
            skips && phases.len() < slots.len() && drives > 0,
        ];
        let is_reached: Vec<bool> =
            numbered_points(self.params).map(|(place, _)| is_reached[place]).collect();
        report_reached(&is_reached, hit);
    }
}

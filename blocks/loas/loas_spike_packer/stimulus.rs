//! Stimulus and coverage points.

use super::params::Params;
use crate::loas::masks::part;
use crate::stimulus::{Coverage, Observe, Space, Stimulus, case_rng};
use fastrand::Rng;
use hdl::Bits;

/// Names of the coverage points; the last one only exists if some firing neurons are dropped.
pub fn points(params: &Params) -> Vec<&'static str> {
    let mut points = vec![
        "silent chunk",
        "every neuron kept",
        "row of one beat",
        "row of a full chunk",
        "row of several chunks",
    ];
    if params.drop > 0 {
        points.push("neuron that fires dropped");
    }
    points
}

impl Stimulus for Params {
    /// A row of up to two and a half chunks.
    fn random(&self, seed: u64) -> Space {
        let params = self.clone();
        let make = move |index: u64, emit: &mut dyn FnMut(usize, &[Bits])| {
            let mut rng = case_rng(seed, index);
            let beats = match rng.u8(..8) {
                0 => 1,
                1 => params.beats(),
                2 => 2 * params.beats(),
                3 => params.beats() + 1,
                _ => rng.u32(1..=params.beats() * 5 / 2),
            };
            let kind = rng.u8(..4);
            for beat in 1..=beats {
                let mut spikes = Bits::zero(params.lanes * params.time_steps);
                for lane in 0..params.lanes {
                    spikes.insert(lane * params.time_steps, &word(&params, &mut rng, kind));
                }
                emit(0, &[spikes, Bits::truncated((beat == beats).into(), 1)]);
            }
        };
        Space { name: "random rows".into(), cases: u64::MAX, make: Box::new(make), make_many: None }
    }

    fn cycles_per_case(&self) -> u64 {
        self.beats().into()
    }

    fn coverage(&self) -> Coverage<'_> {
        Coverage::new(points(self), Observer::new(self))
    }
}

/// Silent, all ones, or anything.
fn word(params: &Params, rng: &mut Rng, kind: u8) -> Bits {
    let width = params.time_steps;
    match kind {
        0 => Bits::zero(width),
        1 => Bits::ones(width),
        _ if rng.bool() => Bits::zero(width),
        _ => Bits::from_limbs(width, &[rng.u64(..)]),
    }
}

/// Finds the coverage points.
pub struct Observer<'p> {
    params: &'p Params,
    /// Spikes of each neuron of the chunk so far.
    chunk: Vec<u32>,
    chunks: u32,
}

impl Observer<'_> {
    /// Nothing has been seen.
    pub fn new(params: &Params) -> Observer<'_> {
        Observer { params, chunk: vec![], chunks: 0 }
    }
}

impl Observe for Observer<'_> {
    fn taken(&mut self, _channel: usize, beat: &[Bits], hit: &mut dyn FnMut(usize)) {
        let Params { mask_bits, time_steps, lanes, drop, .. } = *self.params;
        let spikes = |lane: u32| part(&beat[0], lane, time_steps).to_u64().count_ones();
        self.chunk.extend((0..lanes).map(spikes));
        let (is_last, is_full) = (beat[1].bit(0), self.chunk.len() == mask_bits as usize);
        if !is_last && !is_full {
            return;
        }
        let reached = [
            self.chunk.iter().all(|count| *count == 0),
            is_full && self.chunk.iter().all(|count| *count > drop),
            is_last && self.chunks == 0 && self.chunk.len() == lanes as usize,
            is_last && self.chunks == 0 && is_full,
            is_last && self.chunks > 0,
            drop > 0 && self.chunk.iter().any(|count| (1..=drop).contains(count)),
        ];
        (0..reached.len()).filter(|point| reached[*point]).for_each(hit);
        self.chunk.clear();
        self.chunks = if is_last { 0 } else { self.chunks + 1 };
    }
}

//! Key frames and frames that differ a little, and the coverage points that they reach.

use super::model::{Done, Golden};
use super::params::Params;
use crate::common::frames::random_beats;
use crate::common::lanes::{flag, joined};
use crate::stimulus::{Coverage, Observe, Space, Stimulus, case_rng, report_reached};
use fastrand::Rng;
use hdl::Bits;

/// The most frames of a case.
const FRAMES: u32 = 4;

const POINTS: [&str; 12] = [
    "key frame",
    "residual frame",
    "black sample of a key frame",
    "difference at the threshold",
    "difference just above it",
    "greatest difference",
    "least difference",
    "chunk without a word, of a residual frame",
    "frame that is too short",
    "frame that is too long",
    "beat that is dropped",
    "key frame that no one asked for",
];

/// The number of a point that beats without any other reach.
const DROPPED: usize = 10;

impl Stimulus for Params {
    /// Some frames a case; one case of 16 with mistakes.
    fn random(&self, seed: u64) -> Space {
        let params = self.clone();
        let make = move |index, emit: &mut dyn FnMut(usize, &[Bits])| {
            let mut rng = case_rng(seed, index);
            let greatest = (1 << params.value_bits) - 1;
            let mut frame: Vec<u64> = (0..params.samples).map(|_| sample(greatest, &mut rng)).collect();
            for number in 0..rng.u32(1..=FRAMES) {
                let key = rng.u8(..4) == 0;
                let threshold = [0, 0, rng.u64(..=greatest / 4), rng.u64(..=greatest)][rng.usize(..4)];
                if number > 0 {
                    let (kind, changed) = (rng.u8(..6), rng.u8(..8));
                    frame.iter_mut().for_each(|value| {
                        if rng.u8(..8) <= changed {
                            *value = moved(greatest, &mut rng, kind, *value, threshold);
                        }
                    });
                }
                let beats: Vec<&[u64]> = frame.chunks(params.lanes as usize).collect();
                let own = params.beats();
                let count = if index % 16 == 15 { random_beats(&mut rng, own) } else { own };
                for place in 0..count {
                    let values = beats[(place % own) as usize].iter().map(|value| *value as i64);
                    let key = if place == 0 { key } else { rng.bool() };
                    emit(
                        0,
                        &[
                            joined(params.value_bits, &values.collect::<Vec<_>>()),
                            flag(key),
                            Bits::truncated(threshold.into(), params.value_bits),
                            flag(place + 1 == count),
                        ],
                    );
                }
            }
        };
        Space { name: "random".into(), cases: u64::MAX, make: Box::new(make), make_many: None }
    }

    fn cycles_per_case(&self) -> u64 {
        u64::from(self.beats() * FRAMES) * 5 / 8
    }

    fn coverage(&self) -> Coverage<'_> {
        Coverage::new(POINTS, Observer { params: self, golden: Golden::new(self), taken: 0, words: 0 })
    }
}

fn sample(greatest: u64, rng: &mut Rng) -> u64 {
    match rng.u8(..4) {
        0 => 0,
        1 => greatest,
        _ => rng.u64(..=greatest),
    }
}

/// The sample of the next frame: about a threshold away, at the other end, or any.
fn moved(greatest: u64, rng: &mut Rng, kind: u8, value: u64, threshold: u64) -> u64 {
    let by = threshold + rng.u64(..=1);
    match kind {
        0 => value,
        1 => sample(greatest, rng),
        2 => greatest - value,
        _ if rng.bool() => (value + by).min(greatest),
        _ => value.saturating_sub(by),
    }
}

/// Finds the coverage points of beats.
struct Observer<'p> {
    params: &'p Params,
    golden: Golden,
    /// Samples of the chunk so far, and words among them.
    taken: u32,
    words: usize,
}

impl Observe for Observer<'_> {
    fn taken(&mut self, _channel: usize, beat: &[Bits], hit: &mut dyn FnMut(usize)) {
        let (greatest, threshold) = ((1 << self.params.value_bits) - 1, beat[2].to_u64() as i64);
        let Some(done) = self.golden.take(beat) else { return hit(DROPPED) };
        let is_full = done.place + 1 == self.params.beats() as usize;
        self.taken += self.params.lanes;
        self.words += done.samples.iter().filter(|sample| sample.is_sent).count();
        let ends_chunk = done.ends || self.taken == self.params.mask_bits;
        let any = |of: &dyn Fn(&Done) -> bool| done.samples.iter().any(of);
        let is_reached = [
            done.key && done.ends,
            !done.key && done.ends,
            done.key && any(&|sample| sample.difference == 0),
            !done.key && any(&|sample| sample.difference != 0 && sample.difference.abs() == threshold),
            !done.key && any(&|sample| sample.difference.abs() == threshold + 1),
            !done.key && any(&|sample| sample.difference == greatest),
            !done.key && any(&|sample| sample.difference == -greatest),
            !done.key && ends_chunk && self.words == 0,
            done.error && !is_full,
            done.error && is_full,
            false,
            done.place == 0 && done.key && !beat[1].bit(0),
        ];
        report_reached(&is_reached, hit);
        if ends_chunk {
            (self.taken, self.words) = (0, 0);
        }
    }
}

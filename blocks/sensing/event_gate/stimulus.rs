//! Frames of samples that drift, jump and rest, and the coverage points that they reach.

use super::Params;
use super::model::{Done, Golden};
use crate::common::frames::random_beats;
use crate::common::lanes::{corner_weighted_integer, flag, integers, joined};
use crate::stimulus::{Coverage, Observe, Space, Stimulus, case_rng, report_reached};
use fastrand::Rng;
use hdl::Bits;

/// The most frames of a case.
const FRAMES: u32 = 8;

const POINTS: [&str; 13] = [
    "change at the threshold of a channel at rest",
    "change just above it",
    "change at the threshold of an active channel",
    "change just above it that would not wake a channel at rest",
    "sample that is sent for a refresh alone",
    "channel that comes to rest in a frame that refreshes",
    "frame without an event",
    "frame of events, not refreshed",
    "greatest change",
    "event at the end of a frame, others before it",
    "frame that is too long",
    "sample that is dropped",
    "frame that is too short",
];

/// The points; a frame of one sample cannot be too short.
fn points(params: &Params) -> &'static [&'static str] {
    if params.channels > 1 { &POINTS } else { &POINTS[..POINTS.len() - 1] }
}

/// The number of a point that samples without any other reach.
const DROPPED: usize = 11;

impl Stimulus for Params {
    /// Some frames a case; one case of 16 with mistakes.
    fn random(&self, seed: u64) -> Space {
        let params = self.clone();
        let make = move |index, emit: &mut dyn FnMut(usize, &[Bits])| {
            let mut rng = case_rng(seed, index);
            let thresholds = thresholds(&params, &mut rng);
            let mut values: Vec<i64> = (0..params.channels).map(|_| any(&params, &mut rng)).collect();
            for _ in 0..rng.u32(2..=FRAMES) {
                let (kind, refresh) = (rng.u8(..8), rng.u8(..6) == 0);
                values
                    .iter_mut()
                    .for_each(|value| *value = moved(&params, &mut rng, kind, *value, thresholds));
                let samples =
                    if index % 16 == 15 { random_beats(&mut rng, params.channels) } else { params.channels };
                for place in 0..samples {
                    let value = values[place as usize % values.len()];
                    let refresh = if place == 0 { refresh } else { rng.bool() };
                    let field = |threshold: u64| Bits::truncated(threshold.into(), params.value_bits);
                    let (enter, leave) = (field(thresholds.0), field(thresholds.1));
                    let value = joined(params.value_bits, &[value]);
                    emit(0, &[value, enter, leave, flag(refresh), flag(place + 1 == samples)]);
                }
            }
        };
        Space { name: "random".into(), cases: u64::MAX, make: Box::new(make), make_many: None }
    }

    fn cycles_per_case(&self) -> u64 {
        u64::from(self.channels * FRAMES) / 2
    }

    fn coverage(&self) -> Coverage<'_> {
        Coverage::new(points(self), Observer { params: self, golden: Golden::new(self), events: 0 })
    }
}

fn any(params: &Params, rng: &mut Rng) -> i64 {
    corner_weighted_integer(params.signed, params.value_bits, rng)
}

/// Of a channel at rest and of an active one: mostly small, and the second one the smaller.
fn thresholds(params: &Params, rng: &mut Rng) -> (u64, u64) {
    let greatest = (1 << params.value_bits) - 1;
    match rng.u8(..8) {
        0 => (rng.u64(..=greatest), rng.u64(..=greatest)),
        1 => (0, 0),
        _ => {
            let enter = rng.u64(1..=(greatest / 4).max(1));
            (enter, rng.u64(..enter))
        }
    }
}

/// The next sample of a channel: by about a threshold, a little, not at all, or anything.
fn moved(params: &Params, rng: &mut Rng, kind: u8, value: i64, (enter, leave): (u64, u64)) -> i64 {
    let (least, greatest) = integers(params.signed, params.value_bits);
    let by = match kind {
        0 => return value,
        1 => return any(params, rng),
        2 => return if value == least { greatest } else { least },
        3 => enter as i64 + 1,
        4 | 5 => enter as i64 + rng.i64(-1..=1),
        6 => leave as i64 + rng.i64(-1..=1),
        _ => rng.i64(..=enter as i64 + 1),
    };
    (if rng.bool() { value + by } else { value - by }).clamp(least, greatest)
}

/// Finds the coverage points of samples.
struct Observer<'p> {
    params: &'p Params,
    golden: Golden,
    /// Of the frame under way.
    events: u32,
}

impl Observe for Observer<'_> {
    fn taken(&mut self, _channel: usize, beat: &[Bits], hit: &mut dyn FnMut(usize)) {
        let Some(Done { channel, change, refreshes, is_sent, ends, error }) = self.golden.take(beat) else {
            return hit(DROPPED);
        };
        let enter = beat[1].to_u64();
        self.events += u32::from(is_sent);
        let is = |condition: &dyn Fn(u64, u64, bool) -> bool| {
            change.is_some_and(|(change, threshold, was_active)| condition(change, threshold, was_active))
        };
        let greatest = (1 << self.params.value_bits) - 1;
        let is_reached = [
            is(&|change, threshold, was_active| !was_active && change == threshold),
            is(&|change, threshold, was_active| !was_active && change == threshold + 1),
            is(&|change, threshold, was_active| was_active && change == threshold),
            is(&|change, threshold, was_active| was_active && change == threshold + 1 && change <= enter),
            is(&|change, threshold, _| change <= threshold) && is_sent,
            is(&|change, threshold, was_active| was_active && change <= threshold) && refreshes,
            ends && self.events == 0,
            ends && self.events == self.params.channels && !refreshes && change.is_some(),
            is(&|change, _, _| change == greatest),
            ends && is_sent && !refreshes && (self.events > 1 || self.params.channels == 1),
            error && channel + 1 == self.params.channels as usize,
            false,
            error && channel + 1 < self.params.channels as usize,
        ];
        report_reached(&is_reached[..points(self.params).len()], hit);
        if ends {
            self.events = 0;
        }
    }
}

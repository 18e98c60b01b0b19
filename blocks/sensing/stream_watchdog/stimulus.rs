//! Frames of all kinds at any pace, and the coverage points that they reach.

use super::Params;
use super::model::{Event, Given, Taken, Watchdog, taken};
use super::params::{FRAMES_BITS, Limits};
use crate::common::lanes::{corner_weighted_integer, flag, integers, joined};
use crate::stimulus::{Coverage, Observe, Space, Stimulus, case_rng, report_reached};
use fastrand::Rng;
use hdl::Bits;

/// Frames of a case.
const FRAMES: u32 = 6;

/// The points; those from `OF_SEVERAL` on need several channels, the last one a timer that is short enough to be run to its end.
const POINTS: [&str; 15] = [
    "good sample",
    "sample at its least or greatest value",
    "sample next to them, out of range",
    "sample that is stuck from this frame on",
    "sample that was the same for one frame less",
    "sample stuck and out of range",
    "time over at the first channel",
    "time over at once",
    "frame that is late",
    "sample dropped",
    "what is given is not taken at once",
    "time over while samples are dropped",
    "time over within a frame",
    "frame that ends too early",
    "longest time over",
];
const OF_SEVERAL: usize = 12;
const OF_A_SHORT_TIMER: usize = 14;

/// The widest timer that is run to its end.
const SHORT_TIMER_BITS: u32 = 5;

/// The coverage points that the parameters allow, each with its place among all.
fn numbered_points(params: &Params) -> impl Iterator<Item = (usize, &'static str)> {
    let (has_several, is_short) = (params.channels > 1, params.timer_bits <= SHORT_TIMER_BITS);
    (0..).zip(POINTS).filter(move |(place, _)| match *place {
        OF_A_SHORT_TIMER => is_short,
        place => place < OF_SEVERAL || has_several,
    })
}

impl Stimulus for Params {
    fn random(&self, seed: u64) -> Space {
        let params = self.clone();
        let make = move |index, emit: &mut dyn FnMut(usize, &[Bits])| {
            let mut rng = case_rng(seed, index);
            // The count of equal frames comes to its end, where that does not take too long.
            let is_long = params.channels < 4 && index % 64 == 5;
            let limits = limits(&params, &mut rng);
            let mut player =
                Player { dog: Watchdog::new(&params), limits, stall: rng.u8(..3), params: &params, emit };
            if is_long {
                player.limits = Limits { stuck_frames: 255, timeout_clocks: 0, ..player.limits };
                player.repeat(&mut rng, 260);
            } else {
                (0..FRAMES).for_each(|_| player.frame(&mut rng));
            }
            player.end(&mut rng);
        };
        Space { name: "random".into(), cases: u64::MAX, make: Box::new(make), make_many: None }
    }

    fn cycles_per_case(&self) -> u64 {
        u64::from(self.channels * FRAMES) * 3 / 2 + 30
    }

    fn coverage(&self) -> Coverage<'_> {
        let points: Vec<&'static str> = numbered_points(self).map(|(_, point)| point).collect();
        Coverage::new(points, Observer { params: self, dog: Watchdog::new(self) })
    }
}

fn any(params: &Params, rng: &mut Rng) -> i64 {
    corner_weighted_integer(params.signed, params.value_bits, rng)
}

fn limits(params: &Params, rng: &mut Rng) -> Limits<i64> {
    let (least, greatest) = integers(params.signed, params.value_bits);
    let quarter = (greatest - least) / 4;
    let longest = if params.timer_bits <= SHORT_TIMER_BITS { (1 << params.timer_bits) - 1 } else { 12 };
    let (least, greatest) = match rng.u8(..6) {
        0 => (least, greatest),
        1 => (any(params, rng), any(params, rng)),
        _ => (least + rng.i64(..=quarter), greatest - rng.i64(..=quarter)),
    };
    Limits {
        least,
        greatest,
        safe_value: any(params, rng),
        stuck_frames: [0, 1, 2, 3, 255][rng.usize(..5)],
        timeout_clocks: [0, 1, 2, 5, longest][rng.usize(..5)],
    }
}

/// Plays frames, at a pace that the sensor and the network choose.
struct Player<'p, 'e> {
    params: &'p Params,
    /// At the beginning of a case nothing is under way, and what earlier cases left has no effect on when samples are taken.
    dog: Watchdog,
    limits: Limits<i64>,
    /// How often what is given is not taken.
    stall: u8,
    emit: &'e mut dyn FnMut(usize, &[Bits]),
}

impl Player<'_, '_> {
    /// A cycle. Returns whether the sample was taken.
    fn cycle(&mut self, rng: &mut Rng, sample: Option<(i64, bool)>, out_ready: bool) -> bool {
        let taken = Taken { sample, limits: self.limits, out_ready };
        (self.emit)(0, &beat(self.params, &taken, rng));
        let is_taken = sample.is_some() && self.dog.is_ready(&taken);
        self.dog.clock(&taken);
        is_taken
    }

    /// A cycle at the pace of the network.
    fn paced(&mut self, rng: &mut Rng, sample: Option<(i64, bool)>) -> bool {
        let out_ready = self.dog.given.is_none() || rng.u8(..8) >= self.stall;
        self.cycle(rng, sample, out_ready)
    }

    /// Offers a sample until it is taken.
    fn offer(&mut self, rng: &mut Rng, value: i64, last: bool) {
        while !self.paced(rng, Some((value, last))) {}
    }

    /// A frame: right, with a gap before a sample, too short or too long.
    fn frame(&mut self, rng: &mut Rng) {
        let channels = self.params.channels;
        let (kind, place) = (rng.u8(..10), rng.u32(..channels));
        let samples = match kind {
            0 => place + 1,
            1 => channels + [1, 2, 20][rng.usize(..3)],
            _ => channels,
        };
        for channel in 0..samples {
            if kind < 6 && channel == if kind < 4 { 0 } else { place } {
                let clocks = self.limits.timeout_clocks + rng.i64(-1..=2);
                (0..clocks.max(rng.i64(..4))).for_each(|_| {
                    self.paced(rng, None);
                });
            }
            let value = self.value(rng, kind);
            self.offer(rng, value, channel + 1 == samples);
        }
        if rng.u8(..8) == 0 {
            self.limits = limits(self.params, rng);
        }
    }

    /// At a limit, next to it, or any; the least where frames are to be alike.
    fn value(&self, rng: &mut Rng, kind: u8) -> i64 {
        let (least, greatest) = integers(self.params.signed, self.params.value_bits);
        let value = match (kind, rng.u8(..8)) {
            (7..=9, 1..) => self.limits.least,
            (_, 0) => self.limits.least + rng.i64(-1..=0),
            (_, 1) => self.limits.greatest + rng.i64(0..=1),
            _ => any(self.params, rng),
        };
        value.clamp(least, greatest)
    }

    /// Frames that are alike.
    fn repeat(&mut self, rng: &mut Rng, frames: u32) {
        let value = self.value(rng, 0);
        for _ in 0..frames {
            for channel in 1..=self.params.channels {
                self.offer(rng, value, channel == self.params.channels);
            }
        }
    }

    /// Ends what is under way, and gives a frame of the sensor, so that nothing is.
    fn end(&mut self, rng: &mut Rng) {
        self.limits.timeout_clocks = 0;
        let (mut drained, value) = (false, self.value(rng, 0));
        while !drained {
            // A sample that ends its frame is taken for one of a frame, or dropped as the last one of what is dropped.
            drained = self.cycle(rng, Some((value, true)), true);
        }
        while self.dog.is_within_a_frame() {
            self.cycle(rng, None, true);
        }
        for channel in 1..=self.params.channels {
            self.cycle(rng, Some((value, channel == self.params.channels)), true);
        }
    }
}

/// The inputs of a cycle as a beat; without a sample, its fields are anything.
fn beat(params: &Params, taken: &Taken, rng: &mut Rng) -> Vec<Bits> {
    let Taken { sample, limits, out_ready } = *taken;
    let (value, last) = sample.unwrap_or_else(|| (any(params, rng), rng.bool()));
    let field = |value: i64| joined(params.value_bits, &[value]);
    let number = |number: i64, width: u32| Bits::truncated(number as u128, width);
    vec![
        flag(sample.is_some()),
        field(value),
        flag(last),
        field(limits.least),
        field(limits.greatest),
        field(limits.safe_value),
        number(limits.stuck_frames, FRAMES_BITS),
        number(limits.timeout_clocks, params.timer_bits),
        flag(out_ready),
    ]
}

/// Finds the coverage points of cycles.
struct Observer<'p> {
    params: &'p Params,
    dog: Watchdog,
}

impl Observe for Observer<'_> {
    fn taken(&mut self, _channel: usize, beat: &[Bits], hit: &mut dyn FnMut(usize)) {
        let Taken { sample, limits, out_ready } = taken(self.params, beat);
        let stalls = self.dog.given.is_some() && !out_ready;
        let event = self.dog.clock(&Taken { sample, limits, out_ready });
        let (given, same) = match event {
            Event::Gives { channel, given } => (Some(given), self.dog.same_frames(channel)),
            Event::Waits | Event::TimeIsOver { .. } | Event::Dropped => (None, 0),
        };
        let (value, is_short) = match (given, sample) {
            (Some(Given { missing: false, last, .. }), Some((value, ends))) => (Some(value), ends && !last),
            _ => (None, false),
        };
        let Limits { least, greatest, stuck_frames, .. } = limits;
        let is = |of: &dyn Fn(Given) -> bool| given.is_some_and(of);
        let is_value = |of: &dyn Fn(i64) -> bool| value.is_some_and(of);
        let over = match event {
            Event::TimeIsOver { channel, clocks, drops } => Some((channel, clocks, drops)),
            Event::Waits | Event::Dropped | Event::Gives { .. } => None,
        };
        let is_reached = [
            value.is_some() && is(&|given| !given.beyond && !given.stuck),
            is_value(&|value| value == least || value == greatest) && is(&|given| !given.beyond),
            is_value(&|value| value == least - 1 || value == greatest + 1) && is(&|given| given.beyond),
            is(&|given| given.stuck) && same == stuck_frames,
            value.is_some() && same > 0 && same + 1 == stuck_frames,
            is(&|given| given.stuck && given.beyond),
            over.is_some_and(|(channel, _, drops)| channel == 0 && !drops),
            over.is_some_and(|(_, clocks, _)| clocks == 1),
            value.is_some() && is(&|given| given.late),
            event == Event::Dropped,
            stalls,
            over.is_some_and(|(_, _, drops)| drops),
            over.is_some_and(|(channel, ..)| channel > 0),
            is_short,
            over.is_some_and(|(_, clocks, _)| clocks == (1 << self.params.timer_bits) - 1),
        ];
        let is_reached: Vec<bool> =
            numbered_points(self.params).map(|(place, _)| is_reached[place]).collect();
        report_reached(&is_reached, hit);
    }
}

//! The golden model: what every port is in every cycle.

use super::Params;
use super::params::{Limits, Substitute};
use crate::common::lanes::{flag, integer, joined};
use crate::golden::{GoldenModel, Model, Reference};
use hdl::Bits;

/// The inputs of a cycle.
#[derive(Clone, Copy, Debug)]
pub struct Taken {
    /// A sample that is offered, and whether it is the last one of its frame.
    pub sample: Option<(i64, bool)>,
    /// What is expected.
    pub limits: Limits<i64>,
    /// What is given is taken.
    pub out_ready: bool,
}

/// What is given for a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Given {
    /// The sample, or what stands in for it.
    pub value: i64,
    /// There was none.
    pub missing: bool,
    /// It was out of range.
    pub beyond: bool,
    /// It was the same for too long.
    pub stuck: bool,
    /// The frame is late, or samples before it were dropped.
    pub late: bool,
    /// It ends its frame.
    pub last: bool,
}

/// What is known of a channel.
#[derive(Clone, Copy, Debug, Default)]
struct Channel {
    /// The last sample, and the frames for which it was the same.
    before: Option<(i64, i64)>,
    good: Option<i64>,
}

/// What is expected next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    /// The sample of the channel.
    Sample,
    /// The rest of the frame is not there.
    Filling,
}

/// What happened at the end of a cycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// Nothing.
    Waits,
    /// The time of a sample of this channel was over, after so many clocks; in the last one a sample was dropped, or not.
    TimeIsOver { channel: usize, clocks: i64, drops: bool },
    /// A sample was dropped.
    Dropped,
    /// A channel is given next.
    Gives { channel: usize, given: Given },
}

/// The watchdog.
#[derive(Clone, Debug)]
pub struct Watchdog {
    params: Params,
    channels: Vec<Channel>,
    place: usize,
    next: Next,
    /// Samples are dropped until a frame has ended.
    drops: bool,
    waited: i64,
    is_late: bool,
    /// The frame has a sample of the sensor.
    has_sample: bool,
    /// What is given in this cycle.
    pub given: Option<Given>,
}

impl Watchdog {
    /// After a reset.
    pub fn new(params: &Params) -> Watchdog {
        Watchdog {
            params: params.clone(),
            channels: vec![Channel::default(); params.channels as usize],
            place: 0,
            next: Next::Sample,
            drops: false,
            waited: 0,
            is_late: false,
            has_sample: false,
            given: None,
        }
    }

    /// A frame has begun and not ended, or its rest is filled.
    pub fn is_within_a_frame(&self) -> bool {
        self.place > 0 || self.next == Next::Filling
    }

    /// Frames for which the sample of a channel has been the same.
    pub fn same_frames(&self, channel: usize) -> i64 {
        self.channels[channel].before.map_or(0, |(_, same)| same)
    }

    /// There is room for what is given next.
    fn has_room(&self, taken: &Taken) -> bool {
        self.given.is_none() || taken.out_ready
    }

    /// A sample can be taken.
    pub fn is_ready(&self, taken: &Taken) -> bool {
        self.has_room(taken) && self.next == Next::Sample
    }

    /// The cycle ends.
    pub fn clock(&mut self, taken: &Taken) -> Event {
        if !self.has_room(taken) {
            return Event::Waits;
        }
        self.given = None;
        match (self.next, taken.sample) {
            (Next::Filling, _) => self.give(None, &taken.limits),
            (Next::Sample, None) => self.wait(taken.limits.timeout_clocks, Event::Waits),
            (Next::Sample, Some((_, last))) if self.drops => {
                self.drops = !last;
                self.is_late = true;
                self.wait(taken.limits.timeout_clocks, Event::Dropped)
            }
            (Next::Sample, Some((value, last))) => {
                self.waited = 0;
                let is_end = self.place + 1 == self.channels.len();
                self.drops = is_end && !last;
                if last && !is_end {
                    self.next = Next::Filling;
                }
                self.give(Some(value), &taken.limits)
            }
        }
    }

    /// A clock without a sample for the network, in which `otherwise` happens if the time is not over.
    fn wait(&mut self, limit: i64, otherwise: Event) -> Event {
        self.waited = (self.waited + 1).min((1 << self.params.timer_bits) - 1);
        if limit == 0 || self.waited < limit {
            return otherwise;
        }
        let drops = otherwise == Event::Dropped;
        let event = Event::TimeIsOver { channel: self.place, clocks: self.waited, drops };
        self.waited = 0;
        self.drops |= self.place > 0;
        self.is_late = true;
        self.next = Next::Filling;
        event
    }

    /// Gives the next channel, of which there is a sample or none.
    fn give(&mut self, sample: Option<i64>, limits: &Limits<i64>) -> Event {
        let channel = self.place;
        let state = &mut self.channels[channel];
        if let Some(value) = sample {
            let same = state.before.filter(|(before, _)| *before == value).map_or(0, |(_, same)| same + 1);
            state.before = Some((value, same.min(255)));
        }
        let same = state.before.map_or(0, |(_, same)| same);
        let stuck = sample.is_some() && limits.stuck_frames > 0 && same >= limits.stuck_frames;
        let beyond = sample.is_some_and(|value| !(limits.least..=limits.greatest).contains(&value));
        let instead = match self.params.substitute {
            Substitute::Hold => state.good.unwrap_or(limits.safe_value),
            Substitute::Safe => limits.safe_value,
        };
        let value = sample.filter(|_| !stuck && !beyond).unwrap_or(instead);
        // A safe value that stood in for the first sample is held too.
        state.good = Some(value);

        self.place = (channel + 1) % self.channels.len();
        let last = self.place == 0;
        let given = Given { value, missing: sample.is_none(), beyond, stuck, late: self.is_late, last };
        self.has_sample |= sample.is_some();
        if last {
            self.is_late &= !self.has_sample;
            self.has_sample = false;
            self.next = Next::Sample;
        }
        self.given = Some(given);
        Event::Gives { channel, given }
    }

    /// Every output in a cycle with these inputs.
    fn outputs(&self, taken: &Taken) -> Vec<Option<Bits>> {
        let width = self.params.value_bits;
        let bit = |of: fn(&Given) -> bool| self.given.map(|given| flag(of(&given)));
        vec![
            Some(flag(self.is_ready(taken))),
            Some(flag(self.given.is_some())),
            self.given.map(|given| joined(width, &[given.value])),
            bit(|given| given.missing),
            bit(|given| given.beyond),
            bit(|given| given.stuck),
            bit(|given| given.late),
            bit(|given| given.last),
        ]
    }
}

/// What the inputs of a cycle say.
pub fn taken(params: &Params, beat: &[Bits]) -> Taken {
    let number = |field: &Bits| field.to_u64() as i64;
    let value = |field: &Bits| integer(params.signed, field);
    let limits = Limits {
        least: value(&beat[3]),
        greatest: value(&beat[4]),
        safe_value: value(&beat[5]),
        stuck_frames: number(&beat[6]),
        timeout_clocks: number(&beat[7]),
    };
    let sample = beat[0].bit(0).then(|| (value(&beat[1]), beat[2].bit(0)));
    Taken { sample, limits, out_ready: beat[8].bit(0) }
}

struct Golden(Watchdog);

impl Model for Golden {
    fn accept(&mut self, _channel: usize, beat: &[Bits], emit: &mut dyn FnMut(usize, &[Option<Bits>])) {
        let taken = taken(&self.0.params, beat);
        emit(0, &self.0.outputs(&taken));
        self.0.clock(&taken);
    }
}

impl Reference for Params {
    fn golden(&self) -> GoldenModel {
        GoldenModel::sequential(Golden(Watchdog::new(self)))
    }
}

//! What sensors do wrong.

use super::plant::{CHANNELS, GREATEST};
use serde::Serialize;

/// A kind of fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// A channel has its greatest value.
    Beyond,
    /// A channel does not change.
    Stuck,
    /// There are no samples.
    Missing,
    /// Only the first half of a frame comes.
    Short,
}

impl Fault {
    /// All kinds.
    pub const ALL: [Fault; 4] = [Fault::Beyond, Fault::Stuck, Fault::Missing, Fault::Short];

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Fault::Beyond => "out of range",
            Fault::Stuck => "stuck",
            Fault::Missing => "missing",
            Fault::Short => "frames cut short",
        }
    }
}

/// Frames from a fault to the next; the first one comes after as many.
const EVERY: usize = 200;

/// Frames that a fault lasts: a fifth of a second.
pub const LASTS: usize = 10;

/// The channels that are wrong, one after the other: the angle first.
const WRONG: [usize; CHANNELS] = [2, 3, 0, 1];

/// Faults of a run.
pub struct Faults {
    fault: Option<Fault>,
    /// What a stuck channel has.
    stuck: i64,
    count: u64,
}

impl Faults {
    /// None.
    pub fn none() -> Faults {
        Faults { fault: None, stuck: 0, count: 0 }
    }

    /// Of a kind.
    pub fn of(fault: Fault) -> Faults {
        Faults { fault: Some(fault), ..Faults::none() }
    }

    /// How many there were.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// What comes of a frame, and the number of the fault in it, if there is one.
    pub fn of_frame(&mut self, frame: usize, right: &[i64; CHANNELS]) -> (Vec<i64>, Option<usize>) {
        let (number, place) = (frame / EVERY, frame % EVERY);
        let Some(fault) = self.fault.filter(|_| number > 0 && place < LASTS) else {
            return (right.to_vec(), None);
        };
        let channel = WRONG[number % CHANNELS];
        if place == 0 {
            self.stuck = right[channel];
            self.count += 1;
        }
        let mut seen = right.to_vec();
        match fault {
            Fault::Beyond => seen[channel] = GREATEST,
            Fault::Stuck => seen[channel] = self.stuck,
            Fault::Missing => seen.clear(),
            Fault::Short => seen.truncate(CHANNELS / 2),
        }
        (seen, Some(number))
    }
}

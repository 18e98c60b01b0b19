//! The weights of a layer, each the difference of two cells.

use blocks::crossbar::cell::{FACTOR_BITS, LogNormal, random};

/// Levels of a weight to each side of 0.
pub const LEVELS: i32 = 7;

/// Fraction bits of a weight as it is stored, in levels.
const STATE_BITS: u32 = 10;

/// Fraction bits of a weight as it is read, in levels.
pub const SEEN_BITS: u32 = 6;

/// The greatest weight that is stored.
const FULL_SCALE: i32 = LEVELS << STATE_BITS;

/// What happens to the cells of an array.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Damage {
    /// Weights that are 0 from now on, in percent.
    pub stuck_percent: u32,
    /// Of the others: the standard deviation of the natural logarithm of what each is multiplied by, in thousandths.
    pub drift_thousandths: u32,
}

/// Which random number.
#[derive(Clone, Copy)]
enum Kind {
    Start = 16,
    Stuck,
    Drift,
    Cycle,
}

/// What a pulse does.
#[derive(Clone, Debug)]
pub struct Pulses {
    /// The mean change of a weight, in steps of 2^-10 levels.
    pub step: i32,
    /// From pulse to pulse.
    pub cycle_to_cycle: LogNormal,
}

impl Pulses {
    /// Pulses of which about `count` take a weight from one end to the other, with a standard deviation of the logarithm of a
    /// pulse in thousandths.
    pub fn new(count: i32, thousandths: u32) -> Pulses {
        Pulses { step: 2 * FULL_SCALE / count, cycle_to_cycle: LogNormal::new(thousandths) }
    }
}

/// The weights of a layer, row by row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weights {
    /// Inputs of the layer.
    pub rows: usize,
    /// Its neurons.
    pub columns: usize,
    seed: u32,
    layer: u32,
    stored: Vec<i32>,
    /// What each is multiplied by when it is read.
    drift: Vec<u64>,
    seen: Vec<i32>,
    pulses: Vec<u32>,
}

impl Weights {
    /// Random ones, with a standard deviation of a third of the full scale.
    pub fn new(seed: u32, layer: u32, rows: usize, columns: usize) -> Weights {
        let count = rows * columns;
        let mut weights = Weights {
            rows,
            columns,
            seed,
            layer,
            stored: vec![0; count],
            drift: vec![1 << FACTOR_BITS; count],
            seen: vec![0; count],
            pulses: vec![0; count],
        };
        for place in 0..count {
            let normal = weights.normal(place);
            weights.stored[place] = ((normal * i64::from(FULL_SCALE) / 3) >> 16) as i32;
            weights.look(place);
        }
        weights
    }

    /// All of them.
    pub fn count(&self) -> usize {
        self.stored.len()
    }

    /// The pulses on all of them so far.
    pub fn pulses(&self) -> u64 {
        self.pulses.iter().map(|pulses| u64::from(*pulses)).sum()
    }

    /// What an input sees of its row.
    pub fn row(&self, row: usize) -> &[i32] {
        &self.seen[row * self.columns..][..self.columns]
    }

    /// A pulse on a weight.
    pub fn pulse(&mut self, pulses: &Pulses, row: usize, column: usize, increase: bool) {
        let place = row * self.columns + column;
        let factor = pulses.cycle_to_cycle.factor(self.random(Kind::Cycle, place, self.pulses[place]));
        self.pulses[place] += 1;
        let step = ((i64::from(pulses.step) * factor as i64) >> FACTOR_BITS) as i32;
        let moved = self.stored[place] + if increase { step } else { -step };
        self.stored[place] = moved.clamp(-FULL_SCALE, FULL_SCALE);
        self.look(place);
    }

    /// The array is damaged.
    pub fn damage(&mut self, damage: Damage) {
        let drift = LogNormal::new(damage.drift_thousandths);
        let limit = u64::from(damage.stuck_percent) << 32;
        for place in 0..self.stored.len() {
            let is_stuck = 100 * u64::from(self.random(Kind::Stuck, place, 0)) < limit;
            let factor = drift.factor(self.random(Kind::Drift, place, 0));
            self.drift[place] = if is_stuck { 0 } else { factor };
            self.look(place);
        }
    }

    fn look(&mut self, place: usize) {
        let drifted = i64::from(self.stored[place]) * self.drift[place] as i64;
        self.seen[place] = (drifted >> (FACTOR_BITS + STATE_BITS - SEEN_BITS)) as i32;
    }

    fn random(&self, kind: Kind, place: usize, index: u32) -> u32 {
        random(self.seed, kind as u32, self.layer << 24 | place as u32, index)
    }

    /// A number of mean 0 and a standard deviation of 2^16: the sum of twelve.
    fn normal(&self, place: usize) -> i64 {
        let sum: i64 = (0..12).map(|index| i64::from(self.random(Kind::Start, place, index) >> 16)).sum();
        sum - 6 * (1 << 16)
    }
}

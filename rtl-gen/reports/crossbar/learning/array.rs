//! The weights of a layer, each the difference of two cells.

use blocks::crossbar::cell::{FACTOR_BITS, LogNormal, random};
use serde::Serialize;

/// Levels of a weight to each side of 0.
pub const LEVELS: i32 = 7;

/// Fraction bits of a weight as it is stored, in levels.
const STATE_BITS: u32 = 10;

/// Fraction bits of a weight as it is read, in levels.
pub const SEEN_BITS: u32 = 6;

/// The greatest weight that is stored.
const FULL_SCALE: i32 = LEVELS << STATE_BITS;

/// What is damaged on its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Damaged {
    /// A weight, both cells of it.
    Weights,
    /// A cell.
    Cells,
}

/// What happens to the cells of an array.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Damage {
    /// What is damaged.
    pub of: Damaged,
    /// Those that are 0 from now on, in percent.
    pub stuck_percent: u32,
    /// Of the others: the standard deviation of the natural logarithm of what each is multiplied by, in thousandths.
    pub drift_thousandths: u32,
}

/// Deviations of weights, in percent of the full scale: standard deviations of normal distributions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Noise {
    /// Of a level, anew whenever a weight comes to another one.
    pub programming_percent: u32,
    /// Of a weight whenever it is read.
    pub read_percent: u32,
}

/// Which random number.
#[derive(Clone, Copy)]
enum Kind {
    Start = 16,
    Stuck,
    Drift,
    Cycle,
    Programming,
    Reading,
}

/// A cell of a weight: the one that is not 0 where the weight is positive, or the other one.
type Cells<T> = [T; 2];

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
    /// What each is multiplied by when it is read, where it is positive and where it is negative; 0 if that is stuck.
    drift: Vec<Cells<u64>>,
    /// Cells that are stuck at 0 do not change with pulses; weights that are do.
    keeps_stuck: bool,
    noise: Noise,
    /// How far each is from its level.
    deviations: Vec<i32>,
    seen: Vec<i32>,
    pulses: Vec<u32>,
}

impl Weights {
    /// Random ones, with a standard deviation of a third of the full scale.
    pub fn new(seed: u32, layer: u32, rows: usize, columns: usize, noise: Noise) -> Weights {
        let count = rows * columns;
        let mut weights = Weights {
            rows,
            columns,
            seed,
            layer,
            stored: vec![0; count],
            drift: vec![[1 << FACTOR_BITS; 2]; count],
            keeps_stuck: false,
            noise,
            deviations: vec![0; count],
            seen: vec![0; count],
            pulses: vec![0; count],
        };
        for place in 0..count {
            let normal = weights.normal(Kind::Start, place, 0);
            weights.stored[place] = ((normal * i64::from(FULL_SCALE) / 3) >> 16) as i32;
            weights.deviate(place);
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

    /// What an input sees of its row, without noise.
    pub fn row(&self, row: usize) -> &[i32] {
        &self.seen[row * self.columns..][..self.columns]
    }

    /// The products with inputs, the `read`-th time.
    pub fn products(&self, inputs: &[i64], read: u32) -> Vec<i64> {
        let mut sums = vec![0i64; self.columns];
        for (row, input) in inputs.iter().enumerate().filter(|(_, input)| **input != 0) {
            sums.iter_mut().zip(self.row(row)).for_each(|(sum, weight)| *sum += input * i64::from(*weight));
        }
        self.noisy(sums, inputs, read, 0)
    }

    /// The products with values behind it, as it is read backwards.
    pub fn transposed(&self, values: &[i64], read: u32) -> Vec<i64> {
        let sum = |row: usize| {
            self.row(row).iter().zip(values).map(|(weight, value)| i64::from(*weight) * value).sum()
        };
        self.noisy((0..self.rows).map(sum).collect(), values, read, self.columns)
    }

    /// Sums with the noise of reading: independent noise of each weight is noise of a sum whose square is as much larger as the sum of
    /// the squares of the inputs says. `first` tells the sums from others that are read at once.
    fn noisy(&self, sums: Vec<i64>, inputs: &[i64], read: u32, first: usize) -> Vec<i64> {
        if self.noise.read_percent == 0 {
            return sums;
        }
        let power = inputs.iter().map(|input| input * input).sum::<i64>().isqrt();
        let unit = power * i64::from(self.noise.read_percent) * i64::from(LEVELS << SEEN_BITS) / 100;
        let noise = |line: usize| (self.normal(Kind::Reading, first + line, 16 * read) * unit) >> 16;
        sums.into_iter().enumerate().map(|(line, sum)| sum + noise(line)).collect()
    }

    /// A pulse on a weight.
    pub fn pulse(&mut self, pulses: &Pulses, row: usize, column: usize, increase: bool) {
        let place = row * self.columns + column;
        let factor = pulses.cycle_to_cycle.factor(self.random(Kind::Cycle, place, self.pulses[place]));
        self.pulses[place] += 1;
        let step = ((i64::from(pulses.step) * factor as i64) >> FACTOR_BITS) as i32;
        let before = self.stored[place];
        let moved = before + if increase { step } else { -step };
        let end = |side: usize| if self.keeps_stuck && self.drift[place][side] == 0 { 0 } else { FULL_SCALE };
        self.stored[place] = moved.clamp(-end(1), end(0));
        if level(before) != level(self.stored[place]) {
            self.deviate(place);
        }
        self.look(place);
    }

    /// The array is damaged.
    pub fn damage(&mut self, damage: Damage) {
        let drift = LogNormal::new(damage.drift_thousandths);
        let limit = u64::from(damage.stuck_percent) << 32;
        self.keeps_stuck = damage.of == Damaged::Cells;
        for place in 0..self.stored.len() {
            let of_cell = |cell: u32| {
                let is_stuck = 100 * u64::from(self.random(Kind::Stuck, place, cell)) < limit;
                if is_stuck { 0 } else { drift.factor(self.random(Kind::Drift, place, cell)) }
            };
            self.drift[place] = match damage.of {
                Damaged::Weights => [of_cell(0); 2],
                Damaged::Cells => [of_cell(0), of_cell(1)],
            };
            self.look(place);
        }
    }

    /// A weight comes to a level, from which it deviates.
    fn deviate(&mut self, place: usize) {
        if self.noise.programming_percent > 0 {
            let normal = self.normal(Kind::Programming, place, 16 * self.pulses[place]);
            let unit = i64::from(FULL_SCALE) * i64::from(self.noise.programming_percent) / 100;
            self.deviations[place] = ((normal * unit) >> 16) as i32;
        }
    }

    fn look(&mut self, place: usize) {
        let programmed = i64::from(self.stored[place] + self.deviations[place]);
        let drifted = programmed * self.drift[place][usize::from(programmed < 0)] as i64;
        self.seen[place] = (drifted >> (FACTOR_BITS + STATE_BITS - SEEN_BITS)) as i32;
    }

    fn random(&self, kind: Kind, place: usize, index: u32) -> u32 {
        random(self.seed, kind as u32, self.layer << 24 | place as u32, index)
    }

    /// A number of mean 0 and a standard deviation of 2^16: the sum of the random numbers of twelve indices.
    fn normal(&self, kind: Kind, place: usize, first: u32) -> i64 {
        let numbers =
            (0..12).map(|index| i64::from(self.random(kind, place, first.wrapping_add(index)) >> 16));
        numbers.sum::<i64>() - 6 * (1 << 16)
    }
}

/// The level of a weight.
fn level(stored: i32) -> i32 {
    (stored + (1 << (STATE_BITS - 1))) >> STATE_BITS
}

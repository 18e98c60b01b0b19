//! The golden model: exact products rounded once, or neurons.

use super::params::{Function, Params};
use crate::common::lanes::{apart, flag, joined};
use crate::golden::{GoldenModel, Model, Reference};
use crate::loas::loas_plif;
use crate::meadow::meadow_requantize::model::Multiplier;
use hdl::Bits;
use std::collections::VecDeque;

/// What an output has of its own.
#[derive(Clone, Copy, Debug)]
pub enum Entry {
    /// A bias and a scale.
    Scale {
        /// Added to the sum.
        bias: i64,
        /// What that is multiplied by.
        scale: Multiplier,
    },
    /// The threshold of a neuron.
    Threshold(i64),
}

/// What becomes of a sum.
#[derive(Clone, Copy, Debug)]
pub enum Outcome {
    /// A result, and the sum with its bias that it was made from.
    Value {
        /// The result.
        value: i64,
        /// The sum with its bias.
        biased: i64,
        /// What it was multiplied by.
        scale: Multiplier,
    },
    /// Whether the neuron fired, and the membrane potential before.
    Spike {
        /// The neuron fires.
        fires: bool,
        /// The membrane potential before.
        before: i64,
        /// It would fire for the sum alone.
        alone: bool,
    },
}

/// A sum that was worked on.
#[derive(Clone, Copy, Debug)]
pub struct Done {
    /// Its output.
    pub place: usize,
    /// It was the first one since its table came.
    pub has_new_table: bool,
    /// The sum.
    pub sum: i64,
    /// What became of it.
    pub outcome: Outcome,
    /// `in_last` was wrong.
    pub is_misplaced: bool,
    /// It or one before it was wrong.
    pub error: bool,
}

/// The golden model of the block.
pub struct Golden {
    params: Params,
    /// The table that comes in, and those that no vector has used.
    loading: Vec<Entry>,
    loaded: VecDeque<Vec<Entry>>,
    /// Sums that wait for a table.
    waiting: VecDeque<Vec<Bits>>,
    table: Option<Vec<Entry>>,
    /// The output of the next sum.
    place: usize,
    membranes: Vec<i64>,
    error: bool,
}

impl Golden {
    /// After a reset.
    pub fn new(params: &Params) -> Golden {
        Golden {
            params: params.clone(),
            loading: vec![],
            loaded: VecDeque::new(),
            waiting: VecDeque::new(),
            table: None,
            place: 0,
            membranes: vec![0; params.outputs as usize],
            error: false,
        }
    }

    /// Takes a beat of a channel. Gives each sum that is worked on to `done`.
    pub fn take(&mut self, channel: usize, beat: &[Bits], mut done: impl FnMut(Done)) {
        match channel {
            0 => self.load(beat),
            _ => self.waiting.push_back(beat.to_vec()),
        }
        while let Some(beat) = self.waiting.pop_front() {
            let wants_table = self.place == 0 && (beat[3].bit(0) || self.table.is_none());
            if wants_table {
                let Some(next) = self.loaded.pop_front() else {
                    self.waiting.push_front(beat);
                    return;
                };
                self.table = Some(next);
            }
            let Some(entry) = self.table.as_ref().map(|table| table[self.place]) else { return };
            done(self.work(&beat, entry, wants_table));
        }
    }

    fn load(&mut self, beat: &[Bits]) {
        self.loading.push(match self.params.function {
            Function::Scale => {
                let scale = Multiplier { multiplier: beat[1].to_u64(), shift: beat[2].to_u64() as u32 };
                Entry::Scale { bias: apart(self.params.sum_bits, &beat[0])[0], scale }
            }
            Function::Lif => Entry::Threshold(beat[0].to_u64() as i64),
        });
        if self.loading.len() == self.params.outputs as usize {
            self.loaded.push_back(std::mem::take(&mut self.loading));
        }
    }

    fn work(&mut self, beat: &[Bits], entry: Entry, has_new_table: bool) -> Done {
        let (sum, place) = (apart(self.params.sum_bits, &beat[0])[0], self.place);
        self.place = (place + 1) % self.membranes.len();
        let is_misplaced = beat[1].bit(0) != (self.place == 0);
        self.error |= beat[2].bit(0) || is_misplaced;
        let outcome = match entry {
            Entry::Scale { bias, scale } => {
                let biased = sum + bias;
                let value = scale.scaled_to(self.params.value_bits, self.params.rounding, biased);
                Outcome::Value { value, biased, scale }
            }
            Entry::Threshold(threshold) => {
                if place == 0 && beat[4].bit(0) {
                    self.membranes.fill(0);
                }
                let neuron = self.params.neuron();
                let before = self.membranes[place];
                let fires = loas_plif::model::step(&neuron, threshold, &mut self.membranes[place], sum);
                let alone = loas_plif::model::step(&neuron, threshold, &mut 0, sum);
                Outcome::Spike { fires, before, alone }
            }
        };
        Done { place, has_new_table, sum, outcome, is_misplaced, error: self.error }
    }
}

impl Model for Golden {
    fn accept(&mut self, channel: usize, beat: &[Bits], emit: &mut dyn FnMut(usize, &[Option<Bits>])) {
        let (width, outputs) = (self.params.value_bits, self.membranes.len());
        self.take(channel, beat, |done| {
            let outcome = match done.outcome {
                Outcome::Value { value, .. } => joined(width, &[value]),
                Outcome::Spike { fires, .. } => flag(fires),
            };
            let last = flag(done.place + 1 == outputs);
            emit(0, &[outcome, last, flag(done.error)].map(Some));
        });
    }
}

impl Reference for Params {
    fn golden(&self) -> GoldenModel {
        GoldenModel::sequential(Golden::new(self))
    }
}

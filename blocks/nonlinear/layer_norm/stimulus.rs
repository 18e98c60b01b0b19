//! Rows of elements with their gains, and the coverage points they reach.

use super::golden::{ELEMENTS, GAINS, Golden, numbers};
use super::params::{Norm, Params};
use crate::common::float_stimulus::normal;
use crate::common::lanes::{flag, joined};
use crate::common::row_framing::random_beats;
use crate::golden::Model;
use crate::stimulus::{Coverage, Observe, Space, Stimulus, case_rng, report_reached};
use fastrand::Rng;
use hdl::Bits;
use std::ops::Range;

const POINTS: [&str; 16] = [
    "row of one beat",
    "row of the greatest length",
    "row that is too long",
    "least element",
    "greatest element",
    "all elements of a row equal",
    "all elements of a row zero",
    "one element apart from others that are equal",
    "epsilon of zero",
    "greatest epsilon",
    "RMSNorm and LayerNorm in turn",
    "least gain and greatest bias",
    "greatest gain and least bias",
    "least result",
    "greatest result",
    "gains that end elsewhere than their row",
];

/// A point that only a block with both norms reaches.
const OF_BOTH: &str = "RMSNorm and LayerNorm in turn";

/// Points that need gains and biases by which a result can leave its range.
const OF_SATURATION: [&str; 2] = ["least result", "greatest result"];

/// Names of the coverage points, each with its place among all.
fn numbered_points(params: &Params) -> impl Iterator<Item = (usize, &'static str)> {
    let (has_both, saturates) = (params.norm == Norm::Both, params.can_exceed(params.output_bits));
    let is_reachable =
        move |point: &str| (has_both || point != OF_BOTH) && (saturates || !OF_SATURATION.contains(&point));
    (0..).zip(POINTS).filter(move |(_, point)| is_reachable(point))
}

impl Stimulus for Params {
    /// One row per case: of any length, one in sixteen too long, with elements, gains and biases of different kinds.
    fn random(&self, seed: u64) -> Space {
        rows(self, "random", move |params, index| {
            let mut rng = case_rng(seed, index);
            let beats = random_beats(&mut rng, params.beats());
            Case {
                elements: elements(&mut rng, params, beats * params.lanes),
                epsilon: epsilon(&mut rng, params),
                is_rms: rng.bool(),
                gains: gains(&mut rng, params),
                differs: rng.u8(..32) == 0,
            }
        })
    }

    /// Rows of the greatest length, normally distributed, whose results are so as well, with a standard deviation of a
    /// quarter of their range.
    fn typical(&self, seed: u64) -> Space {
        rows(self, "typical", move |params, index| {
            let mut rng = case_rng(seed, index);
            let spread = f64::from(1 << (params.input_bits - 3));
            let element = |_| near(&mut rng, 0.0, spread, params.input_bits);
            let elements = (0..params.length).map(element).collect();
            let gain = 1 << (params.output_bits - 3 + params.shift).min(params.gain_bits - 2);
            let gains = (0..params.length).map(|_| (gain, 0)).collect();
            Case { elements, epsilon: 0, is_rms: false, gains, differs: false }
        })
    }

    fn cycles_per_case(&self) -> u64 {
        u64::from(self.beats()) + 2
    }

    fn coverage(&self) -> Coverage<'_> {
        let points: Vec<_> = numbered_points(self).map(|(_, point)| point).collect();
        Coverage::new(points, Observer::new(self))
    }
}

/// A row to be sent.
struct Case {
    elements: Vec<i32>,
    epsilon: u64,
    is_rms: bool,
    /// Gains and biases of a row of the greatest length.
    gains: Vec<(i32, i32)>,
    /// The gains end elsewhere than the row.
    differs: bool,
}

/// The numbers of some bits in two's complement.
fn range(bits: u32) -> Range<i32> {
    -(1 << (bits - 1))..1 << (bits - 1)
}

/// A normally distributed number, saturated.
fn near(rng: &mut Rng, mean: f64, spread: f64, bits: u32) -> i32 {
    let Range { start, end } = range(bits);
    (mean + normal(rng) * spread).round().clamp(start.into(), (end - 1).into()) as i32
}

fn elements(rng: &mut Rng, params: &Params, count: u32) -> Vec<i32> {
    let bits = params.input_bits;
    let all = range(bits);
    let level = [0, all.start, all.end - 1, rng.i32(all.clone())][rng.usize(..4)];
    let spread = f64::from(1 << rng.u32(0..bits - 1));
    let (kind, place) = (rng.u8(..9), rng.u32(..count));
    let apart = rng.i32(all.clone());
    let element = |own: u32| match kind {
        0 => level,
        1 => {
            if own == place {
                apart
            } else {
                level
            }
        }
        2 => [all.start, all.end - 1, level][rng.usize(..3)],
        3 => rng.i32(all.clone()),
        4 => rng.i32(-1..=1),
        5 => 0,
        _ => near(rng, level.into(), spread, bits),
    };
    (0..count).map(element).collect()
}

/// None, the greatest, any of the same magnitude as a sum of squares, or a small one.
fn epsilon(rng: &mut Rng, params: &Params) -> u64 {
    let greatest = (1 << params.epsilon_bits()) - 1;
    match rng.u8(..8) {
        0..=2 => 0,
        3 => greatest,
        4 | 5 => rng.u64(0..=greatest) >> rng.u32(0..params.epsilon_bits()),
        _ => rng.u64(1..=100),
    }
}

fn gains(rng: &mut Rng, params: &Params) -> Vec<(i32, i32)> {
    let all = range(params.gain_bits);
    let kind = rng.u8(..8);
    let (one, zero) = ((1 << params.shift).min(all.end - 1), 0);
    let typical = f64::from(1 << rng.u32(0..params.gain_bits - 1));
    let pair = |_| match kind {
        0 => (one, zero),
        1 => (all.start, all.end - 1),
        2 => (all.end - 1, all.start),
        3 => (rng.i32(all.clone()), zero),
        4 => (rng.i32(all.clone()), rng.i32(all.clone())),
        _ => (near(rng, typical, typical / 4.0, params.gain_bits), near(rng, 0.0, typical, params.gain_bits)),
    };
    (0..params.length).map(pair).collect()
}

fn rows(params: &Params, name: &str, case: impl Fn(&Params, u64) -> Case + Send + Sync + 'static) -> Space {
    let params = params.clone();
    let make = move |index, emit: &mut dyn FnMut(usize, &[Bits])| {
        let case = case(&params, index);
        // What is beside the first beat of a row must not matter.
        let mut rng = case_rng(!index, index);
        let beats: Vec<&[i32]> = case.elements.chunks(params.lanes as usize).collect();
        for (place, beat) in beats.iter().enumerate() {
            let epsilon = if place == 0 { case.epsilon } else { rng.u64(..) };
            let is_rms = if place == 0 { case.is_rms } else { rng.bool() };
            let mut fields =
                vec![joined(params.input_bits, beat), Bits::truncated(epsilon.into(), params.epsilon_bits())];
            fields.extend((params.norm == Norm::Both).then(|| flag(is_rms)));
            fields.push(flag(place + 1 == beats.len()));
            emit(ELEMENTS, &fields);
        }
        // A row that is too long ends where it is full, and so do its gains.
        let answered = beats.len().min(params.beats() as usize);
        for (place, beat) in case.gains.chunks(params.lanes as usize).take(answered).enumerate() {
            let (gains, biases): (Vec<i32>, Vec<i32>) = beat.iter().copied().unzip();
            let is_last = (place + 1 == answered) != (case.differs && place == answered / 2);
            let [gains, biases] = [gains, biases].map(|numbers| joined(params.gain_bits, &numbers));
            emit(GAINS, &[gains, biases, flag(is_last)]);
        }
    };
    Space { name: name.into(), cases: u64::MAX, make: Box::new(make), make_many: None }
}

/// Finds the coverage points of rows.
struct Observer<'p> {
    params: &'p Params,
    golden: Golden,
    /// The row so far.
    elements: Vec<i32>,
    epsilon: u64,
    is_rms: bool,
    beats: u32,
    /// Whether the row before it had another norm.
    turns: bool,
}

impl Observer<'_> {
    /// Nothing has been seen.
    fn new(params: &Params) -> Observer<'_> {
        Observer {
            params,
            golden: Golden::new(params),
            elements: vec![],
            epsilon: 0,
            is_rms: false,
            beats: 0,
            turns: false,
        }
    }
}

impl Observer<'_> {
    /// The points that a beat of elements reaches.
    fn of_elements(&mut self, beat: &[Bits], is_reached: &mut [bool; POINTS.len()]) {
        let (bits, is_last) = (self.params.input_bits, beat[beat.len() - 1].bit(0));
        let Range { start, end } = range(bits);
        if self.beats == 0 {
            self.epsilon = beat[1].to_u64();
            let is_rms = self.params.norm == Norm::Both && beat[2].bit(0);
            self.turns = is_rms != self.is_rms;
            self.is_rms = is_rms;
        }
        self.beats += 1;
        self.elements.extend(numbers(&beat[0], bits));
        let row = &self.elements;
        is_reached[3] = row.contains(&start);
        is_reached[4] = row.contains(&(end - 1));
        if !is_last {
            return;
        }
        let greatest_epsilon = (1 << self.params.epsilon_bits()) - 1;
        let others = |one: i32| row.iter().filter(|own| **own == one).count() + 1 == row.len();
        let (first, second) = (row[0], *row.last().unwrap_or(&row[0]));
        is_reached[0] = self.beats == 1;
        is_reached[1] = self.beats == self.params.beats();
        is_reached[2] = self.beats > self.params.beats();
        is_reached[5] = row.len() > 1 && row.iter().all(|own| *own == first);
        is_reached[6] = row.iter().all(|own| *own == 0);
        is_reached[7] = row.len() > 1 && (others(first) || others(second));
        is_reached[8] = self.epsilon == 0;
        is_reached[9] = self.epsilon == greatest_epsilon;
        is_reached[10] = self.turns;
        self.elements.clear();
        self.beats = 0;
    }

    /// The points that a beat of gains reaches.
    fn of_gains(&self, beat: &[Bits], is_reached: &mut [bool; POINTS.len()]) {
        let Range { start, end } = range(self.params.gain_bits);
        let [gains, biases] = [&beat[0], &beat[1]].map(|field| numbers(field, self.params.gain_bits));
        let has = |pair| gains.iter().copied().zip(biases.iter().copied()).any(|own| own == pair);
        is_reached[11] = has((start, end - 1));
        is_reached[12] = has((end - 1, start));
    }
}

impl Observe for Observer<'_> {
    fn taken(&mut self, channel: usize, beat: &[Bits], hit: &mut dyn FnMut(usize)) {
        let mut is_reached = [false; POINTS.len()];
        if channel == ELEMENTS {
            self.of_elements(beat, &mut is_reached);
        } else {
            self.of_gains(beat, &mut is_reached);
        }
        let Range { start, end } = range(self.params.output_bits);
        self.golden.accept(channel, beat, &mut |_, answer| {
            let field = answer[0].as_ref().expect("all are specified");
            let results = numbers(field, self.params.output_bits);
            is_reached[13] |= results.contains(&start);
            is_reached[14] |= results.contains(&(end - 1));
        });
        is_reached[15] = self.golden.ends_elsewhere();
        let is_reached: Vec<bool> =
            numbered_points(self.params).map(|(place, _)| is_reached[place]).collect();
        report_reached(&is_reached, hit);
    }
}

//! Random jobs with their spikes, and the coverage points that they reach.

use super::definition::Task;
use super::shape::{Fault, Shape};
use crate::stimulus::{Coverage, Space, case_rng};
use fastrand::Rng;
use hdl::Bits;

/// Jobs, on channel 0, with the beats of so many operands on the channels behind it.
pub fn space(shape: &Shape, seed: u64, operands: usize) -> Space {
    let shape = shape.clone();
    let make = move |index: u64, emit: &mut dyn FnMut(usize, &[Bits])| {
        let mut rng = case_rng(seed, index);
        let task = task(&shape, &mut rng);
        emit(0, &task.beat(&shape));
        for _ in 0..task.heads_done(&shape) {
            for operand in 1..=operands {
                let beats = spikes(&shape, &task, &mut rng);
                beats.into_iter().for_each(|beat| emit(operand, &[beat]));
            }
        }
    };
    Space { name: "random jobs".into(), cases: u64::MAX, make: Box::new(make), make_many: None }
}

/// The points of jobs, one for a silent column of each operand, and one for a column in which all fire.
pub fn coverage<'p>(shape: &'p Shape, silent: &[&'static str]) -> Coverage<'p> {
    let mut names = points(shape);
    let (own, operands) = (names.len(), silent.len());
    names.extend(silent);
    names.push("column in which all fire");
    let watch = move |channel: usize, beat: &[Bits], hit: &mut dyn FnMut(usize)| match channel {
        0 => reached(shape, &Task::of_beat(beat), hit),
        operand if beat[0].is_zero() => hit(own + operand - 1),
        _ if beat[0].is_ones() => hit(own + operands),
        _ => {}
    };
    Coverage::new(names, watch)
}

/// A job: one that fits, or any.
pub fn task(shape: &Shape, rng: &mut Rng) -> Task {
    let any = |rng: &mut Rng, most: u32| rng.usize(..=most as usize + 1);
    if rng.u8(..3) == 0 {
        return Task {
            tokens: any(rng, shape.tokens),
            steps: any(rng, shape.time_steps.min(shape.lanes())),
            chunks: any(rng, shape.time_steps),
            tiles: any(rng, shape.tiles),
            heads: rng.usize(..=2),
            denominator: rng.u64(..=3),
            masks: rng.bool(),
        }
        .cut(shape);
    }
    for _ in 0..100 {
        let masks = rng.u8(..4) == 0;
        let time = rng.usize(1..=shape.time_steps as usize);
        let steps = if masks { 1 } else { rng.usize(1..=time) };
        let tokens = match rng.u8(..4) {
            0 => shape.tokens as usize,
            _ => rng.usize(1..=shape.tokens as usize),
        };
        let most = 1 + rng.u64(..=u64::from(shape.channels())) * rng.u64(..=u64::from(shape.chunk_rows));
        let task = Task {
            tokens,
            steps,
            chunks: time / steps,
            tiles: rng.usize(1..=shape.tiles as usize),
            heads: rng.usize(1..=3),
            denominator: rng.u64(1..=most),
            masks,
        };
        if task.fault(shape) == Fault::None {
            // Small ones decide more spikes.
            let denominator = if rng.bool() { 1 + task.denominator % 6 } else { task.denominator };
            return Task { denominator, ..task };
        }
    }
    Task { tokens: 1, steps: 1, chunks: 1, tiles: 1, heads: 1, denominator: 1, masks: false }
}

impl Task {
    /// Heads of it: none if it is refused.
    pub fn heads_done(&self, shape: &Shape) -> usize {
        if self.fault(shape) == Fault::None { self.heads } else { 0 }
    }

    /// As much of it as the fields of a beat can say.
    fn cut(self, shape: &Shape) -> Task {
        Task::of_beat(&self.beat(shape))
    }
}

/// The beats of a head: columns that are silent, that always fire, or anything; in half of the heads also in the places of no token
/// and no step.
pub fn spikes(shape: &Shape, task: &Task, rng: &mut Rng) -> Vec<Bits> {
    let kinds: Vec<u8> = (0..task.channels(shape)).map(|_| rng.u8(..6)).collect();
    let quiet = rng.u8(..4) == 0;
    let (columns, beats) = (shape.columns as usize, task.beats(shape));
    let beat = |number: usize| {
        let channel = number / columns / beats * columns + number % columns;
        let kind = if quiet && channel < columns { 0 } else { kinds[channel] };
        word(shape.rows * shape.time_steps, kind, rng)
    };
    let beats: Vec<Bits> = (0..task.columns(shape)).map(beat).collect();
    if rng.bool() {
        return beats;
    }
    // The same with silence in the places of no token and no step.
    task.beats_of(shape, &task.train(shape, &beats))
}

fn word(width: u32, kind: u8, rng: &mut Rng) -> Bits {
    let limbs: Vec<u64> = (0..hdl::limbs_for(width))
        .map(|_| match kind {
            0 => 0,
            1 => u64::MAX,
            2 | 3 => rng.u64(..),
            _ => rng.u64(..) & rng.u64(..),
        })
        .collect();
    Bits::from_limbs(width, &limbs)
}

/// The points of jobs.
pub fn points(shape: &Shape) -> Vec<&'static str> {
    let is_possible = possible(shape);
    POINTS
        .into_iter()
        .zip(is_possible)
        .filter(|(_, is_possible)| *is_possible)
        .map(|(point, _)| point)
        .collect()
}

const POINTS: [&str; 9] = [
    "job refused",
    "job of one head",
    "job of several heads",
    "masks",
    "several chunks",
    "several steps in a chunk",
    "steps that are no power of two",
    "tokens that do not fill a beat",
    "fewer tiles than there can be",
];

fn possible(shape: &Shape) -> [bool; 9] {
    let steps = shape.lanes().min(shape.time_steps);
    [true, true, true, true, shape.time_steps > 1, steps > 1, steps > 2, true, shape.tiles > 1]
}

/// Reports the points that a job reaches, as numbered by [`points`].
pub fn reached(shape: &Shape, task: &Task, hit: &mut dyn FnMut(usize)) {
    let is_legal = task.fault(shape) == Fault::None;
    let is_reached = [
        !is_legal,
        is_legal && task.heads == 1,
        is_legal && task.heads > 1,
        is_legal && task.masks,
        is_legal && task.chunks > 1,
        is_legal && task.steps > 1,
        is_legal && !task.steps.is_power_of_two(),
        is_legal && !task.tokens.is_multiple_of(shape.rows as usize),
        is_legal && task.tiles < shape.tiles as usize,
    ];
    let of_shape = is_reached.into_iter().zip(possible(shape)).filter(|(_, is_possible)| *is_possible);
    for (point, _) in of_shape.enumerate().filter(|(_, (is_reached, _))| *is_reached) {
        hit(point);
    }
}

//! Random jobs with their spikes, and the coverage points that they reach.

use super::definition::Task;
use super::shape::{Fault, Shape};
use crate::stimulus::{Coverage, Space, case_rng};
use fastrand::Rng;
use hdl::{Bits, Encoded};

/// Jobs, on channel 0, with the beats of so many operands on the channels behind it.
pub fn space(shape: &Shape, seed: u64, operands: usize) -> Space {
    let (shape, faults) = (shape.clone(), faults(shape));
    let make = move |index: u64, emit: &mut dyn FnMut(usize, &[Bits])| {
        let mut rng = case_rng(seed, index);
        let task = task(&shape, &faults, &mut rng);
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
    let points = Points::new(shape);
    let mut names = points.names();
    let (own, operands) = (names.len(), silent.len());
    names.extend(silent);
    names.push("column in which all fire");
    let watch = move |channel: usize, beat: &[Bits], hit: &mut dyn FnMut(usize)| match channel {
        0 => points.reached(&Task::of_beat(beat), hit),
        operand if beat[0].is_zero() => hit(own + operand - 1),
        _ if beat[0].is_ones() => hit(own + operands),
        _ => {}
    };
    Coverage::new(names, watch)
}

/// A job: one that fits, or one with any of these faults.
pub fn task(shape: &Shape, faults: &[Fault], rng: &mut Rng) -> Task {
    let fault = if rng.u8(..3) == 0 { faults[rng.usize(..faults.len())] } else { Fault::None };
    let draw = |rng: &mut Rng| {
        let is_odd = fault != Fault::None && rng.bool();
        if is_odd { odd(shape, rng) } else { plain(shape, rng) }
    };
    let found = (0..200).map(|_| draw(rng)).find(|task| task.fault(shape) == fault);
    found.unwrap_or(Task { tokens: 1, steps: 1, chunks: 1, tiles: 1, heads: 1, denominator: 1, masks: false })
}

/// A job with numbers about their limits.
fn odd(shape: &Shape, rng: &mut Rng) -> Task {
    let any = |rng: &mut Rng, most: u32| rng.usize(..=most as usize + 1);
    Task {
        tokens: any(rng, shape.tokens),
        steps: any(rng, shape.time_steps.min(shape.lanes())),
        chunks: any(rng, shape.time_steps),
        tiles: any(rng, shape.tiles),
        heads: rng.usize(..=2),
        denominator: rng.u64(..=3),
        masks: rng.bool(),
    }
    .cut(shape)
}

/// A job with numbers within their limits, which may be too great for a memory.
fn plain(shape: &Shape, rng: &mut Rng) -> Task {
    let masks = rng.u8(..4) == 0;
    let time = rng.usize(1..=shape.time_steps as usize);
    let steps = if masks { 1 } else { rng.usize(1..=time) };
    let tokens = match rng.u8(..4) {
        0 => shape.tokens as usize,
        1 => rng.usize(1..=shape.tokens.min(shape.rows) as usize),
        _ => rng.usize(1..=shape.tokens as usize),
    };
    let most = 1 + rng.u64(..=u64::from(shape.channels())) * rng.u64(..=u64::from(shape.chunk_rows));
    let denominator = rng.u64(1..=most);
    Task {
        tokens,
        steps,
        chunks: time / steps,
        tiles: rng.usize(1..=shape.tiles as usize),
        heads: rng.usize(1..=3),
        // Small ones decide more spikes.
        denominator: if rng.bool() { 1 + denominator % 6 } else { denominator },
        masks,
    }
}

/// The faults that a job can have.
pub fn faults(shape: &Shape) -> Vec<Fault> {
    let is_possible = |fault: &Fault| match fault {
        Fault::None => false,
        Fault::Tokens | Fault::Steps | Fault::Tiles | Fault::Heads | Fault::Denominator => true,
        Fault::Rows | Fault::ColumnWords | Fault::Pieces | Fault::QueryWords => {
            sizes(shape).any(|task| task.fault(shape) == *fault)
        }
    };
    Fault::VALUES.iter().map(|value| value.value).filter(is_possible).collect()
}

/// Jobs of every size within the limits of numbers.
fn sizes(shape: &Shape) -> impl Iterator<Item = Task> {
    let (tokens, tiles) = (shape.tokens as usize, shape.tiles as usize);
    let (time, lanes) = (shape.time_steps as usize, shape.lanes() as usize);
    let chunks =
        (1..=time.min(lanes)).flat_map(move |steps| (1..=time / steps).map(move |chunks| [steps, chunks]));
    chunks.flat_map(move |[steps, chunks]| {
        let sizes = (1..=tiles).flat_map(move |tiles| (1..=tokens).map(move |tokens| [tiles, tokens]));
        sizes.map(move |[tiles, tokens]| Task {
            tokens,
            steps,
            chunks,
            tiles,
            heads: 1,
            denominator: 1,
            masks: false,
        })
    })
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
pub struct Points<'p> {
    shape: &'p Shape,
    faults: Vec<Fault>,
}

const POINTS: [&str; 8] = [
    "job of one head",
    "job of several heads",
    "masks",
    "several chunks",
    "several steps in a chunk",
    "steps that are no power of two",
    "tokens that do not fill a beat",
    "fewer tiles than there can be",
];

impl<'p> Points<'p> {
    /// Those that jobs can reach.
    pub fn new(shape: &'p Shape) -> Points<'p> {
        Points { shape, faults: faults(shape) }
    }

    /// What they are.
    pub fn names(&self) -> Vec<&'static str> {
        let faults = self.faults.iter().map(|fault| refusal(*fault));
        let others = POINTS.into_iter().zip(self.possible()).filter(|(_, is_possible)| *is_possible);
        faults.chain(others.map(|(point, _)| point)).collect()
    }

    /// Reports those that a job reaches, by their numbers.
    pub fn reached(&self, task: &Task, hit: &mut dyn FnMut(usize)) {
        let fault = task.fault(self.shape);
        if fault != Fault::None {
            return self.faults.iter().position(|own| *own == fault).into_iter().for_each(hit);
        }
        let is_reached = [
            task.heads == 1,
            task.heads > 1,
            task.masks,
            task.chunks > 1,
            task.steps > 1,
            !task.steps.is_power_of_two(),
            !task.tokens.is_multiple_of(self.shape.rows as usize),
            task.tiles < self.shape.tiles as usize,
        ];
        let possible = is_reached.into_iter().zip(self.possible()).filter(|(_, is_possible)| *is_possible);
        let reached = (self.faults.len()..).zip(possible).filter(|(_, (is_reached, _))| *is_reached);
        reached.for_each(|(point, _)| hit(point));
    }

    /// Which of the other points jobs can reach.
    fn possible(&self) -> [bool; 8] {
        let shape = self.shape;
        let steps = shape.lanes().min(shape.time_steps);
        [true, true, true, shape.time_steps > 1, steps > 1, steps > 2, true, shape.tiles > 1]
    }
}

/// The point of a fault.
fn refusal(fault: Fault) -> &'static str {
    match fault {
        Fault::None => "job taken",
        Fault::Tokens => "job refused: tokens",
        Fault::Steps => "job refused: steps",
        Fault::Tiles => "job refused: tiles",
        Fault::Heads => "job refused: heads",
        Fault::Denominator => "job refused: denominator",
        Fault::Rows => "job refused: rows of a chunk",
        Fault::ColumnWords => "job refused: memory for K and V",
        Fault::Pieces => "job refused: memory for K^T V",
        Fault::QueryWords => "job refused: memory for Q",
    }
}

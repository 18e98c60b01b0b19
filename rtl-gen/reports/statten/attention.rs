//! Layers on the RTL of `statten`.

use super::shapes::Layer;
use crate::ReportError;
use crate::streams::Streams;
use blocks::statten::Shape;
use blocks::statten::attention::Params;
use blocks::statten::definition::{Task, Train};
use blocks::statten::statten_qkv::beats;
use fastrand::Rng;
use hdl::Bits;
use serde::Serialize;
use testbenches::Progress;

/// A layer at a firing rate.
#[derive(Clone, Debug, Serialize)]
pub struct Measured {
    /// The layer.
    pub layer: Layer,
    /// Part of spikes of q, k and v that are there.
    pub rate: f64,
    /// Part of channels that are silent.
    pub silent: f64,
    /// Least cycles of K^T V, of the channels that fire in a chunk; with masks, of one unit of 16.
    pub key_value_bound: u64,
    /// Least cycles of Q.
    pub query_bound: u64,
    /// Cycles in which K is loaded.
    pub loading: u64,
    /// Cycles of the layer in a flow of heads: those between the first head's last spikes and the last one's, for all heads.
    pub in_flow: u64,
    /// Cycles of the layer by itself, from the first beat to the last spikes.
    pub alone: u64,
    /// Cycles that follow the last beat of Q, if all others came so slowly before it that all is done with them.
    pub exposed: u64,
    /// Cycles of the linear layers of the same block, at least.
    pub linear: u64,
    /// Spikes of y, of all that are possible.
    pub output_rate: f64,
}

/// The spikes of a head: of the channels that are not silent each fires at this rate.
pub fn random(task: &Task, channels: usize, [rate, silent]: [f64; 2], rng: &mut Rng) -> Train {
    let mut train = Train::silent(task.time_steps(), task.tokens, channels);
    for channel in (0..channels).filter(|_| silent == 0.0 || rng.f64() >= silent).collect::<Vec<_>>() {
        for step in 0..task.time_steps() {
            (0..task.tokens).for_each(|token| train.set(step, token, channel, rng.f64() < rate));
        }
    }
    train
}

impl Measured {
    /// Least cycles of the layer, if loading takes none. With masks, four times those that 16 units would need.
    pub fn bound(&self) -> u64 {
        self.key_value_bound.max(self.query_bound)
    }
}

/// Runs layers, and compares every spike with the definition.
pub fn measure(
    layers: &[Layer],
    rates: &[[f64; 2]],
    seed: u64,
    progress: &dyn Progress,
) -> Result<Vec<Measured>, ReportError> {
    progress.start("layers", (layers.len() * rates.len()) as u64);
    let params = Params::default();
    let mut measured = vec![];
    for layer in layers {
        for rate in rates {
            if progress.is_cancelled() {
                return Err(ReportError::Cancelled);
            }
            measured.push(run(&params, layer, *rate, seed)?);
            progress.advance(1);
        }
    }
    Ok(measured)
}

/// A head with its operands and its spikes.
struct Head {
    /// Beats of k, v and q.
    operands: [Vec<Bits>; 3],
    key_value_bound: u64,
    expected: Vec<[Bits; 3]>,
}

impl Head {
    /// The head of which so many are left, this one included.
    fn new(shape: &Shape, layer: &Layer, rates: [f64; 2], left: usize, rng: &mut Rng) -> Head {
        let task = Task { heads: left, ..layer.task(shape.columns) };
        let [k, v, q] = [(); 3].map(|()| random(&task, layer.size, rates, rng));
        let of_chunk =
            |chunk: usize| layer.key_value_bound([&k, &v].map(|train| live(&task, train, layer.size, chunk)));
        Head {
            operands: [&k, &v, &q].map(|train| task.beats_of(shape, train)),
            key_value_bound: (0..task.chunks).map(of_chunk).sum(),
            expected: beats(shape, &task, &task.attention(&q, &k, &v), 0..task.tokens),
        }
    }

    /// Its spikes.
    fn fired(&self) -> u32 {
        self.expected.iter().flat_map(|beat| beat[0].limbs()).map(|limb| limb.count_ones()).sum()
    }
}

fn run(params: &Params, layer: &Layer, rates: [f64; 2], seed: u64) -> Result<Measured, ReportError> {
    let (shape, task) = (&params.shape, layer.task(params.shape.columns));
    let mut rng = Rng::with_seed(seed);
    let lefts = (1..=task.heads).rev();
    let heads: Vec<Head> = lefts.map(|left| Head::new(shape, layer, rates, left, &mut rng)).collect();
    let mut streams = Streams::of(params)?;
    streams.push(0, &task.beat(shape));
    heads.iter().for_each(|head| give(&mut streams, &head.operands));
    let expected: Vec<_> = heads.iter().map(|head| &head.expected[..]).collect();
    let ends = drain(&mut streams, &expected, layer.name)?;
    let (first, last) = (ends[0], ends[ends.len() - 1]);
    let fired: u32 = heads.iter().map(Head::fired).sum();
    let count = task.heads as u64;
    Ok(Measured {
        layer: *layer,
        rate: rates[0],
        silent: rates[1],
        key_value_bound: heads.iter().map(|head| head.key_value_bound).sum(),
        query_bound: layer.query_bound(),
        loading: layer.loading(shape.chunks_per_cycle()),
        in_flow: (last - first) * count / (count - 1),
        alone: last,
        exposed: exposed(params, layer, &heads[task.heads - 1], first)?,
        linear: layer.linear(rates[0]),
        output_rate: f64::from(fired) / (task.time_steps() * task.tokens * layer.size * task.heads) as f64,
    })
}

/// Offers a head's operands.
fn give(streams: &mut Streams<sim::Compiled>, operands: &[Vec<Bits>; 3]) {
    for (channel, beats) in (1..).zip(operands) {
        beats.iter().for_each(|beat| streams.push(channel, std::slice::from_ref(beat)));
    }
}

/// Cycles from the last beat of Q to the last spikes of a head, where all others came `cycles` cycles before.
fn exposed(params: &Params, layer: &Layer, head: &Head, cycles: u64) -> Result<u64, ReportError> {
    let (shape, task) = (&params.shape, Task { heads: 1, ..layer.task(params.shape.columns) });
    let mut streams = Streams::of(params)?;
    streams.push(0, &task.beat(shape));
    let mut operands = head.operands.clone();
    let last = operands[2].pop().expect("there is a beat");
    give(&mut streams, &operands);
    let mut check = Check::new(layer.name, &head.expected);
    for _ in 0..cycles {
        check.cycle(&mut streams)?;
    }
    streams.push(3, &[last]);
    let begin = streams.cycles();
    while !check.is_over() {
        check.cycle(&mut streams)?;
    }
    Ok(streams.cycles() - begin)
}

/// Channels that fire in a chunk.
fn live(task: &Task, train: &Train, channels: usize, chunk: usize) -> usize {
    let fires = |channel: &usize| {
        let mut steps = chunk * task.steps..(chunk + 1) * task.steps;
        steps.any(|step| (0..task.tokens).any(|token| train.at(step, token, *channel)))
    };
    (0..channels).filter(fires).count()
}

/// Runs until every head's spikes have come; gives the cycle in which each is complete.
pub fn drain(
    streams: &mut Streams<sim::Compiled>,
    expected: &[&[[Bits; 3]]],
    name: &'static str,
) -> Result<Vec<u64>, ReportError> {
    let end = |expected: &&[[Bits; 3]]| {
        let mut check = Check::new(name, expected);
        while !check.is_over() {
            check.cycle(streams)?;
        }
        Ok(streams.cycles())
    };
    expected.iter().map(end).collect()
}

/// Compares spikes with those that are expected.
pub struct Check<'e> {
    name: &'static str,
    expected: std::slice::Iter<'e, [Bits; 3]>,
}

impl<'e> Check<'e> {
    /// None has come.
    pub fn new(name: &'static str, expected: &'e [[Bits; 3]]) -> Check<'e> {
        Check { name, expected: expected.iter() }
    }

    /// How many beats are left.
    pub fn left(&self) -> usize {
        self.expected.len()
    }

    /// All have come.
    pub fn is_over(&self) -> bool {
        self.left() == 0
    }

    /// Runs for a cycle.
    pub fn cycle(&mut self, streams: &mut Streams<sim::Compiled>) -> Result<(), ReportError> {
        let left = self.left();
        let mut wrong = None;
        streams.cycle(&mut |channel, beat| match channel {
            0 if beat[0].is_zero() => {}
            0 => wrong = Some(format!("the job is refused: {}", beat[0].to_u64())),
            _ if self.expected.next().is_some_and(|expected| expected[..] == *beat) => {}
            _ => wrong = Some(format!("wrong spikes where {left} beats are left")),
        })?;
        match wrong {
            None => Ok(()),
            Some(wrong) => Err(ReportError::Wrong(format!("statten, {}: {wrong}", self.name))),
        }
    }
}

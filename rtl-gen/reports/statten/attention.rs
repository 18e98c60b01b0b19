//! Layers on the RTL of `statten`.

use super::shapes::Layer;
use crate::ReportError;
use crate::streams::Streams;
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
    /// Least cycles of K^T V, of the channels that fire in a chunk.
    pub key_value_bound: u64,
    /// Least cycles of Q.
    pub query_bound: u64,
    /// Cycles in which K is loaded.
    pub loading: u64,
    /// Cycles of the layer in a flow of heads: those between the first head's last spikes and the last one's, for all heads.
    pub in_flow: u64,
    /// Cycles of the layer by itself, from the first beat to the last spikes.
    pub alone: u64,
    /// Cycles of a head by itself. If operands come evenly, head by head, no more than these follow the last of them.
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
    /// Least cycles of the layer, if loading takes none.
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

fn run(params: &Params, layer: &Layer, rates: [f64; 2], seed: u64) -> Result<Measured, ReportError> {
    let (shape, task) = (&params.shape, layer.task(params.shape.columns));
    let mut rng = Rng::with_seed(seed);
    let mut streams = Streams::of(params)?;
    streams.push(0, &task.beat(shape));
    let mut expected = vec![];
    let (mut fired, mut key_value_bound) = (0u32, 0);
    for _ in 0..task.heads {
        let [k, v, q] = [(); 3].map(|()| random(&task, layer.size, rates, &mut rng));
        for chunk in 0..task.chunks {
            key_value_bound +=
                layer.key_value_bound([&k, &v].map(|train| live(&task, train, layer.size, chunk)));
        }
        for (channel, train) in [&k, &v, &q].into_iter().enumerate() {
            task.beats_of(shape, train)
                .iter()
                .for_each(|beat| streams.push(1 + channel, std::slice::from_ref(beat)));
        }
        let head = beats(shape, &task, &task.attention(&q, &k, &v));
        fired += head.iter().flat_map(|beat| beat[0].limbs()).map(|limb| limb.count_ones()).sum::<u32>();
        expected.push(head);
    }
    let ends = drain(&mut streams, &expected, layer.name)?;
    let (first, last) = (ends[0], ends[ends.len() - 1]);
    let heads = task.heads as u64;
    Ok(Measured {
        layer: *layer,
        rate: rates[0],
        silent: rates[1],
        key_value_bound,
        query_bound: layer.query_bound(),
        loading: layer.loading(),
        in_flow: (last - first) * heads / (heads - 1),
        alone: last,
        exposed: first,
        linear: layer.linear(rates[0]),
        output_rate: f64::from(fired) / (task.time_steps() * task.tokens * layer.size * task.heads) as f64,
    })
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
    expected: &[Vec<[Bits; 2]>],
    name: &str,
) -> Result<Vec<u64>, ReportError> {
    let mut ends = vec![];
    for head in expected {
        let mut place = 0;
        while place < head.len() {
            let mut wrong = None;
            streams.cycle(&mut |channel, beat| match channel {
                0 if beat[0].is_zero() => {}
                0 => wrong = Some(format!("the job is refused: {}", beat[0].to_u64())),
                _ => {
                    if head.get(place).is_none_or(|expected| expected[..] != *beat) {
                        wrong = Some(format!("beat {place} of head {}", ends.len()));
                    }
                    place += 1;
                }
            })?;
            if let Some(wrong) = wrong {
                return Err(ReportError::Wrong(format!("statten, {name}: {wrong}")));
            }
        }
        ends.push(streams.cycles());
    }
    Ok(ends)
}

//! A small block of a spiking transformer: linear layers with their neurons on the RTL of `loas_array`, attention on that of
//! `statten`. An image that a seed makes becomes spikes; weights are made by the seed too. Residuals are further inputs of the same
//! neurons, so every value is a spike or a weight.

use super::attention::drain;
use crate::ReportError;
use crate::loas::{self, Array, Layer, Machine, Operands, TIME_STEPS, Workload, dense};
use crate::streams::Streams;
use blocks::loas::{loas_array, loas_plif};
use blocks::statten::Shape;
use blocks::statten::attention::Params;
use blocks::statten::definition::{Task, Train};
use blocks::statten::statten_qkv::beats;
use fastrand::Rng;
use serde::Serialize;

/// Its linear layers.
const LAYERS: [Layer; 6] = [
    layer("q", 1, CHANNELS, CHANNELS),
    layer("k", 2, CHANNELS, CHANNELS),
    layer("v", 3, CHANNELS, CHANNELS),
    layer("projection", 4, 2 * CHANNELS, CHANNELS),
    layer("first of the MLP", 5, CHANNELS, RATIO * CHANNELS),
    layer("second of the MLP", 6, (1 + RATIO) * CHANNELS, CHANNELS),
];

const fn layer(name: &'static str, number: u32, inputs: usize, outputs: usize) -> Layer {
    Layer { network: name, number, m: SIDE * SIDE, k: inputs, n: outputs, ..loas::LAYERS[0] }
}

/// Channels.
const CHANNELS: usize = 32;
/// Side of the image, in tokens.
const SIDE: usize = 8;
/// Heads.
const HEADS: usize = 2;
/// Hidden channels / channels.
const RATIO: usize = 4;
/// Step of the attention's chunks.
const STEPS: usize = 2;

/// A linear layer with its neurons.
#[derive(Clone, Debug, Serialize)]
pub struct Product {
    /// What it makes.
    pub name: &'static str,
    /// Inputs and outputs of a token.
    pub shape: [usize; 2],
    /// Cycles of `loas_array`.
    pub cycles: u64,
    /// Part of its neurons' steps with a spike.
    pub rate: f64,
}

/// The measurements of the block.
#[derive(Clone, Debug, Serialize)]
pub struct Block {
    /// Linear layers.
    pub products: Vec<Product>,
    /// Cycles of the attention by itself.
    pub attention: u64,
    /// Cycles from the last operand to the last spike of the attention, if k, v and q came evenly, head by head, in the cycles of
    /// their linear layers.
    pub exposed: u64,
    /// Part of the attention's spikes that are there.
    pub rate: f64,
}

impl Block {
    /// Cycles of all linear layers.
    pub fn linear(&self) -> u64 {
        self.products.iter().map(|product| product.cycles).sum()
    }
}

/// Runs the block: every spike of every layer is compared with the golden model.
pub fn block(seed: u64) -> Result<Block, ReportError> {
    let mut maker = Maker::new(seed);
    let input = image(&mut maker.rng);
    let query = maker.product(&LAYERS[0], &input)?;
    let key = maker.product(&LAYERS[1], &input)?;
    let value = maker.product(&LAYERS[2], &input)?;
    let arrival: u64 = maker.products.iter().map(|product| product.cycles).sum();
    let attended = attend(&[&key, &value, &query], arrival)?;
    let projected = maker.product(&LAYERS[3], &beside(&input, &attended.words))?;
    let hidden = maker.product(&LAYERS[4], &projected)?;
    maker.product(&LAYERS[5], &beside(&projected, &hidden))?;
    let rate = rate(&attended.words);
    Ok(Block { products: maker.products, attention: attended.alone, exposed: attended.exposed, rate })
}

/// Words by token and channel, the first step in the highest of the bits.
type Words = Vec<Vec<u8>>;

/// The spikes of an image of blobs: neurons that take their pixel in every step.
fn image(rng: &mut Rng) -> Words {
    let blobs: Vec<[f64; 4]> = (0..CHANNELS).map(|_| [(); 4].map(|()| rng.f64())).collect();
    let pixel = |token: usize, [x, y, size, peak]: [f64; 4]| {
        let place = |at: usize, centre: f64| (at as f64 / SIDE as f64 - centre) / (0.1 + size / 2.0);
        let distance = place(token % SIDE, x).powi(2) + place(token / SIDE, y).powi(2);
        (256.0 * (0.5 + peak) * (-distance).exp()) as u64
    };
    let word = |token: usize, blob: &[f64; 4]| {
        let sums = [pixel(token, *blob); TIME_STEPS as usize];
        let fires = blocks::statten::definition::fires(256, &sums);
        fires.into_iter().fold(0, |word, fires| word << 1 | u8::from(fires))
    };
    (0..SIDE * SIDE).map(|token| blobs.iter().map(|blob| word(token, blob)).collect()).collect()
}

/// The channels of both.
fn beside(left: &Words, right: &Words) -> Words {
    left.iter().zip(right).map(|(left, right)| [left.as_slice(), right].concat()).collect()
}

fn rate(words: &Words) -> f64 {
    let spikes: u32 = words.iter().flatten().map(|word| word.count_ones()).sum();
    f64::from(spikes) / (words.len() * words[0].len()) as f64 / f64::from(TIME_STEPS)
}

/// Makes layers one after the other.
struct Maker {
    rng: Rng,
    array: Array,
    neuron: loas_plif::Params,
    products: Vec<Product>,
}

impl Maker {
    fn new(seed: u64) -> Maker {
        // v += (x - v) / 2, which fires at 1: as integers, x + v / 2 at twice the threshold.
        let params = loas_array::Params {
            leak: 1,
            threshold: Some(2 * 32),
            compare: loas_plif::Compare::GreaterEqual,
            ..Default::default()
        };
        let rng = Rng::with_seed(seed);
        let neuron = params.neuron();
        Maker { rng, array: Array::new(Machine::Joins(params)), neuron, products: vec![] }
    }

    /// A layer with random weights on the array.
    fn product(&mut self, layer: &'static Layer, spikes: &Words) -> Result<Words, ReportError> {
        let (inputs, outputs) = (layer.k, layer.n);
        let column = |rng: &mut Rng| {
            let weights = (0..inputs).map(|row| (row, rng.i8(-64..=56)));
            weights.filter(|(_, weight)| *weight != 0).collect::<Vec<_>>()
        };
        let weights: Vec<Vec<(usize, i8)>> = (0..outputs).map(|_| column(&mut self.rng)).collect();
        let operands = Operands { spikes: spikes.clone(), weights };
        let expected = dense::spikes(layer, &operands, &self.neuron);
        let workload = Workload { layer, operands, expected };
        let cycles = self.array.run(&workload)?.cycles;
        let words = workload.expected;
        self.products.push(Product {
            name: layer.network,
            shape: [inputs, outputs],
            cycles,
            rate: rate(&words),
        });
        Ok(words)
    }
}

/// What the attention makes.
struct Attended {
    words: Words,
    alone: u64,
    exposed: u64,
}

/// The attention on the RTL: by itself, and with operands that come evenly, head by head, over so many cycles.
fn attend(operands: &[&Words; 3], arrival: u64) -> Result<Attended, ReportError> {
    let params = Params {
        shape: Shape { time_steps: TIME_STEPS, tokens: 64, columns: 16, tiles: 1, ..Shape::default() },
    };
    let shape = &params.shape;
    let size = CHANNELS / HEADS;
    let task = Task {
        tokens: SIDE * SIDE,
        steps: STEPS,
        chunks: TIME_STEPS as usize / STEPS,
        tiles: 1,
        heads: HEADS,
        denominator: 2,
        masks: false,
    };
    let mut words = vec![vec![0; CHANNELS]; task.tokens];
    let (mut arriving, mut expected) = (vec![], vec![]);
    for head in 0..HEADS {
        let trains = operands.map(|words| train(&task, words, head * size..(head + 1) * size));
        let [k, v, q] = &trains;
        let spikes = task.attention(q, k, v);
        write(&task, &spikes, &mut words, head * size);
        expected.push(beats(shape, &task, &spikes));
        for (channel, train) in trains.iter().enumerate() {
            arriving.extend(task.beats_of(shape, train).into_iter().map(|beat| (1 + channel, beat)));
        }
    }
    let mut streams = Streams::of(&params)?;
    streams.push(0, &task.beat(shape));
    arriving.iter().for_each(|(channel, beat)| streams.push(*channel, std::slice::from_ref(beat)));
    let alone = *drain(&mut streams, &expected, "block")?.last().expect("there is a head");

    let mut streams = Streams::of(&params)?;
    streams.push(0, &task.beat(shape));
    let mut left = arriving.iter().peekable();
    let outputs: Vec<_> = expected.iter().flatten().collect();
    let mut outputs = outputs.into_iter();
    let mut given = 0;
    let count = arriving.len() as u64;
    for cycle in 0.. {
        while left.peek().is_some() && given * arrival <= cycle * count {
            let (channel, beat) = left.next().expect("there is one");
            streams.push(*channel, std::slice::from_ref(beat));
            given += 1;
        }
        let mut is_wrong = false;
        streams.cycle(&mut |channel, beat| {
            is_wrong |= channel == 1 && outputs.next().is_none_or(|expected| expected[..] != *beat);
        })?;
        if is_wrong {
            return Err(ReportError::Wrong(format!("statten, block, cycle {cycle}")));
        }
        if outputs.len() == 0 {
            return Ok(Attended { words, alone, exposed: cycle.saturating_sub(arrival) });
        }
    }
    unreachable!("cycles have no end")
}

/// The spikes of some channels.
fn train(task: &Task, words: &Words, channels: std::ops::Range<usize>) -> Train {
    let mut train = Train::silent(task.time_steps(), task.tokens, channels.len());
    for step in 0..task.time_steps() {
        for (token, words) in words.iter().enumerate() {
            for (place, word) in words[channels.clone()].iter().enumerate() {
                train.set(step, token, place, word >> (TIME_STEPS as usize - 1 - step) & 1 == 1);
            }
        }
    }
    train
}

/// Writes the spikes of a head into words, from a channel on.
fn write(task: &Task, spikes: &Train, words: &mut Words, first: usize) {
    for (token, words) in words.iter_mut().enumerate() {
        for (place, word) in words[first..first + CHANNELS / HEADS].iter_mut().enumerate() {
            let bits = (0..task.time_steps()).map(|step| u8::from(spikes.at(step, token, place)));
            *word = bits.fold(0, |word, bit| word << 1 | bit);
        }
    }
}

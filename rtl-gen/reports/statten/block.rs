//! A small block of a spiking transformer: linear layers with their neurons on the RTL of `loas_array`, attention on that of
//! `statten`. An image that a seed makes becomes spikes; weights are made by the seed too. Residuals are further inputs of the same
//! neurons, so every value is a spike or a weight.

use super::attention::{Check, drain};
use crate::ReportError;
use crate::loas::{self, Array, Layer, Machine, Operands, TIME_STEPS, Workload, dense};
use crate::streams::Streams;
use blocks::loas::{loas_array, loas_plif, loas_tppe};
use blocks::statten::Shape;
use blocks::statten::attention::Params;
use blocks::statten::definition::{Task, Train};
use blocks::statten::statten_qkv::beats;
use fastrand::Rng;
use hdl::Bits;
use serde::Serialize;
use std::ops::Range;

/// Its linear layers.
const LAYERS: [Layer; 4] = [
    layer("q, k and v", 1, CHANNELS, 3 * CHANNELS),
    layer("projection", 4, 2 * CHANNELS, CHANNELS),
    layer("first of the MLP", 5, CHANNELS, RATIO * CHANNELS),
    layer("second of the MLP", 6, (1 + RATIO) * CHANNELS, CHANNELS),
];
/// The first of them in column tiles by heads: k and v of a head in one, its q in a half of the next one.
const BY_HEADS: Layer = layer("q, k and v by heads", 1, CHANNELS, 2 * HEADS * TILE);

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
/// Channels of a head.
const SIZE: usize = CHANNELS / HEADS;
/// Step of the attention's chunks.
const STEPS: usize = 2;
/// Columns of a tile of `loas_array`.
const TILE: usize = 32;
/// Rows of one.
const ROWS: usize = 16;

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
    /// Cycles of that of q, k and v, if it goes through column tiles by heads, and through all tokens for each.
    pub by_heads: u64,
    /// Cycles of the attention by itself.
    pub attention: u64,
    /// Cycles by which the projection takes longer because it waits for the attention, which takes q, k and v in the cycles in which
    /// the array gives them. It starts with the first tokens as soon as the array is free and all channels of these have their spikes.
    pub exposed: u64,
    /// The most beats of q, k or v that waited for the attention.
    pub waiting: usize,
    /// Part of the attention's spikes that are there.
    pub rate: f64,
}

impl Block {
    /// Cycles of all linear layers.
    pub fn linear(&self) -> u64 {
        self.products.iter().map(|product| product.cycles).sum()
    }

    /// Cycles of the block, with attention.
    pub fn all(&self) -> u64 {
        self.linear() - self.products[0].cycles + self.by_heads + self.exposed
    }
}

/// Runs the block: every spike of every layer is compared with the golden model.
pub fn block(seed: u64) -> Result<Block, ReportError> {
    let mut maker = Maker::new(seed);
    let input = image(&mut maker.rng);
    let weights = maker.weights(&LAYERS[0]);
    let words = maker.product(&LAYERS[0], &input, weights.clone())?;
    let arrival = maker.by_heads(&input, &weights)?;
    let attended = attend(&words, &arrival)?;
    let weights = maker.weights(&LAYERS[1]);
    let beside_input = beside(&input, &attended.words);
    let projected = maker.product(&LAYERS[1], &beside_input, weights.clone())?;
    let late = maker.array.run_late(&maker.workload(&LAYERS[1], &beside_input, weights), &attended.late)?;
    let exposed = late.cycles - maker.products[1].cycles;
    let hidden = maker.next(&LAYERS[2], &projected)?;
    maker.next(&LAYERS[3], &beside(&projected, &hidden))?;
    Ok(Block {
        products: maker.products,
        by_heads: arrival.cycles,
        attention: attended.alone,
        exposed,
        waiting: attended.waiting,
        rate: rate(&attended.words),
    })
}

/// Which of k, v and q, as the attention's channels 1, 2 and 3.
const OPERANDS: [usize; 3] = [1, 2, 3];

/// Channels of an operand of a head, in the words of the first layer: q, k, v.
fn channels(operand: usize, head: usize) -> Range<usize> {
    let first = operand % OPERANDS.len() * CHANNELS + head * SIZE;
    first..first + SIZE
}

/// The operands of a column tile by heads: of its first half and of its second one.
fn halves(tile: usize) -> [Option<(usize, usize)>; 2] {
    let [k, v, q] = OPERANDS;
    let head = tile / 2;
    if tile.is_multiple_of(2) { [Some((k, head)), Some((v, head))] } else { [Some((q, head)), None] }
}

/// Beats of the attention's operands, by cycle.
struct Arrival {
    cycles: u64,
    /// With their channels.
    beats: Vec<(u64, usize, Bits)>,
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
        // A tile of columns is what a head has of two operands.
        let element = loas_tppe::Params {
            columns: TILE as u32,
            group: 4,
            queue_depth: 1,
            ..loas_array::Params::default().element
        };
        let params = loas_array::Params {
            element,
            leak: 1,
            threshold: Some(2 * 32),
            compare: loas_plif::Compare::GreaterEqual,
            ..Default::default()
        };
        let rng = Rng::with_seed(seed);
        let neuron = params.neuron();
        Maker { rng, array: Array::new(Machine::Joins(params)), neuron, products: vec![] }
    }

    /// Random weights of a layer.
    fn weights(&mut self, layer: &Layer) -> Columns {
        let column = |rng: &mut Rng| {
            let weights = (0..layer.k).map(|row| (row, rng.i8(-64..=56)));
            weights.filter(|(_, weight)| *weight != 0).collect::<Vec<_>>()
        };
        (0..layer.n).map(|_| column(&mut self.rng)).collect()
    }

    fn workload(&self, layer: &'static Layer, spikes: &Words, weights: Columns) -> Workload {
        let operands = Operands { spikes: spikes.clone(), weights };
        let expected = dense::spikes(layer, &operands, &self.neuron);
        Workload { layer, operands, expected }
    }

    /// A layer on the array.
    fn product(
        &mut self,
        layer: &'static Layer,
        spikes: &Words,
        weights: Columns,
    ) -> Result<Words, ReportError> {
        let workload = self.workload(layer, spikes, weights);
        let cycles = self.array.run(&workload)?.cycles;
        let words = workload.expected;
        self.products.push(Product {
            name: layer.network,
            shape: [layer.k, layer.n],
            cycles,
            rate: rate(&words),
        });
        Ok(words)
    }

    /// A layer with random weights on the array.
    fn next(&mut self, layer: &'static Layer, spikes: &Words) -> Result<Words, ReportError> {
        let weights = self.weights(layer);
        self.product(layer, spikes, weights)
    }

    /// The first layer by heads.
    fn by_heads(&self, spikes: &Words, weights: &Columns) -> Result<Arrival, ReportError> {
        let of_half = |half: Option<(usize, usize)>| match half {
            None => vec![vec![]; SIZE],
            Some((operand, head)) => weights[channels(operand, head)].to_vec(),
        };
        let columns = (0..2 * HEADS).flat_map(halves).flat_map(of_half).collect();
        let (run, beats) = self.array.run_by_columns(&self.workload(&BY_HEADS, spikes, columns))?;
        let beats_of_tile = SIDE * SIDE / ROWS * TILE;
        let beat = |(number, (cycle, spikes)): (usize, (u64, Bits))| {
            let half = halves(number / beats_of_tile)[number % TILE / SIZE];
            half.map(|(channel, _)| (cycle, channel, spikes))
        };
        Ok(Arrival { cycles: run.cycles, beats: beats.into_iter().enumerate().filter_map(beat).collect() })
    }
}

/// The weights of columns with their rows.
type Columns = Vec<Vec<(usize, i8)>>;

/// What the attention makes.
struct Attended {
    words: Words,
    alone: u64,
    /// When the tokens of each tile of rows have all their spikes, in cycles from the end of q, k and v.
    late: Vec<u64>,
    waiting: usize,
}

/// The attention on the RTL: by itself, and with operands as they come from the array.
fn attend(words: &Words, arrival: &Arrival) -> Result<Attended, ReportError> {
    let params = Params {
        shape: Shape { time_steps: TIME_STEPS, tokens: 64, columns: 16, tiles: 1, ..Shape::default() },
    };
    let shape = &params.shape;
    let task = Task {
        tokens: SIDE * SIDE,
        steps: STEPS,
        chunks: TIME_STEPS as usize / STEPS,
        tiles: 1,
        heads: HEADS,
        denominator: 2,
        masks: false,
    };
    let mut attended = vec![vec![0; CHANNELS]; task.tokens];
    let mut expected = vec![];
    let mut alone = Streams::of(&params)?;
    alone.push(0, &task.beat(shape));
    for head in 0..HEADS {
        let trains = OPERANDS.map(|operand| train(&task, words, channels(operand, head)));
        for (channel, train) in OPERANDS.into_iter().zip(&trains) {
            task.beats_of(shape, train).into_iter().for_each(|beat| alone.push(channel, &[beat]));
        }
        let [k, v, q] = &trains;
        let spikes = task.attention(q, k, v);
        write(&task, &spikes, &mut attended, head * SIZE);
        let left = Task { heads: HEADS - head, ..task };
        expected.extend(beats(shape, &left, &spikes, 0..task.tokens));
    }
    let alone = drain(&mut alone, &[&expected], "block")?[0];
    let Followed { cycles, waiting } = follow(&params, &task, arrival, &expected)?;
    let of_last_head = &cycles[(HEADS - 1) * task.tokens..];
    let late =
        of_last_head.chunks(ROWS).map(|cycles| cycles[ROWS - 1].saturating_sub(arrival.cycles)).collect();
    Ok(Attended { words: attended, alone, late, waiting })
}

/// The attention behind the array.
struct Followed {
    /// By beat of spikes, the cycles from the array's first beat to it.
    cycles: Vec<u64>,
    /// The most beats that waited for a channel.
    waiting: usize,
}

/// Gives operands in their cycles.
fn follow(
    params: &Params,
    task: &Task,
    arrival: &Arrival,
    expected: &[[Bits; 3]],
) -> Result<Followed, ReportError> {
    let mut streams = Streams::of(params)?;
    streams.push(0, &task.beat(&params.shape));
    let mut left = arrival.beats.iter().peekable();
    let mut check = Check::new("block", expected);
    let mut followed = Followed { cycles: vec![], waiting: 0 };
    for cycle in 0.. {
        if check.is_over() {
            break;
        }
        while let Some((_, channel, beat)) = left.next_if(|(at, ..)| *at <= cycle) {
            streams.push(*channel, std::slice::from_ref(beat));
        }
        check.cycle(&mut streams)?;
        followed.cycles.resize(expected.len() - check.left(), cycle + 1);
        let waiting = OPERANDS.iter().map(|channel| streams.waiting(*channel));
        followed.waiting = waiting.fold(followed.waiting, usize::max);
    }
    Ok(followed)
}

/// The spikes of some channels.
fn train(task: &Task, words: &Words, channels: Range<usize>) -> Train {
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
        for (place, word) in words[first..first + SIZE].iter_mut().enumerate() {
            let bits = (0..task.time_steps()).map(|step| u8::from(spikes.at(step, token, place)));
            *word = bits.fold(0, |word, bit| word << 1 | bit);
        }
    }
}

//! Cycles of small layers on the RTL of `meadow_decoder_layer`, beside those of the model.

use super::built::{Choices, Layer, MATRICES, Places, Weights, copy, layer};
use super::cycles::{Memory, Needed, WIDE, cycles};
use super::list::{self, Work as ListWork};
use super::networks::{Network, Work};
use crate::ReportError;
use blocks::meadow::meadow_decoder_layer::step::{Kind, STEP_BYTES, Step};
use blocks::meadow::meadow_decoder_layer::{Host, Machine, Params, TABLE_ROWS};
use blocks::meadow::packing::{Choice, Dictionaries, Options, Rows, Shape, pack};
use hdl::Encoded;
use serde::Serialize;
use testbenches::Progress;
use testbenches::simulators::{BUILTIN, Drive};

/// A layer that was simulated.
#[derive(Clone, Debug, Serialize)]
pub struct SimulatedLayer {
    /// What it computes.
    pub name: &'static str,
    /// Beats of memory in 256 cycles, reads and writes together.
    pub rate: u32,
    /// Cycles of the model.
    pub modelled: f64,
    /// Cycles of the RTL.
    pub measured: u64,
}

impl SimulatedLayer {
    /// By which share of the RTL's cycles the model's are more.
    pub fn error(&self) -> f64 {
        self.modelled / self.measured as f64 - 1.0
    }
}

/// Width 128, four heads of 32.
const NETWORK: Network =
    Network { name: "small", layers: 1, d_model: 128, heads: 4, d_ffn: 1024, vocabulary: 1 };

/// Elements of a head.
const D_HEAD: u64 = 32;

/// Bytes of the memory.
const BYTES: u32 = 1 << 19;

/// Rate of a memory with a beat in each direction in each cycle.
const FULL: u32 = 512;

/// Beats of 64 bits, one of four tokens after the other.
fn small(rate: u32) -> Params {
    Params {
        tokens: 4,
        d_head: D_HEAD as u32,
        inner: 1024,
        keys: 64,
        row_length: 128,
        token_words: 1024,
        host: Host::Stream,
        memory_words: Some(BYTES / 8),
        memory_rate: Some(rate),
        ..Params::default()
    }
}

/// Beats of 256 bits, which are rows of tiles; two groups of tokens and two lent ones at once; activations on the chip.
fn large(rate: u32) -> Params {
    Params {
        groups: 2,
        lends: true,
        token_words: 96,
        bus_bits: 256,
        local_words: 2048,
        memory_words: Some(BYTES / 32),
        ..small(rate)
    }
}

/// The same with tokens that are split over two groups of multipliers.
fn split(rate: u32) -> Params {
    Params { split_k: 2, token_words: 160, ..large(rate) }
}

/// Room for a container of weights that do not get smaller.
const ROOM: Weights = Weights::Packed(0.9);

/// A layer that is simulated.
struct Case {
    name: &'static str,
    work: Work,
    weights: Weights,
    /// A token leaves out rows of weights.
    sparse: bool,
    params: Params,
}

impl Case {
    const fn new(name: &'static str, work: Work, weights: Weights, params: Params) -> Case {
        Case { name, work, weights, sparse: false, params }
    }
}

/// Runs layers of prompts and of a decoded token, with any operands. Every word of memory must be that of the golden model.
pub fn simulated(seed: u64, progress: &dyn Progress) -> Result<Vec<SimulatedLayer>, ReportError> {
    let [prompt, long, token] =
        [Work::prefill(NETWORK, 18), Work::prefill(NETWORK, 40), Work::decode(NETWORK, 40)];
    // Rates that are not full are 1.6 Gbps, and 6.4 of the wide ones.
    let cases = [
        Case::new("prompt of 18 tokens", prompt, Weights::Plain, small(FULL)),
        Case::new("the same, packed weights", prompt, ROOM, small(64)),
        Case::new("token that sees 40 keys", token, Weights::Plain, small(64)),
        Case::new("the same, packed weights", token, ROOM, small(FULL)),
        Case { sparse: true, ..Case::new("the same, rows left out", token, Weights::Plain, small(64)) },
        Case::new("wide: prompt of 40 tokens", long, Weights::Plain, large(FULL)),
        Case::new("the same, packed weights", long, ROOM, large(64)),
        Case::new("wide, split: prompt of 40 tokens", long, Weights::Plain, split(FULL)),
        Case::new("the same, packed weights", long, ROOM, split(64)),
        Case::new("wide: token that sees 40 keys", token, Weights::Plain, large(64)),
        Case::new("the same, packed weights", token, ROOM, large(64)),
        Case { sparse: true, ..Case::new("the same, rows left out", token, Weights::Plain, large(64)) },
        Case { sparse: true, ..Case::new("wide, split: the same", token, Weights::Plain, split(64)) },
    ];
    cases.iter().map(|case| case.run(seed, progress)).collect()
}

impl Case {
    /// Runs it with any operands.
    fn run(&self, seed: u64, progress: &dyn Progress) -> Result<SimulatedLayer, ReportError> {
        let Case { name, work, params, .. } = self;
        let weights = [self.weights; MATRICES];
        let choices = Choices { weights, is_sparse: self.sparse, keeps_keys: true };
        let layer = layer(params, work, &choices, FIRST_MATRIX);
        let (mut steps, end) = with_copies(params, work, &layer);
        let mut rng = fastrand::Rng::with_seed(seed);
        let mut image: Vec<u8> = (0..end).map(|_| rng.u8(..)).collect();
        for step in steps.iter_mut().filter(|step| step.packed == 1) {
            let container = container(params, step, &mut rng)?;
            step.b.stride = container.len() as u64;
            image[step.b.address as usize..][..container.len()].copy_from_slice(&container);
        }
        let (machine, measured) = checked(params, name, &mut image, &steps, progress)?;
        let sparse: u64 =
            steps.iter().filter(|step| step.sparse == 1).map(|step| step.inner * step.columns).sum();
        let needed = if sparse == 0 { 1.0 } else { 1.0 - machine.left_out as f64 / sparse as f64 };
        let rate = params.ram().rate;
        let memory = Memory { latency: params.ram().latency.into(), rate: f64::from(rate) / 256.0 };
        let modelled = cycles(params, memory, Needed(needed), &steps);
        Ok(SimulatedLayer { name, rate, modelled, measured })
    }
}

/// Runs steps on the RTL, whose list is written at the beginning of an image of the memory. Every word must be that of the golden model,
/// which is given afterwards, with the cycles of the RTL.
pub(crate) fn checked(
    params: &Params,
    name: &str,
    image: &mut [u8],
    steps: &[Step<u64>],
    progress: &dyn Progress,
) -> Result<(Machine, u64), ReportError> {
    let end = Step { kind: Kind::End.code() as u64, ..Step::default() };
    let list: Vec<u8> = steps.iter().chain([&end]).flat_map(Step::bytes).collect();
    image[..list.len()].copy_from_slice(&list);
    let mut machine = Machine::new(params);
    machine.memory.write(0, image);
    let mut asked = ListWork::default();
    machine.run(0, &mut |step, _| asked.add(params, step));
    let drive: Drive = BUILTIN.drive.expect("it runs from Rust");
    let run = list::run(params, image, 0, &asked, drive, progress)?;
    if run.error != 0 || run.memory != machine.memory.read(0, image.len()) {
        return Err(ReportError::Wrong(format!("meadow_decoder_layer: {name}")));
    }
    Ok((machine, run.cycles))
}

/// The steps of a layer, and the first byte behind its matrices. Of what it takes, those that are on the chip are copied there first, and
/// of what it gives, back.
fn with_copies(params: &Params, work: &Work, layer: &Layer) -> (Vec<Step<u64>>, u64) {
    let mut places = Places::behind(params, layer.end);
    let d_model = work.network.d_model;
    let given = [(layer.residual, WIDE * d_model), (layer.tokens, d_model)];
    let local = given.into_iter().filter(|(matrix, _)| matrix.local == 1);
    let (mut before, mut after) = (vec![], vec![]);
    for (matrix, bytes) in local {
        let outside = places.outside(work.tokens, bytes);
        before.push(copy(outside, matrix, work.tokens, bytes));
        after.push(copy(matrix, outside, work.tokens, bytes));
    }
    ([before, layer.steps.clone(), after].concat(), places.end())
}

/// A container for the tiles of a step, of weights as those of networks: most are small.
fn container(params: &Params, step: &Step<u64>, rng: &mut fastrand::Rng) -> Result<Vec<u8>, ReportError> {
    let tiles = if step.kind == Kind::Product.code() as u64 { step.columns / D_HEAD } else { 1 };
    let rows = tiles * (step.inner + u64::from(TABLE_ROWS));
    let weights: Vec<u8> = (0..rows * D_HEAD).map(|_| (0..4).map(|_| rng.u8(..8)).sum()).collect();
    let shape = Shape::of(rows as usize, D_HEAD as usize, Rows::Inputs);
    let options = Options {
        choice: Choice::Huffman,
        lanes: params.bytes(),
        classes: 1,
        dictionaries: Dictionaries::default(),
    };
    let wrong = |what: String| ReportError::Wrong(format!("meadow_decoder_layer: {what}"));
    let packed = pack(&weights, shape.map_err(|error| wrong(error.to_string()))?, &options);
    Ok(packed.map_err(|error| wrong(error.to_string()))?.bytes)
}

/// Where matrices begin, behind a list.
const FIRST_MATRIX: u64 = 64 * STEP_BYTES as u64;

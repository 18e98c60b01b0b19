//! Cycles of small layers on the RTL of `meadow_decoder_layer`, beside those of the model.

use super::built::layer;
use super::cycles::{Memory, cycles};
use super::list::{self, Work as ListWork};
use super::networks::{Network, Work};
use crate::ReportError;
use blocks::meadow::meadow_decoder_layer::step::{Kind, STEP_BYTES, Step};
use blocks::meadow::meadow_decoder_layer::{Host, Machine, Params};
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

/// Width 128, four heads of 32.
pub(super) const NETWORK: Network =
    Network { name: "small", layers: 1, d_model: 128, heads: 4, d_ffn: 512, vocabulary: 1 };

/// Words of the memory.
const WORDS: u32 = 1 << 16;

/// Rates of the memory: a beat in each direction in each cycle, and 1.6 Gbps.
const RATES: [u32; 2] = [512, 64];

pub(super) fn params(rate: u32) -> Params {
    Params {
        tokens: 4,
        d_head: 32,
        inner: 512,
        keys: 64,
        row_length: 128,
        token_words: 512,
        host: Host::Stream,
        memory_words: Some(WORDS),
        memory_rate: Some(rate),
        ..Params::default()
    }
}

/// Runs a layer of a prompt and one of a decoded token, with any operands, at several rates. Every word of memory must be that of
/// the golden model.
pub fn simulated(seed: u64, progress: &dyn Progress) -> Result<Vec<SimulatedLayer>, ReportError> {
    let works = [
        ("prompt of 18 tokens", Work::prefill(NETWORK, 18)),
        ("token that sees 40 keys", Work::decode(NETWORK, 40)),
    ];
    let cases = works.iter().flat_map(|(name, work)| RATES.map(|rate| (*name, work, rate)));
    cases.map(|(name, work, rate)| one(name, work, &params(rate), seed, progress)).collect()
}

/// Runs a layer with any operands.
pub(super) fn one(
    name: &'static str,
    work: &Work,
    params: &Params,
    seed: u64,
    progress: &dyn Progress,
) -> Result<SimulatedLayer, ReportError> {
    let rate = params.ram().rate;
    let (mut steps, _) = layer(params, work, FIRST_MATRIX);
    let memory = Memory { latency: params.ram().latency.into(), rate: f64::from(rate) / 256.0 };
    let modelled = cycles(params, memory, &steps);
    steps.push(Step { kind: Kind::End.code() as u64, ..Step::default() });
    let list: Vec<u8> = steps.iter().flat_map(Step::bytes).collect();
    let mut rng = fastrand::Rng::with_seed(seed);
    let mut image: Vec<u8> = (0..WORDS * params.bytes()).map(|_| rng.u8(..)).collect();
    image[..list.len()].copy_from_slice(&list);

    let mut machine = Machine::new(params);
    machine.memory.write(0, &image);
    let mut asked = ListWork::default();
    machine.run(0, &mut |step, _| asked.add(params, step));
    let drive: Drive = BUILTIN.drive.expect("it runs from Rust");
    let run = list::run(params, &image, 0, &asked, drive, progress)?;
    match run.error == 0 && run.memory == machine.memory.read(0, image.len()) {
        true => Ok(SimulatedLayer { name, rate, modelled, measured: run.cycles }),
        false => Err(ReportError::Wrong(format!("meadow_decoder_layer: {name}"))),
    }
}

/// Where matrices begin, behind a list.
const FIRST_MATRIX: u64 = 64 * STEP_BYTES as u64;

//! ReSpike's fusion of a spiking network's residual frames with the features of their key frame, on `meadow_decoder_layer`.

mod steps;

use super::frames::GROUP;
use crate::ReportError;
use crate::meadow::built::Places;
use crate::meadow::cycles::{Memory, Needed, cycles};
use crate::meadow::machine::bytes_per_cycle;
use crate::meadow::simulated::checked;
use blocks::meadow::meadow_decoder_layer::step::{STEP_BYTES, Step};
use blocks::meadow::meadow_decoder_layer::{Host, Params};
use fastrand::Rng;
use serde::Serialize;
use testbenches::Progress;

/// Elements of a head.
pub const D_HEAD: u64 = 32;

/// Residual frames of a group.
pub const RESIDUAL_FRAMES: u64 = GROUP as u64 - 1;

/// Bandwidths of the memory, in Gbps.
pub const BANDWIDTHS: [u64; 4] = [1, 4, 12, 51];

/// Cycles from an address to its data.
const LATENCY: f64 = 20.0;

/// A stage of the network, behind which features are fused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Stage {
    /// Channels of the spiking network, and of the fusion.
    pub channels: u64,
    /// Positions of the features: tokens, of a residual frame and of the key frame.
    pub tokens: u64,
    /// Channels of the key frame's features.
    pub context: u64,
}

/// The stages with a ResNet-50 for key frames, whose first two are pooled to 14 x 14 positions.
pub const STAGES: [Stage; 4] = [
    Stage { channels: 64, tokens: 196, context: 256 },
    Stage { channels: 128, tokens: 196, context: 512 },
    Stage { channels: 256, tokens: 196, context: 1024 },
    Stage { channels: 512, tokens: 49, context: 2048 },
];

impl Stage {
    /// Heads.
    pub fn heads(&self) -> u64 {
        self.channels / D_HEAD
    }

    /// Multiply-accumulates for the keys and values of a key frame.
    pub fn macs_of_keys(&self) -> u64 {
        2 * self.tokens * self.context * self.channels
    }

    /// Multiply-accumulates of a residual frame without them: 20 square matrices, and twice the scores and values.
    fn macs_of_frame(&self) -> u64 {
        20 * self.tokens * self.channels * self.channels + 4 * self.tokens * self.tokens * self.channels
    }

    /// Multiply-accumulates of a group's residual frames.
    pub fn macs(&self, keeps: bool) -> u64 {
        let of_keys = if keeps { 1 } else { RESIDUAL_FRAMES };
        RESIDUAL_FRAMES * self.macs_of_frame() + of_keys * self.macs_of_keys()
    }

    /// The block for it: 3072 multipliers, which all products use.
    fn params(&self) -> Params {
        let least = Params {
            tokens: 16,
            groups: 4,
            lends: true,
            d_head: D_HEAD as u32,
            inner: (4 * self.channels).max(self.context) as u32,
            keys: self.tokens as u32,
            row_length: (4 * self.channels) as u32,
            bus_bits: 256,
            ..Params::default()
        };
        let words = least.words_of_tokens(self.tokens, least.inner.into());
        Params { token_words: words as u32, ..least }
    }
}

/// The residual frames of a group behind a stage: keys and values of the key frame made for each, or once and kept.
#[derive(Clone, Debug, Serialize)]
pub struct Fusion {
    /// The stage.
    pub stage: Stage,
    /// Millions of multiply-accumulates: made for each, and kept.
    pub mega_macs: [f64; 2],
    /// At each bandwidth, thousands of modelled cycles: made for each, and kept.
    pub kilocycles: Vec<[f64; 2]>,
}

/// The stages, with cycles modelled.
pub fn fusions() -> Vec<Fusion> {
    let of_stage = |stage: &Stage| {
        let params = stage.params();
        let of = |gbps: u64, keeps: bool| {
            let rate = (bytes_per_cycle(gbps) / f64::from(params.bytes())).min(2.0);
            let memory = Memory { latency: LATENCY, rate };
            cycles(&params, memory, Needed(1.0), &steps::group(&params, stage, keeps).0) / 1e3
        };
        Fusion {
            stage: *stage,
            mega_macs: [false, true].map(|keeps| stage.macs(keeps) as f64 / 1e6),
            kilocycles: BANDWIDTHS.iter().map(|gbps| [of(*gbps, false), of(*gbps, true)]).collect(),
        }
    };
    STAGES.iter().map(of_stage).collect()
}

/// A small stage on the RTL.
#[derive(Clone, Debug, Serialize)]
pub struct RtlCheck {
    /// Whether keys and values are kept.
    pub keeps: bool,
    /// Cycles of the model.
    pub modelled: f64,
    /// Cycles of the RTL.
    pub measured: u64,
}

/// Runs a small stage on the RTL, in both ways. Every word of memory must be that of the golden model.
pub fn rtl_check(seed: u64, progress: &dyn Progress) -> Result<[RtlCheck; 2], ReportError> {
    let stage = Stage { channels: 64, tokens: 48, context: 256 };
    let bytes: u32 = 1 << 19;
    let params = Params {
        tokens: 4,
        groups: 2,
        host: Host::Stream,
        memory_words: Some(bytes / 32),
        memory_rate: Some(512),
        ..stage.params()
    };
    let params = Params { token_words: params.words_of_tokens(stage.tokens, 256) as u32, ..params };
    let run = |keeps| -> Result<RtlCheck, ReportError> {
        let (steps, end) = steps::group(&params, &stage, keeps);
        let mut rng = Rng::with_seed(seed);
        let mut image: Vec<u8> = (0..end).map(|_| rng.u8(..)).collect();
        let (_, measured) = checked(&params, "fusion", &mut image, &steps, progress)?;
        let memory = Memory { latency: params.ram().latency.into(), rate: 2.0 };
        Ok(RtlCheck { keeps, modelled: cycles(&params, memory, Needed(1.0), &steps), measured })
    };
    Ok([run(false)?, run(true)?])
}

/// Room for the list of a group.
fn places(params: &Params, steps: u64) -> Places {
    Places::behind(params, (steps + 1) * u64::from(STEP_BYTES))
}

/// Steps of a list.
type Steps = Vec<Step<u64>>;

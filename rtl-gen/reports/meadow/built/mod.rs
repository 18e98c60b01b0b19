//! `meadow_decoder_layer` with a layer as a list of steps.

mod pieces;
mod places;
mod steps;
mod switch;

use super::cycles::{self, Memory, Needed, cycles};
use super::machine::bytes_per_cycle;
use super::networks::{D_HEAD, Work};
use super::step::{self, Packing};
use blocks::meadow::meadow_decoder_layer::Params;
pub use places::{Placed, Places, Weights};
pub use steps::{Layer, copy, layer};
pub use switch::Switch;

/// Cycles from an address to its data.
const LATENCY: f64 = 20.0;

/// The hardware for a network.
#[derive(Clone, Copy, Debug)]
pub struct Built {
    /// Bytes of the memories on the chip, as far as they grow with a network.
    pub on_chip: u64,
    /// Tokens of a group: 16 for as many multipliers as the paper's machine has.
    pub tokens: u32,
    /// Share of the rows of the second feed-forward matrix that a token needs, whose weights are then not packed; 1: all are read.
    pub needed_rows: f64,
    /// What is switched off.
    pub off: Option<Switch>,
}

/// A layer on it.
pub struct Run {
    /// How its weights are packed.
    pub packing: Packing,
    /// Its cycles.
    pub cycles: f64,
}

impl Built {
    /// The block, with a memory whose width suits 51 Gbps.
    pub fn params(&self, work: &Work) -> Params {
        let network = &work.network;
        let inner = network.d_ffn as u32;
        let least = Params {
            tokens: self.tokens,
            groups: 4,
            lends: self.has(Switch::LentElements),
            d_head: D_HEAD as u32,
            inner,
            keys: work.keys.max(2) as u32,
            row_length: network.d_model as u32,
            token_words: 0,
            bus_bits: 512,
            local_words: 0,
            ..Params::default()
        };
        // First the tokens of a step, then matrices.
        let left = |params: &Params| self.on_chip.saturating_sub(on_chip(params));
        let token_bytes = u64::from(least.product_tokens()) * u64::from(least.bytes());
        let of_token = u64::from(inner.div_ceil(least.bytes()));
        let all = of_token * work.tokens.div_ceil(least.product_tokens().into());
        let fitting = left(&least) / token_bytes / of_token * of_token;
        let token_words = all.min(fitting).max(of_token) as u32;
        let with_tokens = Params { token_words, ..least };
        if !self.has(Switch::OnChipMemory) {
            return with_tokens;
        }
        let local_bytes = places::most_local(&with_tokens, work).min(left(&with_tokens));
        let local_words = (local_bytes / u64::from(with_tokens.bytes())) as u32;
        Params { local_words: if local_words < 2 { 0 } else { local_words }, ..with_tokens }
    }

    /// A layer, with packed weights or with plain ones, whichever is faster: packed ones take fewer bytes, plain ones are loaded
    /// earlier.
    pub fn run(&self, work: &Work, gbps: u64, packing: Packing) -> Run {
        let params = self.params(work);
        let rate = bytes_per_cycle(gbps) / f64::from(params.bytes());
        let memory = Memory { latency: LATENCY, rate: rate.min(2.0) };
        let run = |packing: Packing| {
            let steps = self.layer(&params, work, packing).steps;
            Run { packing, cycles: cycles(&params, memory, Needed(self.needed_rows), &steps) }
        };
        let packing = if self.has(Switch::PackedWeights) { packing } else { Packing::NONE };
        let [packed, plain] = [packing, Packing::NONE].map(run);
        if packed.cycles <= plain.cycles { packed } else { plain }
    }

    /// What the steps move and compute.
    pub fn moved(&self, work: &Work, packing: Packing) -> Vec<step::Step> {
        let params = self.params(work);
        let steps = self.layer(&params, work, packing).steps;
        steps.iter().map(|step| cycles::moved(&params, Needed(self.needed_rows), step)).collect()
    }

    fn layer(&self, params: &Params, work: &Work, packing: Packing) -> Layer {
        let is_sparse = self.needed_rows < 1.0 && self.has(Switch::SparseRows);
        let mut layer = layer(params, work, weights(packing), is_sparse, 0);
        for step in &mut layer.steps {
            step.skip &= u64::from(self.has(Switch::CausalSkipping));
            step.overlaps &= u64::from(self.has(Switch::Overlap));
        }
        layer
    }

    fn has(&self, switch: Switch) -> bool {
        self.off != Some(switch)
    }
}

/// Bytes of the memories on the chip that grow with a network: tokens, two tiles of weights, keys and values of two heads, matrices.
pub fn on_chip(params: &Params) -> u64 {
    let bytes = u64::from(params.bytes());
    let tokens = u64::from(params.product_tokens()) * u64::from(params.token_words) * bytes;
    let weights = 2 * u64::from(params.inner) * u64::from(params.d_head);
    let heads = 4 * u64::from(params.keys) * u64::from(params.d_head);
    tokens + weights + heads + u64::from(params.local_words) * bytes
}

/// Weights of a packing in memory.
fn weights(packing: Packing) -> Weights {
    if packing.ratio == 1.0 { Weights::Plain } else { Weights::Packed(packing.ratio) }
}

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
pub use places::{LayerWeights, MATRICES, Placed, PlacedWeights, Places, Weights};
pub use steps::{Choices, Layer, Operands, code, copy, layer, with};
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
    /// The block.
    pub params: Params,
    /// How its weights are in memory.
    pub weights: LayerWeights,
    /// Its cycles.
    pub cycles: f64,
}

/// Numbers of pieces that are tried, from the fewest on that fit into the block.
const PIECES_TRIED: u64 = 4;

impl Built {
    /// The block without memories for tokens and matrices, with a bus whose width suits 51 Gbps.
    fn least(&self, work: &Work) -> Params {
        let network = &work.network;
        Params {
            tokens: self.tokens,
            groups: 4,
            lends: self.has(Switch::LentElements),
            split_k: if self.has(Switch::SplitTokens) { 2 } else { 1 },
            d_head: D_HEAD as u32,
            inner: network.d_ffn as u32,
            keys: work.keys.max(2) as u32,
            row_length: network.d_model as u32,
            token_words: 0,
            bus_bits: 512,
            local_words: 0,
            ..Params::default()
        }
    }

    /// Blocks with these memories: more for tokens leaves less for matrices.
    fn blocks(&self, work: &Work) -> impl Iterator<Item = Params> {
        let (least, inner) = (self.least(work), work.network.d_ffn);
        let of_token = least.words_of_tokens(1, inner);
        let all = least.words_of_tokens(work.tokens, inner);
        let of_word = u64::from(least.product_tokens()) * u64::from(least.bytes());
        let left = self.on_chip.saturating_sub(on_chip(&least)) / of_word;
        let fewest = all.div_ceil((left / of_token * of_token).max(of_token));
        let of_pieces = move |pieces: u64| all.div_ceil(pieces).next_multiple_of(of_token) as u32;
        let with_tokens = move |pieces| Params { token_words: of_pieces(pieces), ..least.clone() };
        (fewest..fewest + PIECES_TRIED).map(with_tokens).map(|params| self.with_local(params, work))
    }

    /// A block with as much on-chip memory as there is room for.
    fn with_local(&self, params: Params, work: &Work) -> Params {
        if !self.has(Switch::OnChipMemory) {
            return params;
        }
        let left = self.on_chip.saturating_sub(on_chip(&params));
        let words = places::most_local(&params, work).min(left) / u64::from(params.bytes());
        Params { local_words: if words < 2 { 0 } else { words as u32 }, ..params }
    }

    /// A layer on the block that is fastest for it.
    pub fn run(&self, work: &Work, gbps: u64, packing: Packing) -> Run {
        let runs = self.blocks(work).map(|params| self.run_on(params, work, gbps, packing));
        runs.min_by(|run, other| run.cycles.total_cmp(&other.cycles)).expect("several are tried")
    }

    /// A layer, of which each matrix of weights is packed or plain, whichever is faster: packed ones take fewer bytes, plain ones are
    /// loaded earlier.
    fn run_on(&self, params: Params, work: &Work, gbps: u64, packing: Packing) -> Run {
        let rate = bytes_per_cycle(gbps) / f64::from(params.bytes());
        let memory = Memory { latency: LATENCY, rate: rate.min(2.0) };
        let run = |weights: LayerWeights| {
            let steps = self.layer(&params, work, weights).steps;
            let cycles = cycles(&params, memory, Needed(self.needed_rows), &steps);
            Run { params: params.clone(), weights, cycles }
        };
        let faster = |run: Run, other: Run| if other.cycles < run.cycles { other } else { run };
        let plain = run([Weights::Plain; MATRICES]);
        if !self.has(Switch::PackedWeights) {
            return plain;
        }
        let packed = packed(packing);
        (0..MATRICES).fold(faster(plain, run(packed)), |best, matrix| {
            let mut weights = best.weights;
            weights[matrix] = if weights[matrix] == Weights::Plain { packed[matrix] } else { Weights::Plain };
            faster(best, run(weights))
        })
    }

    /// What the steps of a layer move and compute.
    pub fn moved(&self, work: &Work, run: &Run) -> Vec<step::Step> {
        let Run { params, weights, .. } = run;
        let steps = self.layer(params, work, *weights).steps;
        steps.iter().map(|step| cycles::moved(params, Needed(self.needed_rows), step)).collect()
    }

    fn layer(&self, params: &Params, work: &Work, weights: LayerWeights) -> Layer {
        let is_sparse = self.needed_rows < 1.0 && self.has(Switch::SparseRows);
        let choices = Choices { weights, is_sparse, keeps_keys: self.has(Switch::NearKeys) };
        let mut layer = layer(params, work, &choices, 0);
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

/// All weights of a layer with a packing.
fn packed(packing: Packing) -> LayerWeights {
    [if packing.ratio == 1.0 { Weights::Plain } else { Weights::Packed(packing.ratio) }; MATRICES]
}

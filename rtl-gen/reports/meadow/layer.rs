//! Our layer: the paper's schedule with the items that are switched on.

use super::baseline::norm;
use super::items::{Item, Items};
use super::machine::Machine;
use super::networks::{D_HEAD, Work};
use super::step::Step;

/// Assumed: the multipliers work in this share of the cycles that matrix products take.
pub const BUSY: f64 = 0.95;

/// Bytes for matrices on chip, of the 4 MiB of block RAM of a ZCU102; the rest holds rows, queues and partial sums.
pub const ON_CHIP: f64 = 3.5 * 1024.0 * 1024.0;

/// Assumed: the share of hidden activations that are not 0, where they do not fit and are stored as a bitmask and these bytes.
pub const HIDDEN_DENSITY: f64 = 0.125;

/// Bytes of a pointer to a row of the second feed-forward matrix.
const POINTER: f64 = 4.0;

/// Groups of tokens in the pipeline before the first result: query, scores, exponentials, division.
const FILL: u64 = 4;

/// A layer of ours.
#[derive(Clone, Copy, Debug)]
pub struct Layer<'a> {
    /// The machine.
    pub machine: &'a Machine,
    /// What it computes.
    pub work: &'a Work,
    /// The items that are on.
    pub items: Items,
    /// Bytes of an element of the residual stream.
    pub residual: f64,
    /// Share of the rows of the second feed-forward matrix that a token needs.
    pub needed_rows: f64,
}

impl Layer<'_> {
    /// Its steps.
    pub fn steps(&self) -> Vec<Step> {
        let mut steps = vec![];
        if !self.has(Item::Fusion) {
            steps.push(self.norm());
        }
        if !self.has(Item::KeysOnChip) {
            let reads = self.input();
            steps.extend([Step { reads, ..self.square(self.work.activations()) }; 2]);
        }
        for work in &self.chunks() {
            let chunk = Layer { work, ..*self };
            steps.push(chunk.attention());
            if !chunk.projects_on_chip() {
                steps.push(chunk.projection());
            }
        }
        steps.extend(self.feed_forward());
        steps
    }

    /// The least that a memory and the multipliers allow: as one step, with all items on.
    pub fn bound(&self) -> Step {
        let Work { network, tokens, keys } = *self.work;
        let visible = keys as f64 - tokens as f64 / 2.0;
        let macs = tokens as f64 * (4.0 * self.work.square() + (1.0 + self.needed_rows) * self.work.ffn())
            + 2.0 * tokens as f64 * visible * network.d_model as f64;
        Step {
            weights: 4.0 * self.work.square() + (1.0 + self.needed_rows) * self.work.ffn(),
            reads: 2.0 * self.stream() + 2.0 * self.work.cached(keys - tokens) + self.hidden(),
            writes: 2.0 * self.stream() + 2.0 * self.work.activations() + self.hidden(),
            cycles: macs / self.machine.multipliers() / BUSY,
        }
    }

    fn has(&self, item: Item) -> bool {
        self.items.has(item)
    }

    /// Bytes of the residual stream.
    fn stream(&self) -> f64 {
        self.residual * self.work.activations()
    }

    /// Bytes of the attention's input: the residual stream if LayerNorm is fused, else what LayerNorm stored.
    fn input(&self) -> f64 {
        if self.has(Item::Fusion) { self.stream() } else { self.work.activations() }
    }

    /// Bytes of the buffers of a head: weights of queries, keys and values, and its keys and values, all twice.
    fn head_buffers(&self) -> f64 {
        (2 * D_HEAD * (3 * self.work.network.d_model + 2 * self.work.keys)) as f64
    }

    /// The fewest chunks of tokens whose input fits on chip, where every head reads it.
    fn chunks(&self) -> Vec<Work> {
        let fits = |chunk: &Work| Layer { work: chunk, ..*self }.input() + self.head_buffers() <= ON_CHIP;
        let count = (1..=self.work.tokens).find(|count| fits(&self.work.chunks(*count)[0]));
        self.work.chunks(count.unwrap_or(self.work.tokens))
    }

    /// Whether the projection follows the attention without a step between: the input and the context fit on chip.
    fn projects_on_chip(&self) -> bool {
        let both = self.input() + self.work.activations();
        self.has(Item::Fusion) && both + self.head_buffers() <= ON_CHIP
    }

    /// Bytes of the hidden activations to and from the memory.
    fn hidden(&self) -> f64 {
        let weights = (2 * 2 * D_HEAD * self.work.network.d_model) as f64;
        match self.work.hidden() + self.stream() + weights <= ON_CHIP {
            true => 0.0,
            false => (1.0 / 8.0 + HIDDEN_DENSITY) * self.work.hidden(),
        }
    }

    fn cycles(&self, inner: u64, columns: u64) -> f64 {
        self.machine.gemm(self.work.tokens, inner, columns) as f64 / BUSY
    }

    fn norm(&self) -> Step {
        Step { reads: self.stream(), ..norm(self.work) }
    }

    /// A product with a square matrix.
    fn square(&self, writes: f64) -> Step {
        let d_model = self.work.network.d_model;
        let cycles = self.cycles(d_model, d_model);
        Step { weights: self.work.square(), reads: self.work.activations(), writes, cycles }
    }

    /// Queries, scores, softmax and values, head by head; with keys, values and the projection if these are on chip.
    fn attention(&self) -> Step {
        let (work, makes_keys) = (self.work, self.has(Item::KeysOnChip));
        let (pipeline, group) =
            self.machine.pipeline(work, self.has(Item::SharedPes), self.has(Item::CausalSkipping));
        let from_cache = if makes_keys { work.keys - work.tokens } else { work.keys };
        let mut step = Step {
            weights: work.square(),
            reads: self.input() + 2.0 * work.cached(from_cache),
            writes: work.activations(),
            cycles: (pipeline + FILL * group) as f64 / BUSY,
        };
        let square = self.square(0.0);
        if makes_keys {
            step.weights += 2.0 * square.weights;
            step.writes += 2.0 * work.activations();
            step.cycles += 2.0 * square.cycles;
        }
        if self.projects_on_chip() {
            step.weights += square.weights;
            step.writes += self.stream() - work.activations();
            step.cycles += square.cycles;
        }
        step
    }

    /// The projection as a step. If it is fused with the residual, it reads that again.
    fn projection(&self) -> Step {
        let step = self.square(self.stream());
        let residual = if self.has(Item::Fusion) { self.stream() } else { 0.0 };
        Step { reads: step.reads + residual, ..step }
    }

    fn feed_forward(&self) -> Vec<Step> {
        let (d_model, d_ffn) = (self.work.network.d_model, self.work.network.d_ffn);
        let needed = if self.has(Item::SparseRows) { self.needed_rows } else { 1.0 };
        // Rows that are all needed lie one behind the other.
        let pointers = if needed < 1.0 { POINTER * d_ffn as f64 * needed } else { 0.0 };
        let first = Step {
            weights: self.work.ffn(),
            reads: self.work.activations(),
            writes: self.work.hidden(),
            cycles: self.cycles(d_model, d_ffn),
        };
        let second = Step {
            weights: needed * self.work.ffn(),
            reads: self.work.hidden() + pointers,
            writes: self.stream(),
            cycles: needed * self.cycles(d_ffn, d_model),
        };
        if !self.has(Item::Fusion) {
            return vec![self.norm(), first, second];
        }
        vec![Step {
            weights: first.weights + second.weights,
            reads: self.stream() + self.hidden() + pointers,
            writes: self.stream() + self.hidden(),
            cycles: first.cycles + second.cycles,
        }]
    }
}

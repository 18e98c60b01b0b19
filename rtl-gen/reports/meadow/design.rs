//! The designs that are compared: a schedule, its memory interface and its packing.

use super::baseline;
use super::built::Built;
use super::items::{Item, Items};
use super::layer::Layer;
use super::machine::{Machine, bytes_per_cycle};
use super::networks::Work;
use super::step::{Latency, Memory, Packing, Step};

/// A schedule of a layer.
#[derive(Clone, Copy, Debug)]
pub enum Schedule {
    /// All matrix products by fetch, compute and store.
    Gemm,
    /// The same, but every step fetches and stores while it computes.
    GemmOverlapped,
    /// Token-parallel, head-sequential attention as published.
    Tphs,
    /// Ours.
    Ours {
        /// The items that are on.
        items: Items,
        /// Share of the rows of the second feed-forward matrix that a token needs.
        needed_rows: f64,
        /// Bytes of an element of the residual stream.
        residual: f64,
    },
    /// `meadow_decoder_layer`, by the cycles of its list of steps.
    Built(Built),
    /// What ours aims at: the whole layer as one step, in which nothing waits.
    Target {
        /// As in ours.
        needed_rows: f64,
    },
}

/// A design.
#[derive(Clone, Copy, Debug)]
pub struct Design {
    /// Name.
    pub name: &'static str,
    /// The machine.
    pub machine: Machine,
    /// Its schedule.
    pub schedule: Schedule,
    /// Weights of the layers.
    pub packing: Packing,
    /// Weights of the LM head.
    pub head_packing: Packing,
}

impl Schedule {
    fn is_overlapped(&self) -> bool {
        match self {
            Schedule::Gemm | Schedule::Tphs => false,
            Schedule::GemmOverlapped | Schedule::Built(_) | Schedule::Target { .. } => true,
            Schedule::Ours { items, .. } => items.has(Item::DoubleBuffering),
        }
    }
}

impl Design {
    /// The steps of a layer with a memory of so many Gbps.
    pub fn steps(&self, work: &Work, gbps: u64) -> Vec<Step> {
        let machine = &self.machine;
        match self.schedule {
            Schedule::Gemm | Schedule::GemmOverlapped => baseline::gemm(machine, work),
            Schedule::Tphs => baseline::tphs(machine, work),
            Schedule::Ours { items, needed_rows, residual } => {
                Layer { machine, work, items, residual, needed_rows }.steps()
            }
            Schedule::Built(built) => built.moved(work, &built.run(work, gbps, self.packing)),
            Schedule::Target { needed_rows } => {
                let items = Items::all();
                vec![Layer { machine, work, items, residual: 1.0, needed_rows }.bound()]
            }
        }
    }

    /// Cycles of a layer.
    pub fn latency(&self, work: &Work, gbps: u64) -> Latency {
        match self.schedule {
            Schedule::Built(built) => {
                let run = built.run(work, gbps, self.packing);
                // Their bytes are those of containers.
                let parts = self.memory(gbps, Packing::NONE).latency(&built.moved(work, &run));
                Latency { total: run.cycles, ..parts }
            }
            Schedule::Gemm
            | Schedule::GemmOverlapped
            | Schedule::Tphs
            | Schedule::Ours { .. }
            | Schedule::Target { .. } => self.memory(gbps, self.packing).latency(&self.steps(work, gbps)),
        }
    }

    /// Cycles of a token: all layers, and those of the LM head.
    pub fn token(&self, work: &Work, gbps: u64) -> [f64; 2] {
        let head = baseline::lm_head(&self.machine, work);
        let layers = work.network.layers as f64 * self.latency(work, gbps).total;
        [layers, self.memory(gbps, self.head_packing).latency(&[head]).total]
    }

    fn memory(&self, gbps: u64, packing: Packing) -> Memory {
        Memory {
            bytes_per_cycle: bytes_per_cycle(gbps),
            packing,
            is_overlapped: self.schedule.is_overlapped(),
        }
    }
}

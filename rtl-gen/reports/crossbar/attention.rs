//! Vision transformers whose encoders reuse attentions, on the schedule of `xbar_attention_reuse`.

use crate::ReportError;
use crate::rig::{Port, Rig};
use blocks::crossbar::xbar_attention_reuse::Params;
use serde::Serialize;
use testbenches::Progress;

/// A network of equal encoders.
#[derive(Clone, Copy, Debug)]
pub struct Encoders {
    /// Name.
    pub name: &'static str,
    /// Encoders.
    pub count: u64,
    /// Tokens, the class token included.
    pub tokens: u64,
    /// Channels.
    pub channels: u64,
    /// Neurons inside the rest of an encoder, over channels.
    pub mlp_ratio: u64,
}

/// The networks of the paper, and DeiT-B.
pub const NETWORKS: [Encoders; 3] = [
    Encoders { name: "DeiT-S", count: 12, tokens: 197, channels: 384, mlp_ratio: 4 },
    Encoders { name: "DeiT-B", count: 12, tokens: 197, channels: 768, mlp_ratio: 4 },
    Encoders { name: "LV-ViT-S", count: 16, tokens: 197, channels: 384, mlp_ratio: 3 },
];

/// Encoders that reuse.
pub const REUSES: [u64; 4] = [2, 4, 6, 8];

/// Multiply-accumulates in a clock of the blocks that are driven.
const MACS_PER_CLOCK: u64 = 16_384;

/// 8-bit numbers in a word of an attention.
const NUMBERS_IN_WORD: u64 = 64;

impl Encoders {
    /// Multiply-accumulates of an attention, its projections included.
    fn attention(&self) -> u64 {
        4 * self.tokens * self.channels.pow(2) + 2 * self.tokens.pow(2) * self.channels
    }

    /// Those of the rest of an encoder.
    fn mlp(&self) -> u64 {
        2 * self.mlp_ratio * self.tokens * self.channels.pow(2)
    }

    /// Those of a transformation block: a linear layer.
    fn transform(&self) -> u64 {
        self.tokens * self.channels.pow(2)
    }

    /// What multiply-accumulates alone say that so many encoders that reuse save.
    fn expected(&self, reused: u64) -> f64 {
        let all = self.count * (self.attention() + self.mlp());
        let saved = reused * (self.attention() - self.transform());
        all as f64 / (all - saved) as f64
    }

    fn words(&self) -> u64 {
        (self.tokens * self.channels).div_ceil(NUMBERS_IN_WORD)
    }

    /// Distances of a table in which so many encoders reuse: groups as equal as can be, whose first one computes.
    fn distances(&self, reused: u64) -> Vec<u64> {
        let computed = self.count - reused;
        let first = |group: u64| (group * self.count).div_ceil(computed);
        (0..self.count).map(|encoder| encoder - first(encoder * computed / self.count)).collect()
    }
}

/// A network with some encoders that reuse.
#[derive(Clone, Debug, Serialize)]
pub struct Reuse {
    /// The network.
    pub network: &'static str,
    /// Encoders that reuse.
    pub reused: u64,
    /// Clocks of a run of the schedule.
    pub clocks: u64,
    /// Those of its steps: the lower bound.
    pub bound: u64,
    /// Clocks without reuse, divided by these.
    pub saved: f64,
    /// The same by multiply-accumulates alone.
    pub expected: f64,
    /// The same if a transformation ran beside the rest of the encoder before it: derived.
    pub hidden: f64,
    /// 8-bit numbers of K and V that are written into arrays.
    pub kv_writes: u64,
}

/// Runs these networks, each with every number of encoders that reuse.
pub fn reuses(networks: &[Encoders], progress: &dyn Progress) -> Result<Vec<Reuse>, ReportError> {
    progress.start("attention reuse", (networks.len() * (REUSES.len() + 1)) as u64);
    let mut found = vec![];
    for network in networks {
        let all = run(network, 0, progress)?;
        for reused in REUSES {
            let run = run(network, reused, progress)?;
            let hidden_steps = run.steps - reused * clocks_of(network.transform());
            found.push(Reuse {
                network: network.name,
                reused,
                clocks: run.clocks,
                bound: run.steps,
                saved: all.clocks as f64 / run.clocks as f64,
                expected: network.expected(reused),
                hidden: all.steps as f64 / hidden_steps as f64,
                kv_writes: run.attentions * 2 * network.tokens * network.channels,
            });
        }
    }
    Ok(found)
}

fn clocks_of(macs: u64) -> u64 {
    macs.div_ceil(MACS_PER_CLOCK)
}

/// What a run says.
struct Run {
    clocks: u64,
    steps: u64,
    attentions: u64,
}

fn run(network: &Encoders, reused: u64, progress: &dyn Progress) -> Result<Run, ReportError> {
    if progress.is_cancelled() {
        return Err(ReportError::Cancelled);
    }
    let params = Params {
        buffer_words: network.words() as u32,
        word_bits: 8 * NUMBERS_IN_WORD as u32,
        ..Params::default()
    };
    let mut schedule = Schedule::new(&params)?;
    schedule.load(&network.distances(reused));
    let steps = schedule.run(network)?;
    let [error, clocks, attentions] = schedule.rig.ports(["error", "run_clocks", "attentions"]);
    schedule.rig.check()?;
    let found = Run { clocks: schedule.rig.get(clocks), steps, attentions: schedule.rig.get(attentions) };
    let (code, computed) = (schedule.rig.get(error), network.count - reused);
    if code != 0 || found.attentions != computed {
        return Err(ReportError::Wrong(format!(
            "xbar_attention_reuse, {}: error {code}, {} attentions, not {computed}",
            network.name, found.attentions
        )));
    }
    progress.advance(1);
    Ok(found)
}

/// The block, and what it drives.
struct Schedule {
    rig: Rig,
    done: Port,
    step_valid: Port,
    step_done: Port,
    kind: Port,
    write_ready: Port,
    write_valid: Port,
    write_data: Port,
    read_valid: Port,
    read_data: Port,
}

impl Schedule {
    fn new(params: &Params) -> Result<Schedule, ReportError> {
        let mut rig = Rig::of(params)?;
        let [done, step_valid, step_done, kind] = rig.ports(["done", "step_valid", "step_done", "step_kind"]);
        let [write_ready, write_valid, write_data] = rig.ports(["write_ready", "write_valid", "write_data"]);
        let [read_valid, read_data, read_ready, step_ready] =
            rig.ports(["read_valid", "read_data", "read_ready", "step_ready"]);
        rig.set(read_ready, 1);
        rig.set(step_ready, 1);
        Ok(Schedule {
            rig,
            done,
            step_valid,
            step_done,
            kind,
            write_ready,
            write_valid,
            write_data,
            read_valid,
            read_data,
        })
    }

    /// Loads a table, and waits until it is planned.
    fn load(&mut self, distances: &[u64]) {
        let [valid, distance, last] = self.rig.ports(["entry_valid", "entry_distance", "entry_last"]);
        for (place, far) in distances.iter().enumerate() {
            self.rig.set(valid, 1);
            self.rig.set(distance, *far);
            self.rig.set(last, u64::from(place + 1 == distances.len()));
            self.rig.tick();
        }
        self.rig.set(valid, 0);
        (0..distances.len()).for_each(|_| self.rig.tick());
    }

    /// Runs the table; gives the clocks of its steps.
    fn run(&mut self, network: &Encoders) -> Result<u64, ReportError> {
        let [valid, ready, words] = self.rig.ports(["start_valid", "start_ready", "start_words"]);
        self.rig.set(valid, 1);
        self.rig.set(words, network.words());
        if !self.rig.is(ready) {
            return Err(ReportError::Wrong(format!(
                "xbar_attention_reuse refuses the table of {}",
                network.name
            )));
        }
        self.rig.tick();
        self.rig.set(valid, 0);
        let mut steps = 0;
        while !self.rig.is(self.done) {
            steps += self.step(network)?;
        }
        Ok(steps)
    }

    /// A step, from its offer on; gives the clocks of the block that it drives.
    fn step(&mut self, network: &Encoders) -> Result<u64, ReportError> {
        if !self.rig.is(self.step_valid) {
            return Err(ReportError::Wrong("xbar_attention_reuse offers no step".into()));
        }
        let kind = self.rig.get(self.kind);
        let macs = match kind {
            0 => network.attention(),
            1 => network.transform(),
            _ => network.mlp(),
        };
        self.rig.tick();
        // The words come first, then the block computes for as long as it takes.
        let words = if kind < 2 { self.words(network, kind == 1)? } else { 0 };
        let clocks = clocks_of(macs);
        if words >= clocks {
            return Err(ReportError::Wrong(format!(
                "{words} words do not fit into a step of {clocks} clocks"
            )));
        }
        (words..clocks - 1).for_each(|_| self.rig.tick());
        self.rig.set(self.step_done, 1);
        self.rig.tick();
        self.rig.set(self.step_done, 0);
        Ok(clocks)
    }

    /// Writes and reads the words of an attention, one a clock: what is read must be what was written. Gives their clocks.
    fn words(&mut self, network: &Encoders, is_read: bool) -> Result<u64, ReportError> {
        self.rig.set(self.write_valid, 1);
        for word in 0..network.words() {
            self.rig.set(self.write_data, word);
            let is_wrong = is_read && !(self.rig.is(self.read_valid) && self.rig.has(self.read_data, word));
            if is_wrong || !self.rig.is(self.write_ready) {
                return Err(ReportError::Wrong(format!(
                    "xbar_attention_reuse, word {word} of {}",
                    network.name
                )));
            }
            self.rig.tick();
        }
        self.rig.set(self.write_valid, 0);
        Ok(network.words())
    }
}

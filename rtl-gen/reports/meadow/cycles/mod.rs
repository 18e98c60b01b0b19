//! The cycles of a list of steps on `meadow_decoder_layer`: when each of its units, and the memory, has done each step.

mod attention;
mod moved;
mod products;
mod rows;
mod transfers;

use blocks::meadow::meadow_decoder_layer::Params;
use blocks::meadow::meadow_decoder_layer::step::{Kind, STEP_BYTES, Step};
use hdl::Encoded;
pub use moved::moved;

/// Bytes of a wide number, as those of the residual stream are.
pub const WIDE: u64 = 2;

/// A memory behind the block, which answers in order. One that mixes the beats of bursts at random, as in simulation, takes about 4 %
/// longer at 0.4 to 0.5 beats a cycle if the bursts are short.
#[derive(Clone, Copy, Debug)]
pub struct Memory {
    /// Cycles from an address to its data.
    pub latency: f64,
    /// Beats that reads and writes together may take in a cycle, at most 2.
    pub rate: f64,
}

/// Share of the elements of a sparse product's token that are not 0.
#[derive(Clone, Copy, Debug)]
pub struct Needed(pub f64);

impl Needed {
    /// Rows of weights that a step needs of each tile, without those of the table.
    fn rows(self, step: &Step<u64>) -> u64 {
        if step.sparse == 1 { ((self.0 * step.inner as f64).round() as u64).max(1) } else { step.inner }
    }
}

/// When, in cycles from the start of the list, the units are free for what comes next.
struct Times<'p> {
    params: &'p Params,
    memory: Memory,
    needed: Needed,
    /// The sequencer looks at the next step.
    sequencer: f64,
    /// All that has been asked for has been read.
    read: f64,
    /// The tokens may be replaced.
    tokens: f64,
    /// The ends of the last two tiles of weights.
    tiles: [f64; 2],
    /// The last tile of weights that was asked for is there.
    unpacked: f64,
    /// The attention stages have room for the queries of a group.
    attention: f64,
    /// They have sent all results, and lend their elements.
    context: f64,
    /// All results are in memory.
    stored: f64,
    /// Beats written that have not been set off against reads.
    written: f64,
}

/// The cycles of a list, which every step must suit.
pub fn cycles(params: &Params, memory: Memory, needed: Needed, steps: &[Step<u64>]) -> f64 {
    let mut times = Times {
        params,
        memory,
        needed,
        sequencer: 0.0,
        read: 0.0,
        tokens: 0.0,
        tiles: [0.0; 2],
        unpacked: 0.0,
        attention: 0.0,
        context: 0.0,
        stored: 0.0,
        written: 0.0,
    };
    for step in steps {
        times.fetch();
        match Kind::from_code(step.kind.into()).expect("every code has a kind") {
            Kind::Product | Kind::Attention => times.of_tokens(step),
            Kind::Rows => times.of_rows(step),
            Kind::End => {}
        }
    }
    times.fetch();
    times.sequencer.max(times.stored)
}

impl Times<'_> {
    /// The next step of the list.
    fn fetch(&mut self) {
        let step = self.rows(1, STEP_BYTES.into(), 0);
        let [_, last] = self.load(self.sequencer, step);
        self.sequencer = last;
    }
}

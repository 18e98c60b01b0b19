//! Lists of steps on the hardware of `meadow_decoder_layer`.

use super::cycles::WIDE;
use crate::ReportError;
use crate::streams::{LEAST_WAITING, Streams};
use blocks::block::elaborate;
use blocks::channel::Ports;
use blocks::meadow::meadow_decoder_layer::step::{Kind, Step};
use blocks::meadow::meadow_decoder_layer::{HostAnswer, HostCommand, Params, TABLE_ROWS};
use hdl::{Bits, Bundle, Encoded};
use sim::Simulator;
use testbenches::Progress;
use testbenches::simulators::Drive;

/// A list that has run.
pub struct Run {
    /// Why it ended early, with the bits of the block's answer; 0 if it did not.
    pub error: u64,
    /// Steps that were done.
    pub steps: u64,
    /// Cycles of the list.
    pub cycles: u64,
    /// Beats read from memory.
    pub read: u64,
    /// Beats written to it.
    pub written: u64,
    /// The memory afterwards.
    pub memory: Vec<u8>,
}

/// What the steps of a list ask for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// Steps that are products.
    pub products: u64,
    /// Steps of attention.
    pub heads: u64,
    /// Steps of rows.
    pub rows: u64,
    /// Products of tokens and weights, those of queries too.
    pub projected: u64,
    /// Products of queries and keys, and of probabilities and values. Keys that are masked or left out count.
    pub attended: u64,
    /// Cycles of the multipliers, if nothing waits and no group of tokens has a gap.
    least_cycles: u64,
    /// Rows of matrices that come from memory or go there, and the beats that they take at most.
    transfers: u64,
    beats: u64,
}

impl Work {
    /// Adds a legal step, as if it left no product out.
    pub fn add(&mut self, params: &Params, step: &Step<u64>) {
        let d_head = u64::from(params.d_head);
        let groups = step.rows.div_ceil(params.tokens.into());
        let product_groups = step.rows.div_ceil(params.product_tokens().into());
        let weights = step.inner + u64::from(TABLE_ROWS);
        let tiles = step.columns / d_head;
        match Kind::from_code(step.kind.into()).expect("every code has a kind") {
            Kind::Product => {
                self.products += 1;
                self.projected += step.rows * step.inner * step.columns;
                // Of a sparse product any row of weights may be left out, all but one.
                let least_inner = if step.sparse == 1 { 1 } else { step.inner };
                self.least_cycles += product_groups * u64::from(params.turns(least_inner as u32)) * tiles;
                self.transfer(params, step.rows, step.inner);
                self.transfer(params, tiles * weights, d_head);
                self.transfer(params, tiles * step.rows, d_head * WIDE);
            }
            Kind::Attention => {
                self.heads += 1;
                self.projected += step.rows * step.inner * d_head;
                self.attended += 2 * step.rows * step.columns * d_head;
                self.least_cycles += groups * (step.inner + 2 * step.columns);
                self.transfer(params, step.rows, step.inner);
                self.transfer(params, weights + 2 * step.columns + step.rows, d_head);
            }
            Kind::Rows => {
                self.rows += 1;
                self.least_cycles += step.rows * step.inner;
                self.transfer(params, 5 * step.rows, step.inner * WIDE);
            }
            Kind::End => {}
        }
    }

    fn transfer(&mut self, params: &Params, rows: u64, bytes: u64) {
        self.transfers += rows;
        // Rows begin anywhere in a word.
        self.beats += rows * (bytes / u64::from(params.bytes()) + 2);
    }

    /// Cycles in which any memory has had the time for these steps.
    fn patience(&self, params: &Params) -> u64 {
        let memory = params.ram();
        let waits = self.transfers * u64::from(memory.latency);
        let moves = self.beats * CYCLES_OF_A_RATE / u64::from(memory.rate);
        1_000_000 + 4 * (self.least_cycles + waits + moves)
    }
}

/// The rate of a memory is that of its beats in so many cycles.
const CYCLES_OF_A_RATE: u64 = 256;
/// Cycles from one look at the progress to the next.
const CYCLES_AT_ONCE: u64 = 1024;

/// Fills the memory with an image of its size, runs the list at an address, whose work is known, and reads the memory.
pub fn run(
    params: &Params,
    image: &[u8],
    list: u64,
    work: &Work,
    drive: Drive,
    progress: &dyn Progress,
) -> Result<Run, ReportError> {
    let netlist = elaborate(params).map_err(|errors| ReportError::Wrong(errors.to_string()))?;
    let mut simulator = drive(&netlist)?;
    let streams = Streams::new(&mut *simulator, &params.interface());
    let mut host = HostPort { params, streams: streams.with_patience(work.patience(params)), progress };
    host.fill(image)?;
    let ended = host.list(list, work)?;
    let memory = host.words(image.len() / params.bytes() as usize)?;
    let HostAnswer { error, steps, cycles, read, written, .. } = &ended;
    let [error, steps, cycles, read, written] = [error, steps, cycles, read, written].map(Bits::to_u64);
    Ok(Run { error, steps, cycles, read, written, memory })
}

/// The block's streams of commands and answers.
struct HostPort<'p, S> {
    params: &'p Params,
    streams: Streams<S>,
    progress: &'p dyn Progress,
}

impl<S: Simulator> HostPort<'_, S> {
    /// Sends a command; without a word to write, its data is 0.
    fn send(&mut self, does_run: bool, address: u64, word: Option<Bits>) {
        let widths = self.params.command();
        let command = HostCommand {
            run: Bits::truncated(does_run.into(), widths.run),
            write: Bits::truncated(word.is_some().into(), widths.write),
            address: Bits::truncated(address.into(), widths.address),
            data: word.unwrap_or_else(|| Bits::zero(widths.data)),
        };
        let beat: Vec<Bits> = command.members().into_iter().map(|(_, field)| field).collect();
        self.streams.push(0, &beat);
    }

    /// Simulates a cycle; gives `emit` an answer, if one comes.
    fn cycle(&mut self, emit: &mut dyn FnMut(HostAnswer<Bits>)) -> Result<(), ReportError> {
        if self.progress.is_cancelled() {
            return Err(ReportError::Cancelled);
        }
        let fields = self.params.answer();
        self.streams.cycle(&mut |_, beat| {
            let mut beat = beat.iter().cloned();
            emit(fields.map(|_| beat.next().expect("an answer has these fields")));
        })
    }

    fn fill(&mut self, image: &[u8]) -> Result<(), ReportError> {
        let bytes = self.params.bytes() as usize;
        self.progress.start("words into the memory", (image.len() / bytes) as u64);
        for (place, word) in image.chunks(bytes).enumerate() {
            let limbs: Vec<u64> =
                word.chunks(8).map(|limb| limb.iter().rev().fold(0, little_endian)).collect();
            let word = Bits::from_limbs(self.params.bus_bits, &limbs);
            self.send(false, (place * bytes) as u64, Some(word));
            while self.streams.waiting(0) >= LEAST_WAITING {
                self.cycle(&mut |_| {})?;
            }
            self.progress.advance(1);
        }
        Ok(())
    }

    fn list(&mut self, address: u64, work: &Work) -> Result<HostAnswer<Bits>, ReportError> {
        self.progress.start("cycles of the list, at least", work.least_cycles);
        self.send(true, address, None);
        for cycle in 1.. {
            let mut answer = None;
            self.cycle(&mut |given| answer = Some(given))?;
            if let Some(answer) = answer {
                return Ok(answer);
            }
            if cycle % CYCLES_AT_ONCE == 0 {
                self.progress.advance(CYCLES_AT_ONCE);
            }
        }
        unreachable!("the cycles have no end")
    }

    /// Reads words from address 0 on.
    fn words(&mut self, count: usize) -> Result<Vec<u8>, ReportError> {
        let bytes = self.params.bytes() as usize;
        self.progress.start("words out of the memory", count as u64);
        let mut read = Vec::with_capacity(count * bytes);
        let mut asked = 0;
        while read.len() < count * bytes {
            while asked < count && self.streams.waiting(0) < LEAST_WAITING {
                self.send(false, (asked * bytes) as u64, None);
                asked += 1;
            }
            let before = read.len();
            self.cycle(&mut |answer| {
                let limbs = answer.data.limbs().iter();
                read.extend(limbs.flat_map(|limb| limb.to_le_bytes()));
            })?;
            self.progress.advance(((read.len() - before) / bytes) as u64);
        }
        Ok(read)
    }
}

fn little_endian(number: u64, byte: &u8) -> u64 {
    number << 8 | u64::from(*byte)
}

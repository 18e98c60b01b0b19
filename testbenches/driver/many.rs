//! Blocks without state or handshakes: as many runs at once as the simulator has.

use super::start::phases;
use super::wiring::{ChannelPorts, Wiring};
use super::{BrokenRule, Cancelled, Compared, Fault, Passed};
use blocks::beats::Beats;
use blocks::golden::PureModel;
use blocks::stimulus::MakeBeats;
use hdl::{Bits, Direction};
use std::ops::Range;

/// Cases that are made, answered and compared at a time, unless answers take longer.
const BLOCK: usize = 4096;

/// One or more runs of a design side by side, each with its own values of every port, of up to 64 bits.
pub trait Runs {
    /// Number of runs; a divisor of 4096.
    fn count(&self) -> usize;

    /// Drives an input with a value for each run.
    fn poke(&mut self, port: usize, values: impl Iterator<Item = u64>);

    /// The settled values of an output.
    fn peek(&mut self, port: usize, values: &mut [u64]);

    /// One rising edge of the clock.
    fn tick(&mut self);

    /// A rule of the design that has been broken.
    fn broken_rule(&self) -> Option<BrokenRule>;
}

/// A block of cases.
struct Block {
    first: u64,
    beats: Beats,
    answers: Beats,
    /// Masks with a 1 for each bit of an answer that is compared.
    specified: Beats,
}

impl Block {
    fn new(size: usize, inputs: usize, outputs: usize) -> Block {
        let of = |limbs| Beats::zeros(size, limbs);
        Block { first: 0, beats: of(inputs), answers: of(outputs), specified: of(outputs) }
    }
}

/// The state of a run.
pub(super) struct Many<'r> {
    wiring: &'r Wiring,
    make: &'r MakeBeats,
    model: &'r dyn PureModel,
    latency: u64,
    /// Cases in a block.
    size: usize,
    /// Cycles in each run so far.
    cycles: u64,
    /// Whether any value of each output field was compared.
    is_compared: Vec<bool>,
}

/// True if the beats of a block's only channel have one limb for each field.
pub(super) fn fit(channels: &[ChannelPorts]) -> bool {
    matches!(channels, [channel] if channel.fields.len() == channel.limbs)
}

impl<'r> Many<'r> {
    pub(super) fn new(
        wiring: &'r Wiring,
        make: &'r MakeBeats,
        model: &'r dyn PureModel,
        latency: u64,
    ) -> Many<'r> {
        let is_compared = vec![false; wiring.outputs[0].fields.len()];
        Many { wiring, make, model, latency, size: BLOCK, cycles: 0, is_compared }
    }

    /// Drives `cases` through the runs, which are at power-up. Returns the number of cycles of all runs, or the first
    /// case that differs. Assertions are checked at the end: the case that broke one is no longer known, so the first
    /// case is reported.
    pub(super) fn run<R: Runs>(
        mut self,
        runs: &mut R,
        cases: Range<u64>,
        mut advance: impl FnMut(u64) -> Result<(), Cancelled>,
    ) -> Result<Result<Passed, Fault>, Cancelled> {
        self.start(runs, cases.start);
        let (inputs, outputs) = (self.wiring.inputs[0].limbs, self.wiring.outputs[0].limbs);
        // Answers come later than their beats, perhaps while the next block is driven.
        let late = self.latency as usize * runs.count();
        self.size = late.next_multiple_of(BLOCK).max(BLOCK);
        let mut blocks = [(); 2].map(|()| Block::new(self.size, inputs, outputs));
        let mut found = vec![0; runs.count()];
        for first in cases.clone().step_by(self.size) {
            blocks.swap(0, 1);
            let count = (cases.end - first).min(self.size as u64) as usize;
            self.make(&mut blocks[1], first, count);
            let is_last = first + self.size as u64 >= cases.end;
            let end = if is_last { count.next_multiple_of(runs.count()) + late } else { self.size };
            for place in (0..end).step_by(runs.count()) {
                if place < self.size {
                    self.drive(runs, &blocks[1].beats, place);
                }
                let answered = place as isize - late as isize;
                if let Some(fault) = self.compare(runs, &blocks, answered, &mut found) {
                    return Ok(Err(fault));
                }
                runs.tick();
                self.cycles += 1;
            }
            advance(count as u64)?;
        }
        Ok(match runs.broken_rule() {
            Some(rule) => Err(rule.fault(cases.start, self.cycles.saturating_sub(1))),
            None => Ok(self.passed(runs.count() as u64)),
        })
    }

    fn passed(self, runs: u64) -> Passed {
        let mut compared = Compared::default();
        compared.add(&self.wiring.outputs[0], |field| self.is_compared[field]);
        Passed { cycles: self.cycles * runs, compared }
    }

    /// Makes `count` cases from `first` on. The block is padded with copies of the last one, which are not compared.
    fn make(&self, block: &mut Block, first: u64, count: usize) {
        let Block { beats, answers, specified, .. } = block;
        [&mut *beats, &mut *answers, &mut *specified].into_iter().for_each(|beats| beats.resize(count));
        (self.make)(first, beats);
        self.model.answer_all(beats, answers, specified);
        beats.repeat_last(self.size);
        [answers, specified].into_iter().for_each(|beats| beats.resize(self.size));
        block.first = first;
    }

    /// Gives each run its beat, from index `place` of `beats` on.
    fn drive<R: Runs>(&self, runs: &mut R, beats: &Beats, place: usize) {
        for (limb, field) in self.wiring.inputs[0].fields.iter().enumerate() {
            let count = runs.count();
            runs.poke(field.port, beats.limb(limb, place, count));
        }
    }

    /// Compares the answers to the cases at index `place` of the second block; a negative index counts back from the
    /// end of the first block. Returns the first case that differs.
    fn compare<R: Runs>(
        &mut self,
        runs: &mut R,
        blocks: &[Block; 2],
        place: isize,
        found: &mut [u64],
    ) -> Option<Fault> {
        let (block, place) = match usize::try_from(place) {
            Ok(place) => (&blocks[1], place),
            Err(_) => (&blocks[0], (self.size as isize + place) as usize),
        };
        // The run, the index of the field, and the value found.
        let mut first: Option<(usize, usize, u64)> = None;
        for (limb, field) in self.wiring.outputs[0].fields.iter().enumerate() {
            let specified = block.specified.limb(limb, place, found.len());
            if specified.clone().all(|limb| limb == 0) {
                continue;
            }
            self.is_compared[limb] = true;
            runs.peek(field.port, found);
            let answers = block.answers.limb(limb, place, found.len());
            let expected = answers.zip(specified);
            let differences = found.iter().zip(expected);
            let differences = differences.map(|(found, (answer, specified))| (found ^ answer) & specified);
            // Combined first: a loop without an early exit is faster.
            if differences.clone().fold(0, |all, difference| all | difference) != 0 {
                let run = differences.clone().position(|bits| bits != 0);
                first = first.into_iter().chain(run.map(|run| (run, limb, found[run]))).min();
            }
        }
        let (run, limb, found) = first?;
        let field = &self.wiring.outputs[0].fields[limb];
        let answer = block.answers.limb(limb, place + run, 1).fold(0, |_, answer| answer);
        let value = |limb: u64| Bits::from_limbs(field.width, &[limb]).to_string();
        Some(Fault {
            case: block.first + (place + run) as u64,
            cycle: self.cycles,
            signal: self.wiring.ports[field.port].name.clone(),
            expected: value(answer),
            found: value(found),
        })
    }

    /// Sets the inputs to 0, and resets in the middle of traffic, as at the start of any run.
    fn start<R: Runs>(&mut self, runs: &mut R, first_case: u64) {
        let all = |value: u64, runs: &R| std::iter::repeat_n(value, runs.count());
        for (index, port) in self.wiring.ports.iter().enumerate() {
            if port.direction == Direction::Input {
                runs.poke(index, all(0, runs));
            }
        }
        let Some(reset) = self.wiring.reset else { return };
        let mut beats = Beats::zeros(1, self.wiring.inputs[0].limbs);
        (self.make)(first_case, &mut beats);
        beats.repeat_last(runs.count());
        for (is_active, count) in phases(self.latency) {
            runs.poke(reset.port, all(if is_active { reset.active } else { 1 - reset.active }, runs));
            if !is_active {
                self.drive(runs, &beats, 0);
            }
            (0..count).for_each(|_| runs.tick());
            self.cycles += count;
        }
        runs.poke(reset.port, all(1 - reset.active, runs));
    }
}

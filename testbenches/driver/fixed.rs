//! Blocks without handshakes: one beat per cycle, and its answer a fixed number of cycles later.

use super::scoreboard::Scoreboard;
use super::{Bench, Compared, Fault, Halt, Observer, Passed};
use blocks::golden::Model;
use hdl::Bits;
use sim::Simulator;

struct Fixed<'r, S: ?Sized, O> {
    bench: Bench<'r, S, O>,
    model: Box<dyn Model>,
    latency: u64,
    outputs: Vec<Scoreboard>,
    /// Space for a beat of each output channel.
    found: Vec<Vec<u64>>,
    /// The input channels that have their beat of the present cycle.
    is_fed: Vec<bool>,
    fault: Option<Fault>,
}

/// Drives every case, then waits for the pending answers.
pub(super) fn run<S, O>(
    mut bench: Bench<'_, S, O>,
    model: Box<dyn Model>,
    latency: u64,
) -> Result<Passed, Halt>
where
    S: Simulator + ?Sized,
    O: Observer<S>,
{
    bench.start(latency)?;
    let outputs: Vec<Scoreboard> = bench.wiring.outputs.iter().map(Scoreboard::new).collect();
    let found = outputs.iter().map(|board| vec![0; board.ports.limbs]).collect();
    let is_fed = vec![false; bench.wiring.inputs.len()];
    let mut run = Fixed { bench, model, latency, outputs, found, is_fed, fault: None };
    run.all_cases()?;
    (0..latency).try_for_each(|_| run.cycle())?;
    Ok(run.passed())
}

impl<S: Simulator + ?Sized, O: Observer<S>> Fixed<'_, S, O> {
    fn all_cases(&mut self) -> Result<(), Halt> {
        let space = self.bench.space;
        for case in self.bench.cases.clone() {
            self.bench.case = case;
            (space.make)(case, &mut |channel, beat| self.feed(channel, beat));
            if let Some(fault) = self.fault.take() {
                return Err(fault.into());
            }
            self.bench.advance_to(case + 1)?;
        }
        Ok(())
    }

    /// Gives an input channel its beat of this cycle; the cycle ends once each channel has one.
    fn feed(&mut self, channel: usize, beat: &[Bits]) {
        if self.fault.is_some() {
            return;
        }
        let name = &self.bench.space.name;
        assert!(!self.is_fed[channel], "a case of space `{name}` gives one channel two beats in a cycle");
        self.is_fed[channel] = true;
        self.bench.drive(channel, beat);
        self.bench.observer.taken(channel, beat);
        let (due, case, outputs) = (self.bench.cycle + self.latency, self.bench.case, &mut self.outputs);
        self.model.accept(channel, beat, &mut |output, fields| outputs[output].owe(case, Some(due), fields));
        if self.is_fed.iter().all(|fed| *fed) {
            self.is_fed.fill(false);
            self.fault = self.cycle().err();
        }
    }

    /// The end of a run. Panics if beats or answers are left over: they were never compared.
    fn passed(self) -> Passed {
        let name = &self.bench.space.name;
        assert!(self.is_fed.iter().all(|fed| !fed), "a cycle of space `{name}` lacks the beat of a channel");
        let is_settled = self.outputs.iter().all(|board| board.count() == 0);
        assert!(is_settled, "the golden model gives a channel two answers in a cycle of space `{name}`");
        let mut compared = Compared::default();
        self.outputs.iter().for_each(|board| board.report(&mut compared));
        Passed { cycles: self.bench.cycle, compared }
    }

    /// Compares the answers due in this cycle, and ends it.
    fn cycle(&mut self) -> Result<(), Fault> {
        let now = self.bench.now();
        for (board, found) in self.outputs.iter_mut().zip(&mut self.found) {
            if board.next().is_some_and(|owed| owed.due == Some(now.cycle)) {
                board.announce(self.bench.simulator, self.bench.observer);
                board.read(self.bench.simulator, found);
                board.compare(found, now)?;
                board.settle();
            }
        }
        self.bench.tick()
    }
}

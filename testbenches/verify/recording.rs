//! Runs of the built-in simulator, recorded to be repeated on another one.

use super::VerifyError;
use super::observers::WithAssertions;
use super::subject::Subject;
use crate::driver::{Cancelled, Compared, Failure, Fault, Observer, Passed, Stop};
use crate::{Mismatch, Recorder, Trace, VerilogDesign};
use blocks::block::Configured;
use blocks::stimulus::Space;
use hdl::Bits;
use sim::{Interpreter, Simulator};
use std::ops::Range;

/// A recorded run; every output that the golden model specifies is marked as checked.
pub(crate) struct Recording {
    pub(crate) trace: Trace,
    /// What was compared with the golden model.
    pub(crate) compared: Compared,
    /// The recorded cases.
    run: Range<u64>,
    /// The case that is checked in each cycle, or the last one before it, starting with the first cycle that has one.
    cases: Vec<(usize, u64)>,
}

impl Recording {
    /// Records cases, while another observer watches.
    pub(crate) fn new(
        subject: &Subject,
        space: &Space,
        cases: Range<u64>,
        watch: impl Observer<Recorder<Interpreter>>,
    ) -> Result<Recording, Stop> {
        let mut recorder = Recorder::new(subject.zeroed.clone());
        let mut notes = WithAssertions(Notes { watch, cases: vec![(0, cases.start)] });
        let Passed { compared, .. } =
            subject.testbench.run(&mut recorder, space, cases.clone(), &mut notes)?;
        Ok(Recording { trace: recorder.into_trace(), compared, run: cases, cases: notes.0.cases })
    }

    /// An error if there is nothing to repeat.
    pub(crate) fn with_comparisons(self, space: &Space) -> Result<Recording, VerifyError> {
        match self.compared.is_empty() {
            true => Err(VerifyError::nothing_compared(space, &self.run)),
            false => Ok(self),
        }
    }

    /// The failure for a mismatch with the recording.
    pub(crate) fn failure(&self, subject: &Subject, space: &Space, mismatch: &Mismatch) -> Failure {
        let after = self.cases.partition_point(|(cycle, _)| *cycle <= mismatch.cycle);
        let fault = Fault {
            case: self.cases[after.saturating_sub(1)].1,
            cycle: mismatch.cycle as u64,
            signal: mismatch.port.clone(),
            expected: mismatch.expected.to_string(),
            found: mismatch.found.clone(),
        };
        subject.testbench.failure(space, self.run.clone(), fault)
    }
}

/// A block's Verilog with a run of its testbench.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedRun {
    /// The design.
    pub design: VerilogDesign,
    /// Every cycle of the run.
    pub trace: Trace,
}

/// Runs the block's testbench over the first cases of a space on the built-in simulator, for another one to repeat.
///
/// The error is [`VerifyError::Wrong`] if the design differs from its golden model, and
/// [`VerifyError::NothingCompared`] if the model gave no answer.
pub fn record(
    block: &dyn Configured,
    space: &Space,
    cases: u64,
    seed: u64,
) -> Result<RecordedRun, VerifyError> {
    let subject = Subject::new(block, seed)?;
    let recording = Recording::new(&subject, space, 0..cases, ())?.with_comparisons(space)?;
    Ok(RecordedRun { design: subject.verilog(), trace: recording.trace })
}

/// Marks outputs as checked, and notes the case for each.
struct Notes<O> {
    watch: O,
    cases: Vec<(usize, u64)>,
}

impl<O: Observer<Recorder<Interpreter>>> Observer<Recorder<Interpreter>> for Notes<O> {
    fn taken(&mut self, channel: usize, beat: &[Bits]) {
        self.watch.taken(channel, beat);
    }

    fn expected(&mut self, simulator: &mut Recorder<Interpreter>, case: u64, port: usize, limbs: &[u64]) {
        let width = simulator.ports()[port].width;
        simulator.expect(port, &Bits::from_limbs(width, limbs));
        if self.cases.last().is_none_or(|(_, last)| *last != case) {
            self.cases.push((simulator.trace().cycles(), case));
        }
    }

    fn advance(&mut self, cases: u64) -> Result<(), Cancelled> {
        self.watch.advance(cases)
    }
}

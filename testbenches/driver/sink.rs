//! An output channel with a handshake, and the rules that it must obey.

use super::scoreboard::Scoreboard;
use super::wiring::{ChannelPorts, Handshake};
use super::{Bench, Fault, Moment, Observer};
use sim::Simulator;

/// An output channel.
pub(super) struct Sink {
    pub(super) handshake: Handshake,
    pub(super) board: Scoreboard,
    pub(super) is_ready: bool,
    /// Whether a beat was offered in the last cycle and not taken.
    pub(super) is_held: bool,
    /// That beat.
    held: Vec<u64>,
    /// The beat of this cycle, if `valid` is 1.
    beat: Vec<u64>,
}

impl Sink {
    pub(super) fn new(ports: &ChannelPorts) -> Sink {
        Sink {
            handshake: ports.handshake.expect("the timing has handshakes"),
            board: Scoreboard::new(ports),
            is_ready: false,
            is_held: false,
            held: vec![0; ports.limbs],
            beat: vec![0; ports.limbs],
        }
    }

    /// Checks the channel in this cycle. True if a beat is transferred.
    pub(super) fn look<S, O>(&mut self, bench: &mut Bench<S, O>) -> Result<bool, Fault>
    where
        S: Simulator + ?Sized,
        O: Observer<S>,
    {
        let now = bench.now();
        let valid = bench.simulator.peek_u64(self.handshake.valid);
        bench.observer.expected(bench.simulator, bench.case, self.handshake.valid, &[valid]);
        self.check_due(valid == 1, now)?;
        if valid == 0 {
            return self.check_withdrawn(bench.case, now);
        }
        self.board.announce(bench.simulator, bench.observer);
        self.board.read(bench.simulator, &mut self.beat);
        self.check_held(bench.case, now)?;
        self.is_held = !self.is_ready;
        if self.is_ready {
            self.check_owed(bench.case, now)?;
            self.board.compare(&self.beat, now)?;
            self.board.settle();
        } else {
            self.held.copy_from_slice(&self.beat);
        }
        Ok(self.is_ready)
    }

    /// Without stalls, the next beat arrives exactly when it is due and the one before it has been transferred.
    fn check_due(&self, valid: bool, now: Moment) -> Result<(), Fault> {
        let next = self.board.next().and_then(|owed| Some((owed.case, owed.due?)));
        match next {
            Some((case, due)) if valid != (now.cycle >= due) => {
                let expected = format!("1 in cycle {due} and not before, the stated latency without stalls");
                Err(now.fault(case, self.handshake.valid, expected, u8::from(valid).to_string()))
            }
            _ => Ok(()),
        }
    }

    /// With `valid` at 0, no beat may be pending from the last cycle.
    fn check_withdrawn(&self, latest: u64, now: Moment) -> Result<bool, Fault> {
        if !self.is_held {
            return Ok(false);
        }
        let expected = "1 until ready: a beat was offered and not taken".into();
        Err(now.fault(self.next_case(latest), self.handshake.valid, expected, "0".into()))
    }

    /// A beat that was offered and not taken must not change.
    fn check_held(&self, latest: u64, now: Moment) -> Result<(), Fault> {
        if !self.is_held || self.held == self.beat {
            return Ok(());
        }
        let field = self.board.differing(&self.held, &self.beat, |_| true);
        let expected = format!("{} until ready: it was offered and not taken", field.value(&self.held));
        Err(now.fault(self.next_case(latest), field.port, expected, field.value(&self.beat).to_string()))
    }

    fn check_owed(&self, latest: u64, now: Moment) -> Result<(), Fault> {
        match self.board.next() {
            Some(_) => Ok(()),
            None => Err(now.fault(latest, self.handshake.valid, "0: no answer is owed".into(), "1".into())),
        }
    }

    fn next_case(&self, latest: u64) -> u64 {
        self.board.next().map_or(latest, |owed| owed.case)
    }
}

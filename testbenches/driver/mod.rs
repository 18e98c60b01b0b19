//! The testbench of every block, on any simulator.
//!
//! It drives the cases of a [`Space`] through the block's channels, runs the golden model in parallel, and compares. A
//! run begins at power-up: reset, traffic that fills the design, and a second reset, so that the reset is tested on a
//! design with state to clear.

mod bench;
mod compared;
mod fixed;
mod many;
mod ready_valid;
mod runs;
mod scoreboard;
mod sink;
mod start;
mod traffic;
mod wiring;

pub(crate) use bench::Fault;
use bench::{Bench, Halt, Moment};
use blocks::block::Configured;
use blocks::channel::Timing;
use blocks::stimulus::{Space, case_rng};
pub use compared::{Compared, Passed};
use hdl::{Bits, Clocking, Port};
use many::Many;
pub use many::Runs;
pub use runs::Single;
use sim::{Simulator, Violation};
use std::fmt;
use std::ops::Range;
use wiring::Wiring;

/// The testbench of one block, for simulators of its design.
pub struct Testbench<'a> {
    block: &'a dyn Configured,
    timing: Timing,
    wiring: Wiring,
    seed: u64,
}

/// Observes a run. `()` does nothing.
pub trait Observer<S: ?Sized> {
    /// A beat enters the design.
    fn taken(&mut self, _channel: usize, _beat: &[Bits]) {}

    /// At the end of the present cycle, output `port` must have the value with these limbs, because of `case`.
    fn expected(&mut self, _simulator: &mut S, _case: u64, _port: usize, _limbs: &[u64]) {}

    /// A cycle has ended. Gives the rule that it broke, if any.
    fn ticked(&mut self, _simulator: &mut S) -> Option<BrokenRule> {
        None
    }

    /// `cases` further cases have been driven. An error ends the run.
    fn advance(&mut self, _cases: u64) -> Result<(), Cancelled> {
        Ok(())
    }
}

impl<S: ?Sized> Observer<S> for () {}

impl<S: ?Sized, O: Observer<S>> Observer<S> for &mut O {
    fn taken(&mut self, channel: usize, beat: &[Bits]) {
        (**self).taken(channel, beat);
    }

    fn expected(&mut self, simulator: &mut S, case: u64, port: usize, limbs: &[u64]) {
        (**self).expected(simulator, case, port, limbs);
    }

    fn ticked(&mut self, simulator: &mut S) -> Option<BrokenRule> {
        (**self).ticked(simulator)
    }

    fn advance(&mut self, cases: u64) -> Result<(), Cancelled> {
        (**self).advance(cases)
    }
}

/// A rule of the design itself that was broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrokenRule {
    /// The rule's name.
    pub name: String,
    /// The condition, and where it is written.
    pub demand: String,
}

impl BrokenRule {
    /// The assertion, or the assumption on the inputs, that a run broke, if the simulator checks them.
    pub fn of(simulator: &(impl Simulator + ?Sized)) -> Option<BrokenRule> {
        BrokenRule::among(simulator.violations(), simulator.environment_errors())
    }

    /// The first of the broken assertions, or of the broken assumptions.
    fn among(violations: Vec<Violation>, environment_errors: Vec<Violation>) -> Option<BrokenRule> {
        let rule = |kind: &str, broken: Vec<Violation>| {
            let first = broken.into_iter().next()?;
            Some(BrokenRule { name: first.path, demand: format!("1, {kind} at {}", first.source) })
        };
        rule("an assertion", violations).or_else(|| rule("an assumption on the inputs", environment_errors))
    }

    /// The fault that reports the broken rule.
    fn fault(self, case: u64, cycle: u64) -> Fault {
        Fault { case, cycle, signal: self.name, expected: self.demand, found: "0".into() }
    }
}

/// The output ports of a block, and when their values are meaningful.
#[derive(Clone)]
pub(crate) struct Outputs {
    /// Each port, with the `valid` that goes with it.
    pub(crate) ports: Vec<(usize, Option<usize>)>,
    /// The reset port with its active value.
    pub(crate) reset: Option<(usize, u64)>,
    /// Cycles after power-up or reset until the outputs show the answer to an input.
    pub(crate) cycles_to_settle: u64,
}

/// A run was cancelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cancelled;

/// Why a run did not finish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The design is wrong.
    Failed(Box<Failure>),
    /// [`Observer::advance`] ended it.
    Cancelled,
}

/// Where a design differs from its golden model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Name of the space.
    pub space: String,
    /// Number of the case in it.
    pub case: u64,
    /// The run with the case: a series of cases that are driven in sequence from power-up.
    pub run: Range<u64>,
    /// The cycle, counted from power-up at the start of that run.
    pub cycle: u64,
    /// Name of the port, or of the rule, that failed.
    pub signal: String,
    /// What was expected: a value, or a rule in words.
    pub expected: String,
    /// The value found.
    pub found: String,
    /// Every input port and its value; if the case has several beats, `in_a`, then `in_a (beat 2)`.
    pub inputs: Vec<(String, String)>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Failure { space, case, run: _, cycle, signal, expected, found, inputs } = self;
        write!(f, "case {case} of `{space}`, cycle {cycle}, `{signal}`: expected {expected}, found {found}")?;
        inputs.iter().try_for_each(|(port, value)| write!(f, "\n  {port} = {value}"))
    }
}

impl<'a> Testbench<'a> {
    /// The testbench for simulators with these ports, for a design with the clock and reset `clocking`; `seed` decides
    /// where streams stall. The error names a port that the design lacks, or has beyond the block's interface.
    pub fn new(
        block: &'a dyn Configured,
        ports: &[Port],
        clocking: &Clocking,
        seed: u64,
    ) -> Result<Testbench<'a>, String> {
        let interface = block.interface();
        let wiring = Wiring::new(ports, block, clocking)?;
        Ok(Testbench { block, timing: interface.timing, wiring, seed })
    }

    /// The block.
    pub fn block(&self) -> &'a dyn Configured {
        self.block
    }

    /// Drives the `cases` of a space through a simulator at power-up, and gives what was compared, which may be
    /// nothing.
    ///
    /// The run is determined by the block, the seed, the space and `cases`. Panics if a beat of the space or of the
    /// golden model does not fit the block's interface.
    pub fn run<S, O>(
        &self,
        simulator: &mut S,
        space: &Space,
        cases: Range<u64>,
        observer: &mut O,
    ) -> Result<Passed, Stop>
    where
        S: Simulator + ?Sized,
        O: Observer<S>,
    {
        let stalls = case_rng(self.seed, cases.start);
        let bench = Bench {
            wiring: &self.wiring,
            simulator,
            observer,
            space,
            case: cases.start,
            cases: cases.clone(),
            cycle: 0,
        };
        let ended = match self.timing {
            Timing::Fixed { latency } => fixed::run(bench, self.block.model(), latency.into()),
            Timing::ReadyValid { latency } => {
                ready_valid::run(bench, self.block, Some(latency.into()), stalls)
            }
            Timing::Elastic => ready_valid::run(bench, self.block, None, stalls),
        };
        ended.map_err(|halt| match halt {
            Halt::Cancelled => Stop::Cancelled,
            Halt::Fault(fault) => Stop::Failed(Box::new(self.failure(space, cases, fault))),
        })
    }

    /// Whether the block has no state, no handshakes, and fields of at most 64 bits: then many runs can go at once.
    pub fn is_pure(&self) -> bool {
        let fits = many::fit(&self.wiring.inputs) && many::fit(&self.wiring.outputs);
        fits && matches!(self.timing, Timing::Fixed { .. }) && self.block.pure_model().is_some()
    }

    /// Whether a space can be run by [`run_many`](Testbench::run_many).
    pub fn can_run_many(&self, space: &Space) -> bool {
        self.is_pure() && space.make_many.is_some()
    }

    /// Drives the `cases` of a space through runs at power-up side by side, many times faster than
    /// [`run`](Testbench::run). Gives what was compared in all runs, or the failure of the first case that differs.
    /// `advance` is told how many further cases were driven, and may end it. Panics if the space
    /// [cannot](Testbench::can_run_many) be run like this.
    pub fn run_many<R: Runs>(
        &self,
        runs: &mut R,
        space: &Space,
        cases: Range<u64>,
        advance: impl FnMut(u64) -> Result<(), Cancelled>,
    ) -> Result<Result<Passed, Box<Failure>>, Cancelled> {
        let make = space.make_many.as_ref().expect("the space makes many cases at once");
        let model = self.block.pure_model().expect("the block is pure");
        let latency = self.block.interface().latency().into();
        let ended = Many::new(&self.wiring, make, &*model, latency).run(runs, cases.clone(), advance)?;
        Ok(ended.map_err(|fault| Box::new(self.failure(space, cases, fault))))
    }

    /// The names of the output fields that were not compared.
    pub(crate) fn uncompared(&self, compared: &Compared) -> Vec<String> {
        let fields = self.wiring.outputs.iter().flat_map(|channel| &channel.fields);
        let missed = fields.filter(|field| !compared.contains(field.port));
        missed.map(|field| self.wiring.ports[field.port].name.clone()).collect()
    }

    /// The output ports.
    pub(crate) fn outputs(&self) -> Outputs {
        let wiring = &self.wiring;
        let data = wiring.outputs.iter().flat_map(|channel| {
            let valid = channel.handshake.map(|handshake| handshake.valid);
            channel.fields.iter().map(move |field| (field.port, valid))
        });
        let valid = wiring.outputs.iter().filter_map(|channel| Some((channel.handshake?.valid, None)));
        let ready = wiring.inputs.iter().filter_map(|channel| Some((channel.handshake?.ready, None)));
        Outputs {
            ports: ready.chain(valid).chain(data).collect(),
            reset: wiring.reset.map(|reset| (reset.port, reset.active)),
            cycles_to_settle: match self.timing {
                Timing::Fixed { latency } => latency.into(),
                Timing::ReadyValid { .. } | Timing::Elastic => 0,
            },
        }
    }

    /// A fault in a run of these cases.
    pub(crate) fn failure(&self, space: &Space, run: Range<u64>, fault: Fault) -> Failure {
        let mut inputs: Vec<(String, String)> = vec![];
        (space.make)(fault.case, &mut |channel, beat| {
            for (field, value) in self.wiring.inputs[channel].fields.iter().zip(beat) {
                let name = &self.wiring.ports[field.port].name;
                let earlier =
                    inputs.iter().filter(|(other, _)| other.split(' ').next() == Some(name)).count();
                let name = if earlier == 0 { name.clone() } else { format!("{name} (beat {})", earlier + 1) };
                inputs.push((name, value.to_string()));
            }
        });
        let Fault { case, cycle, signal, expected, found } = fault;
        Failure { space: space.name.clone(), case, run, cycle, signal, expected, found, inputs }
    }
}

//! A design and its mutant, side by side.

use crate::driver::{BrokenRule, Observer, Outputs};
use hdl::{Bits, Port};
use sim::{Compiled, Covered, SignalId, SignalInfo, Simulator, Violation};

/// Runs the mutant as the design under test, with the original beside it on the same inputs.
pub(super) struct Twin {
    original: Compiled,
    mutant: Compiled,
    outputs: Outputs,
    /// Cycles in which outputs still show values from before the first input.
    cycles_to_settle: u64,
    difference: Option<Difference>,
}

/// The first output in which the two differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Difference {
    pub(super) cycle: u64,
    pub(super) port: String,
}

impl Twin {
    /// Both at power-up.
    pub(super) fn new(original: Compiled, mutant: Compiled, outputs: Outputs) -> Twin {
        Twin { original, mutant, cycles_to_settle: outputs.cycles_to_settle, outputs, difference: None }
    }

    /// The first difference so far.
    pub(super) fn into_difference(self) -> Option<Difference> {
        self.difference
    }

    fn in_reset(&mut self) -> bool {
        self.outputs.reset.is_some_and(|(port, active)| self.original.peek_u64(port) == active)
    }

    fn compare(&mut self) {
        if self.in_reset() {
            self.cycles_to_settle = self.outputs.cycles_to_settle;
        } else if self.cycles_to_settle > 0 {
            self.cycles_to_settle -= 1;
        } else if self.difference.is_none() {
            self.difference = self.differing_port().map(|port| Difference {
                cycle: self.original.cycle(),
                port: self.original.ports()[port].name.clone(),
            });
        }
    }

    /// Data are compared in cycles in which `valid` is 1.
    fn differing_port(&mut self) -> Option<usize> {
        let (original, mutant) = (&mut self.original, &mut self.mutant);
        let counts = |&(port, valid): &(usize, Option<usize>)| {
            let is_shown = valid.is_none_or(|valid| original.peek_u64(valid) == 1);
            (is_shown && !is_same(original, mutant, port)).then_some(port)
        };
        self.outputs.ports.iter().find_map(counts)
    }
}

fn is_same(original: &mut Compiled, mutant: &mut Compiled, port: usize) -> bool {
    match original.ports()[port].width {
        0..=64 => original.peek_u64(port) == mutant.peek_u64(port),
        _ => original.peek(port) == mutant.peek(port),
    }
}

impl Simulator for Twin {
    fn ports(&self) -> &[Port] {
        self.mutant.ports()
    }

    fn poke(&mut self, port: usize, value: &Bits) {
        self.original.poke(port, value);
        self.mutant.poke(port, value);
    }

    fn peek(&mut self, port: usize) -> Bits {
        self.mutant.peek(port)
    }

    fn tick(&mut self) {
        self.compare();
        self.original.tick();
        self.mutant.tick();
    }

    fn poke_u64(&mut self, port: usize, value: u64) {
        self.original.poke_u64(port, value);
        self.mutant.poke_u64(port, value);
    }

    fn peek_u64(&mut self, port: usize) -> u64 {
        self.mutant.peek_u64(port)
    }

    fn signals(&self) -> &[SignalInfo] {
        self.mutant.signals()
    }

    fn signal(&mut self, id: SignalId) -> Bits {
        self.mutant.signal(id)
    }

    fn cycle(&self) -> u64 {
        self.mutant.cycle()
    }

    fn violations(&self) -> Vec<Violation> {
        self.mutant.violations()
    }

    fn environment_errors(&self) -> Vec<Violation> {
        self.mutant.environment_errors()
    }

    fn covered(&self) -> Vec<Covered> {
        self.mutant.covered()
    }
}

/// Looks at the mutant's assertions.
pub(super) struct Assertions;

impl Observer<Twin> for Assertions {
    fn ticked(&mut self, twin: &mut Twin) -> Option<BrokenRule> {
        BrokenRule::of(twin)
    }
}

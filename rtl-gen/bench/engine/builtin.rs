//! The built-in simulators.

use super::{Engine, Run};
use crate::signature::Signature;
use crate::stimulus::Source;
use crate::workload::{RESET_CYCLES, Workload};
use hdl::Netlist;
use sim::{BuildError, Simulator};
use std::error::Error;

/// A built-in simulator under a name.
pub struct Builtin<F> {
    name: &'static str,
    make: F,
}

impl<S: Simulator + 'static, F: Fn(&Netlist) -> Result<S, BuildError>> Builtin<F> {
    /// The simulator that `make` makes.
    pub fn new(name: &'static str, make: F) -> Builtin<F> {
        Builtin { name, make }
    }
}

impl<S: Simulator + 'static, F: Fn(&Netlist) -> Result<S, BuildError>> Engine for Builtin<F> {
    fn name(&self) -> String {
        self.name.into()
    }

    fn build(&self, workload: &Workload) -> Result<Box<dyn Run>, Box<dyn Error>> {
        Ok(Box::new(Driven::new((self.make)(&workload.netlist)?, workload)))
    }
}

/// A simulator with the stimulus of a workload.
pub struct Driven<S> {
    /// The simulator.
    pub simulator: S,
    sources: Vec<(usize, Source)>,
    outputs: Vec<usize>,
    signature: Signature,
}

impl<S: Simulator> Driven<S> {
    /// Leads the simulator through the reset.
    pub fn new(simulator: S, workload: &Workload) -> Driven<S> {
        let sources = workload.inputs().into_iter().map(|input| (input.port, input.source())).collect();
        let (outputs, signature) = (workload.outputs(), Signature::default());
        let mut driven = Driven { simulator, sources, outputs, signature };
        for _ in 0..RESET_CYCLES {
            driven.drive();
            driven.simulator.tick();
        }
        if workload.has_reset() {
            driven.simulator.poke_u64(0, 1);
        }
        driven
    }

    /// Drives the inputs for the next cycle.
    fn drive(&mut self) {
        for (port, source) in &mut self.sources {
            self.simulator.poke_u64(*port, source.draw());
        }
    }

    /// One cycle.
    pub fn cycle(&mut self) {
        self.drive();
        for output in &self.outputs {
            self.signature.fold(self.simulator.peek_u64(*output));
        }
        self.simulator.tick();
    }
}

impl<S: Simulator> Run for Driven<S> {
    fn run(&mut self, cycles: u64) -> Result<u64, Box<dyn Error>> {
        for _ in 0..cycles {
            self.cycle();
        }
        Ok(self.signature.value())
    }
}

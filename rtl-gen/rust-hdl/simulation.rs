//! A block in the simulator of rust-hdl: the interpreter of its netlist.

use crate::value::Value;
use blocks::block::{Block, elaborate};
use sim::{Interpreter, Options, Simulator};

/// What a struct was written from.
pub struct Origin {
    /// Finds the block.
    pub block: fn() -> &'static Block,
    /// As in the build script.
    pub parameters: &'static str,
    /// Name and width of each port but the clock.
    pub ports: &'static [(&'static str, u32)],
}

/// The simulation of a block within one of rust-hdl; it begins at power-up with the first update.
#[derive(Default)]
pub struct Simulation(Option<Running>);

impl Simulation {
    /// Whether it has begun: then its outputs change only where its inputs do.
    pub fn is_settled(&self) -> bool {
        self.0.is_some()
    }

    /// The simulation, begun where it has not yet. Panics where the block is not the one that the struct was written from.
    pub fn of(&mut self, origin: &Origin) -> &mut Running {
        self.0.get_or_insert_with(|| Running::start(origin))
    }
}

/// A simulation that has begun. Ports are numbered as in [`Origin::ports`].
pub struct Running(Interpreter);

impl Running {
    fn start(origin: &Origin) -> Running {
        let block = (origin.block)();
        let configured =
            block.variant(origin.parameters).unwrap_or_else(|reason| panic!("{}: {reason}", block.name));
        let netlist = elaborate(&*configured).unwrap_or_else(|errors| panic!("{}: {errors}", block.name));
        let interpreter = Interpreter::new(&netlist, Options::default())
            .unwrap_or_else(|error| panic!("{}: {error}", block.name));
        let ports: Vec<(&str, u32)> =
            interpreter.ports().iter().map(|port| (&*port.name, port.width)).collect();
        assert_eq!(
            ports, origin.ports,
            "the ports of {}: gen-rtl-rust-hdl-build is of another version",
            block.name
        );
        Running(interpreter)
    }

    /// Drives an input.
    pub fn poke(&mut self, port: usize, value: impl Value) {
        self.0.poke(port, &value.to_port());
    }

    /// What a port has.
    pub fn peek<V: Value>(&mut self, port: usize) -> V {
        V::from_port(&self.0.peek(port))
    }

    /// One rising edge of the clock. Panics where the block or its environment breaks a property of the block, as an assertion of
    /// rust-hdl does.
    pub fn tick(&mut self) {
        self.0.tick();
        let broken = self.0.violations().into_iter().chain(self.0.environment_errors()).next();
        if let Some(violation) = broken {
            panic!("{violation}");
        }
    }
}

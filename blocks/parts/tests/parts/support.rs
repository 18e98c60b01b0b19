//! A part on the built-in simulator, ports by name.

use hdl::{Bits, Clocking, Design, ModuleRef};
use sim::{Interpreter, Options, Simulator};

/// A running design.
pub struct Bench(Interpreter);

impl Bench {
    /// Out of reset.
    pub fn new(build: impl Fn(&Design) -> ModuleRef) -> Bench {
        let design = Design::new(Clocking::default());
        let netlist = design.elaborate(build(&design)).unwrap_or_else(|errors| panic!("{errors}"));
        let mut bench = Bench(Interpreter::new(&netlist, Options::default()).unwrap());
        if bench.0.port("rst_n").is_ok() {
            bench.set("rst_n", 0);
            bench.tick();
            bench.set("rst_n", 1);
        }
        bench
    }

    fn port(&self, name: &str) -> usize {
        self.0.port(name).unwrap_or_else(|error| panic!("{error}"))
    }

    /// Drives an input.
    pub fn set(&mut self, name: &str, value: u64) {
        let port = self.port(name);
        self.0.poke_u64(port, value);
    }

    /// Drives an input of any width.
    pub fn set_bits(&mut self, name: &str, value: &Bits) {
        let port = self.port(name);
        self.0.poke(port, value);
    }

    /// Reads a port.
    pub fn get(&mut self, name: &str) -> u64 {
        let port = self.port(name);
        self.0.peek_u64(port)
    }

    /// Reads a port of any width.
    pub fn bits(&mut self, name: &str) -> Bits {
        let port = self.port(name);
        self.0.peek(port)
    }

    /// A beat of a stream is transferred in this cycle.
    pub fn fires(&mut self, stream: &str) -> bool {
        let mut is_high = |member: &str| self.get(&hdl::member_port(stream, member)) == 1;
        is_high("valid") && is_high("ready")
    }

    /// A clock edge.
    pub fn tick(&mut self) {
        self.0.tick();
    }

    /// The names of the assertions that failed.
    pub fn violations(&self) -> Vec<String> {
        self.0.violations().into_iter().map(|violation| violation.path).collect()
    }
}

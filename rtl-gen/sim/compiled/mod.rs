//! The compiled simulator: machine code by Cranelift.
//!
//! A design is not flattened altogether. A module of which there are many instances is compiled once and run over
//! them ([`plan`]); what their values are lies side by side in memory ([`layout`]).

mod code;
mod emit;
mod layout;
mod memory;
mod plan;
mod start;
mod unit;

use crate::BuildError;
use crate::interpreter::Interpreter;
use crate::options::Options;
use crate::property::{Covered, Properties, Violation};
use crate::reset::Reset;
use crate::simulator::{SignalId, SignalInfo, Simulator};
use code::Code;
use hdl::netlist::PropertyKind;
use hdl::{Bits, Direction, Netlist, Port};
use layout::Layout;
use memory::Memory;
use plan::Plan;
use std::sync::Arc;

/// The compiled simulator: cycle by cycle what the [`Interpreter`] does, only faster.
///
/// All inputs start at 0. Clones continue from the same state and share the code.
#[derive(Clone)]
pub struct Compiled {
    code: Arc<Code>,
    memory: Memory,
    is_stale: bool,
    cycle: u64,
    properties: Properties,
}

impl Compiled {
    /// Compiles a design. The error names what cannot be simulated.
    pub fn new(netlist: &Netlist, options: Options) -> Result<Compiled, BuildError> {
        let plan = Plan::of(netlist)?;
        let layout = Layout::of(&plan);
        // An error names a path from the top, which the interpreter knows.
        let memory = start::power_up(&plan, &layout, options.initial)
            .map_err(|error| Interpreter::new(netlist, options).err().unwrap_or(error))?;
        let properties = Properties::new(start::named_properties(&plan));
        let code = Arc::new(Code::new(netlist, plan, layout, options));
        let mut compiled = Compiled { code, memory, is_stale: true, cycle: 0, properties };
        compiled.reset_asynchronously();
        Ok(compiled)
    }

    /// Name of the top module.
    pub fn top(&self) -> &str {
        &self.code.plan.top
    }

    /// Name of the clock; `None` in a design without one.
    pub fn clock(&self) -> Option<&str> {
        self.code.plan.has_clock.then_some(&*self.code.plan.clocking.clock)
    }

    fn in_reset(&self) -> bool {
        let value = || self.memory.read_u64(self.code.ports[Reset::PORT], 0);
        self.code.reset.is_some_and(|reset| reset.is_active(value()))
    }

    fn reset_asynchronously(&mut self) {
        if self.code.reset.is_some_and(|reset| reset.is_asynchronous()) && self.in_reset() {
            start::reset(&self.code.plan, &self.code.layout, &mut self.memory);
            self.is_stale = true;
        }
    }

    fn settle(&mut self) {
        if self.is_stale {
            run(&self.code.settle, &mut self.memory);
            self.is_stale = false;
        }
    }

    fn look_at_properties(&mut self) {
        if self.in_reset() {
            return;
        }
        for (index, place) in self.code.conditions.iter().enumerate() {
            let condition = self.memory.read_u64(place.cell, place.lane.unwrap_or(0)) != 0;
            self.properties.look(index, condition, self.cycle);
        }
    }

    fn edge(&mut self) {
        let in_reset = self.in_reset();
        run(&self.code.memory_writes, &mut self.memory);
        for cells in &self.code.layout.units {
            let next = cells.present.end..cells.present.end + cells.present.len();
            self.memory.bytes_mut().copy_within(next, cells.present.start);
        }
        if in_reset {
            start::reset(&self.code.plan, &self.code.layout, &mut self.memory);
        }
        self.is_stale = true;
    }

    /// The cell of an input; panics at an output.
    fn input(&self, port: usize) -> layout::Cell {
        let Port { name, direction, .. } = &self.code.plan.ports[port];
        assert!(*direction == Direction::Input, "`{name}` is an output: it cannot be poked");
        self.code.ports[port]
    }

    fn set(&mut self, port: usize, limbs: &[u64]) {
        if self.memory.write(self.input(port), 0, limbs) {
            self.is_stale = true;
            if port == Reset::PORT {
                self.reset_asynchronously();
            }
        }
    }

    /// The reference in the present state.
    fn reference(&self) -> Interpreter {
        let (code, mut interpreter) = (&self.code, self.code.interpreter().clone());
        for element in start::registers(&code.plan) {
            let cell = code.layout.units[element.unit].registers[element.index];
            interpreter.set_register(element.number, &self.memory.read(cell, element.lane));
        }
        for element in start::memories(&code.plan) {
            let words = code.layout.units[element.unit].memories[element.index];
            for address in 0..words.depth {
                let word = self.memory.read_word(words, element.lane, address);
                interpreter.set_word(element.number, address as u64, &word);
            }
        }
        for (port, cell) in code.ports.iter().enumerate() {
            if code.plan.ports[port].direction == Direction::Input {
                interpreter.poke(port, &self.memory.read(*cell, 0));
            }
        }
        interpreter
    }
}

/// Calls functions in order.
fn run(runs: &[code::Run], memory: &mut Memory) {
    let memory = memory.pointer();
    for run in runs {
        // SAFETY: the block is as large as the layout that the function was compiled for.
        unsafe { (run.entry)(memory, run.lanes.as_ptr(), run.lanes.len()) }
    }
}

impl Simulator for Compiled {
    fn ports(&self) -> &[Port] {
        &self.code.plan.ports
    }

    /// Panics where `port` is an output or `value` has another width.
    fn poke(&mut self, port: usize, value: &Bits) {
        let Port { name, width, .. } = &self.code.plan.ports[port];
        let given = value.width();
        assert!(*width == given, "`{name}` has {width} bits: it cannot take {given} bits");
        self.set(port, value.limbs());
    }

    fn peek(&mut self, port: usize) -> Bits {
        self.settle();
        self.memory.read(self.code.ports[port], 0)
    }

    fn tick(&mut self) {
        self.settle();
        self.look_at_properties();
        self.edge();
        self.cycle += 1;
    }

    /// Panics where `port` is an output or `value` does not fit it.
    fn poke_u64(&mut self, port: usize, value: u64) {
        let Port { name, width, .. } = &self.code.plan.ports[port];
        let fits = *width <= 64 && value <= hdl::top_limb_mask(*width);
        assert!(fits, "`{name}` has {width} bits: it cannot take {value} as up to 64 bits");
        self.set(port, &[value]);
    }

    /// Panics where the port has more than 64 bits.
    fn peek_u64(&mut self, port: usize) -> u64 {
        let Port { name, width, .. } = &self.code.plan.ports[port];
        assert!(*width <= 64, "`{name}` has more than 64 bits");
        self.settle();
        self.memory.read_u64(self.code.ports[port], 0)
    }

    fn signals(&self) -> &[SignalInfo] {
        self.code.interpreter().signals()
    }

    /// Panics at an id of another design.
    fn signal(&mut self, id: SignalId) -> Bits {
        self.reference().signal(id)
    }

    fn cycle(&self) -> u64 {
        self.cycle
    }

    fn violations(&self) -> Vec<Violation> {
        self.properties.broken(PropertyKind::Assert)
    }

    fn environment_errors(&self) -> Vec<Violation> {
        self.properties.broken(PropertyKind::Assume)
    }

    fn covered(&self) -> Vec<Covered> {
        self.properties.covered()
    }
}

//! The reference engine: simple enough to be trusted, so the faster engines are compared with it.

mod program;

use crate::BuildError;
use crate::flatten::{Flat, flatten, flatten_open};
use crate::memories::{Memories, MemoryId, MemoryInfo};
use crate::model::{Modelled, Models};
use crate::options::Options;
use crate::property::{Covered, Properties, Violation};
use crate::reset::Reset;
use crate::simulator::{SignalId, SignalInfo, Simulator};
use hdl::netlist::PropertyKind;
use hdl::{Bits, Direction, Netlist, Port};
use program::{MemoryPlace, Place, Program, State};
use std::sync::Arc;

/// The built-in cycle simulator: two-state, with one clock.
///
/// All inputs start at 0. Clones continue from the same state and share the compiled design, so one
/// compilation serves many threads.
#[derive(Clone)]
pub struct Interpreter {
    program: Arc<Program>,
    state: State,
    /// Scratch space for the clock edge.
    staged: Vec<u64>,
    /// Whether what depends on state alone must be computed again, and what depends on inputs.
    state_is_stale: bool,
    inputs_are_stale: bool,
    cycle: u64,
    properties: Properties,
}

impl Interpreter {
    /// Compiles a design. The error names what cannot be simulated.
    pub fn new(netlist: &Netlist, options: Options) -> Result<Interpreter, BuildError> {
        Interpreter::of(flatten(netlist)?, options)
    }

    /// Compiles a design with models of its black boxes. The error names what cannot be simulated.
    pub fn with_models(
        netlist: &Netlist,
        options: Options,
        models: &Models,
    ) -> Result<Modelled<Interpreter>, BuildError> {
        let (flat, boxes) = flatten_open(netlist)?;
        let models = models.of(netlist, &boxes)?;
        Ok(Modelled::new(Interpreter::of(flat, options)?, models))
    }

    /// Compiles a flat design.
    pub(crate) fn of(flat: Flat, options: Options) -> Result<Interpreter, BuildError> {
        let properties = Properties::new(flat.properties.clone());
        let (program, state) = Program::compile(flat, options.initial)?;
        let mut interpreter = Interpreter {
            state,
            staged: vec![],
            state_is_stale: true,
            inputs_are_stale: true,
            cycle: 0,
            properties,
            program: Arc::new(program),
        };
        interpreter.reset_asynchronously();
        Ok(interpreter)
    }

    /// Name of the top module.
    pub fn top(&self) -> &str {
        &self.program.top
    }

    /// Name of the clock; `None` in a design without one.
    pub fn clock(&self) -> Option<&str> {
        self.program.clock.as_deref()
    }

    /// Number of instructions that compute all combinational logic once: a measure of a design's cost.
    pub fn instruction_count(&self) -> usize {
        self.program.instruction_count()
    }

    /// Puts a register, by its number in the design, in a state.
    pub(crate) fn set_register(&mut self, register: usize, value: &Bits) {
        let place = self.program.registers[register];
        self.state.values[place.range()].copy_from_slice(value.limbs());
        self.state_is_stale = true;
    }

    /// Sets a word of a memory, by its number in the design.
    pub(crate) fn set_word(&mut self, memory: usize, address: u64, value: &Bits) {
        if let Some(first) = self.program.memories[memory].word(address) {
            self.state.words[first..first + value.limbs().len()].copy_from_slice(value.limbs());
            self.state_is_stale = true;
        }
    }

    fn in_reset(&self) -> bool {
        let port = self.program.port_places.first();
        let value = port.map_or(0, |place| self.state.values[place.slot as usize]);
        self.program.reset.as_ref().is_some_and(|reset| reset.is_active(value))
    }

    fn reset_asynchronously(&mut self) {
        if self.in_reset() && self.program.reset.as_ref().is_some_and(Reset::is_asynchronous) {
            self.program.edge.reset(&mut self.state);
            self.state_is_stale = true;
        }
    }

    /// Values that depend on inputs are computed only if `follows_inputs` says that one is about to be read.
    fn settle(&mut self, follows_inputs: bool) {
        if self.state_is_stale {
            self.program.settle_state(&mut self.state);
            self.state_is_stale = false;
            self.inputs_are_stale = true;
        }
        if follows_inputs && self.inputs_are_stale {
            self.program.settle_inputs(&mut self.state);
            self.inputs_are_stale = false;
        }
    }

    fn look_at_properties(&mut self) {
        if self.in_reset() {
            return;
        }
        for (index, slot) in self.program.conditions.iter().enumerate() {
            self.properties.look(index, self.state.values[*slot as usize] != 0, self.cycle);
        }
    }

    /// The place of an input; panics for an output.
    fn input(&self, port: usize) -> Place {
        let Port { name, direction, .. } = &self.program.ports[port];
        assert!(*direction == Direction::Input, "`{name}` is an output: it cannot be poked");
        self.program.port_places[port]
    }

    /// Called after an input changed.
    fn changed(&mut self, port: usize) {
        self.inputs_are_stale = true;
        if port == Reset::PORT {
            self.reset_asynchronously();
        }
    }
}

impl Simulator for Interpreter {
    fn ports(&self) -> &[Port] {
        &self.program.ports
    }

    /// Panics if `port` is an output or `value` has another width.
    fn poke(&mut self, port: usize, value: &Bits) {
        let place = self.input(port);
        let (name, given) = (&self.program.ports[port].name, value.width());
        assert!(place.width == given, "`{name}` has {} bits: it cannot take {given} bits", place.width);
        if self.state.values[place.range()] != *value.limbs() {
            self.state.values[place.range()].copy_from_slice(value.limbs());
            self.changed(port);
        }
    }

    fn peek(&mut self, port: usize) -> Bits {
        let place = self.program.port_places[port];
        self.settle(self.program.follows_inputs(place));
        place.read(&self.state.values)
    }

    fn tick(&mut self) {
        self.settle(true);
        self.look_at_properties();
        let in_reset = self.in_reset();
        self.program.edge.clock(&mut self.state, &mut self.staged, in_reset);
        self.state_is_stale = true;
        self.cycle += 1;
    }

    /// Panics if `port` is an output or `value` does not fit it.
    fn poke_u64(&mut self, port: usize, value: u64) {
        let place = self.input(port);
        let name = &self.program.ports[port].name;
        let fits = place.width <= 64 && value <= hdl::top_limb_mask(place.width);
        assert!(fits, "`{name}` has {} bits: it cannot take {value} as up to 64 bits", place.width);
        let slot = &mut self.state.values[place.slot as usize];
        if *slot != value {
            *slot = value;
            self.changed(port);
        }
    }

    /// Panics if the port has more than 64 bits.
    fn peek_u64(&mut self, port: usize) -> u64 {
        let place = self.program.port_places[port];
        assert!(place.width <= 64, "`{}` has more than 64 bits", self.program.ports[port].name);
        self.settle(self.program.follows_inputs(place));
        self.state.values[place.slot as usize]
    }

    fn signals(&self) -> &[SignalInfo] {
        &self.program.signals
    }

    /// Panics for an id of another design.
    fn signal(&mut self, id: SignalId) -> Bits {
        let place = self.program.places[id.0 as usize];
        self.settle(self.program.follows_inputs(place));
        place.read(&self.state.values)
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

impl Memories for Interpreter {
    fn memories(&self) -> &[MemoryInfo] {
        &self.program.memory_infos
    }

    fn peek_word(&self, memory: MemoryId, address: u64) -> Bits {
        let info = &self.memories()[memory.index()];
        info.check_address(address);
        let MemoryPlace { first, limbs, .. } = self.program.memories[memory.index()];
        let first = first + address as usize * limbs;
        Bits::from_limbs(info.width, &self.state.words[first..first + limbs])
    }

    fn poke_word(&mut self, memory: MemoryId, address: u64, word: &Bits) {
        self.memories()[memory.index()].check_word(address, word);
        self.set_word(memory.index(), address, word);
    }
}

//! The compiled simulator: machine code by Cranelift.
//!
//! A design is not fully flattened. A module with many instances is compiled once and run over them ([`plan`]); their
//! values lie side by side in memory ([`layout`]).

mod activity;
mod code;
mod differences;
mod emit;
mod layout;
mod memory;
mod options;
mod plan;
mod program;
mod start;
mod unit;

use crate::BuildError;
use crate::flatten::flatten_open;
use crate::interpreter::Interpreter;
use crate::memories::{Memories, MemoryId, MemoryInfo};
use crate::model::{Modelled, Models};
use crate::options::Options;
use crate::property::{Covered, Properties, Violation};
use crate::reset::Reset;
use crate::simulator::{SignalId, SignalInfo, Simulator};
use activity::Policy;
use code::{Code, PortPlace};
use hdl::netlist::PropertyKind;
use hdl::{Bits, Direction, Netlist, Port};
use layout::{Layout, Words};
use memory::Memory;
use plan::Plan;
use std::sync::Arc;

pub use options::{CompileOptions, Functions, Gating, Lanes, Sharing};

/// The compiled simulator: behaves like the [`Interpreter`] in every cycle, only faster.
///
/// All inputs start at 0. Clones continue from the same state and share the code.
#[derive(Clone)]
pub struct Compiled {
    code: Arc<Code>,
    memory: Memory,
    policy: Policy,
    /// Scratch space: the lanes to run.
    lanes: Vec<u32>,
    is_stale: bool,
    cycle: u64,
    properties: Properties,
}

impl Compiled {
    /// Compiles a design with the fastest options. The error names what cannot be simulated.
    pub fn new(netlist: &Netlist, options: Options) -> Result<Compiled, BuildError> {
        Compiled::with(netlist, options, CompileOptions::default())
    }

    /// Compiles a design. The error names what cannot be simulated.
    pub fn with(
        netlist: &Netlist,
        options: Options,
        compile_options: CompileOptions,
    ) -> Result<Compiled, BuildError> {
        Compiled::of(netlist, Plan::of(netlist, &compile_options)?, options, compile_options)
    }

    /// Compiles a design with the fastest options and with models of its black boxes. The error names what cannot be
    /// simulated.
    pub fn with_models(
        netlist: &Netlist,
        options: Options,
        models: &Models,
    ) -> Result<Modelled<Compiled>, BuildError> {
        let plan = Plan::open(netlist, &CompileOptions::default())?;
        let models = models.of(netlist, &plan.boxes)?;
        let compiled = Compiled::of(netlist, plan, options, CompileOptions::default())?;
        Ok(Modelled::new(compiled, models))
    }

    fn of(
        netlist: &Netlist,
        plan: Plan,
        options: Options,
        compile_options: CompileOptions,
    ) -> Result<Compiled, BuildError> {
        let layout = Layout::of(&plan);
        // An error must name a path from the top, which only the interpreter knows.
        let reference = || flatten_open(netlist).and_then(|(flat, _)| Interpreter::of(flat, options));
        let memory = start::power_up(&plan, &layout, options.initial)
            .map_err(|error| reference().err().unwrap_or(error))?;
        let properties = Properties::new(start::named_properties(&plan));
        let policy = Policy::new(compile_options.gating, plan.units.len() > 1);
        let code = Arc::new(Code::new(netlist, plan, layout, options, compile_options));
        let mut compiled =
            Compiled { code, memory, policy, lanes: vec![], is_stale: true, cycle: 0, properties };
        compiled.mark_all();
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
        let value = || self.memory.word(self.code.ports[Reset::PORT].cell.offset);
        self.code.reset.is_some_and(|reset| reset.is_active(value()))
    }

    fn reset_asynchronously(&mut self) {
        if self.code.reset.is_some_and(|reset| reset.is_asynchronous()) && self.in_reset() {
            self.reset();
        }
    }

    #[inline]
    fn settle(&mut self) {
        if self.is_stale {
            self.compute();
        }
    }

    fn compute(&mut self) {
        let Compiled { code, memory, lanes, .. } = self;
        self.policy.timed(|is_gated| match is_gated {
            true => activity::settle(code.gated(), &code.layout.units, memory, lanes),
            false => run(&code.program.settle, memory),
        });
        self.is_stale = false;
    }

    fn look_at_properties(&mut self) {
        if self.in_reset() {
            return;
        }
        for (index, byte) in self.code.conditions.iter().enumerate() {
            self.properties.look(index, self.memory.bytes()[*byte] != 0, self.cycle);
        }
    }

    /// Memories take their words and registers their next values.
    fn edge(&mut self) {
        let Compiled { code, memory, .. } = self;
        let units = &code.layout.units;
        self.policy.timed(|is_gated| {
            if is_gated {
                activity::mark_state(code.gated(), units, memory);
            }
            run(&code.program.memory_writes, memory);
            for present in units.iter().map(|cells| &cells.present) {
                memory.bytes_mut().copy_within(present.second(), present.first().start);
            }
        });
        if self.in_reset() {
            self.reset();
        }
        if self.policy.advance() {
            self.mark_all();
        }
        self.is_stale = true;
    }

    fn reset(&mut self) {
        start::reset(&self.code.plan, &self.code.layout, &mut self.memory);
        self.mark_all();
        self.is_stale = true;
    }

    fn mark_all(&mut self) {
        activity::mark_all(&self.code.layout.units, &mut self.memory);
    }

    /// Called after an input changed.
    fn changed(&mut self, port: usize) {
        self.is_stale = true;
        if port == Reset::PORT {
            self.reset_asynchronously();
        }
    }

    /// Panics with the reason why an input cannot take a value.
    #[cold]
    fn refuse(&self, port: usize, value: u64) -> ! {
        let Port { name, width, direction } = &self.code.plan.ports[port];
        assert!(*direction == Direction::Input, "`{name}` is an output: it cannot be poked");
        panic!("`{name}` has {width} bits: it cannot take {value} as up to 64 bits")
    }

    /// Where a memory's words are, and in which lane.
    fn words(&self, memory: MemoryId) -> (Words, usize) {
        let element = self.code.memories[memory.index()];
        (self.code.layout.units[element.unit].memories[element.index], element.lane)
    }

    /// The interpreter in the present state.
    fn reference(&self) -> Interpreter {
        let (code, mut interpreter) = (&self.code, self.code.interpreter().clone());
        for element in start::registers(&code.plan) {
            let cell = code.layout.units[element.unit].registers[element.index];
            interpreter.set_register(element.number, &self.memory.read(cell, element.lane));
        }
        for element in &code.memories {
            let words = code.layout.units[element.unit].memories[element.index];
            for address in 0..words.depth {
                let word = self.memory.read_word(words, element.lane, address);
                interpreter.set_word(element.number, address as u64, &word);
            }
        }
        for (port, place) in code.ports.iter().enumerate() {
            if code.plan.ports[port].direction == Direction::Input {
                interpreter.poke(port, &self.memory.read(place.cell, 0));
            }
        }
        interpreter
    }
}

/// Calls functions in order.
fn run(runs: &[program::Run], memory: &mut Memory) {
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

    /// Panics if `port` is an output or `value` has another width.
    fn poke(&mut self, port: usize, value: &Bits) {
        let Port { name, width, direction } = &self.code.plan.ports[port];
        let given = value.width();
        assert!(*direction == Direction::Input, "`{name}` is an output: it cannot be poked");
        assert!(*width == given, "`{name}` has {width} bits: it cannot take {given} bits");
        self.memory.write(self.code.ports[port].cell, 0, value.limbs());
        self.changed(port);
    }

    fn peek(&mut self, port: usize) -> Bits {
        self.settle();
        self.memory.read(self.code.ports[port].cell, 0)
    }

    fn tick(&mut self) {
        self.settle();
        self.look_at_properties();
        self.edge();
        self.cycle += 1;
    }

    /// Panics if `port` is an output or `value` does not fit it.
    #[inline]
    fn poke_u64(&mut self, port: usize, value: u64) {
        let PortPlace { cell, is_short_input, mask } = self.code.ports[port];
        if !is_short_input || value & !mask != 0 {
            self.refuse(port, value);
        }
        if self.memory.word(cell.offset) != value {
            self.memory.set_word(cell.offset, value);
            self.changed(port);
        }
    }

    /// Panics if the port has more than 64 bits.
    #[inline]
    fn peek_u64(&mut self, port: usize) -> u64 {
        let PortPlace { cell, mask, .. } = self.code.ports[port];
        assert!(cell.width <= 64, "`{}` has more than 64 bits", self.code.plan.ports[port].name);
        self.settle();
        self.memory.word(cell.offset) & mask
    }

    fn signals(&self) -> &[SignalInfo] {
        self.code.interpreter().signals()
    }

    /// Panics for an id of another design.
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

impl Memories for Compiled {
    fn memories(&self) -> &[MemoryInfo] {
        self.code.interpreter().memories()
    }

    fn peek_word(&self, memory: MemoryId, address: u64) -> Bits {
        self.memories()[memory.index()].check_address(address);
        let (words, lane) = self.words(memory);
        self.memory.read_word(words, lane, address as usize)
    }

    fn poke_word(&mut self, memory: MemoryId, address: u64, word: &Bits) {
        self.memories()[memory.index()].check_word(address, word);
        let (words, lane) = self.words(memory);
        self.memory.write_word(words, lane, address as usize, word.limbs());
        self.mark_all();
        self.is_stale = true;
    }
}

//! A design with its stimulus.

use crate::stimulus::{Drive, Source};
use hdl::netlist::{Body, Logic, ModuleDef, Op};
use hdl::{Direction, Netlist, Port};
use testbenches::VerilogDesign;

/// Cycles at the beginning in which the reset is active.
pub const RESET_CYCLES: u64 = 4;

/// A design with its stimulus: the unit that engines are compared on.
#[derive(Clone, Debug)]
pub struct Workload {
    /// Its name in tables and on the command line.
    pub name: &'static str,
    /// What it is, one line.
    pub about: String,
    /// The design. Its ports have up to 64 bits.
    pub netlist: Netlist,
    drives: Vec<(&'static str, Drive)>,
}

/// An input other than the reset: its index among the ports, and what it is given.
#[derive(Clone, Copy, Debug)]
pub struct Driven {
    /// Index of the port.
    pub port: usize,
    /// Width of the port.
    pub width: u32,
    /// What it is given.
    pub drive: Drive,
}

impl Driven {
    /// The source of its values.
    pub fn source(self) -> Source {
        Source::new(self.port, self.width, self.drive)
    }
}

impl Workload {
    /// A workload whose inputs are all random.
    pub fn new(name: &'static str, about: &str, netlist: Netlist) -> Workload {
        let too_wide = netlist.top().ports.iter().find(|def| def.port.width > 64);
        assert!(too_wide.is_none(), "{name}: {too_wide:?} is wider than 64 bits");
        Workload { name, about: about.into(), netlist, drives: vec![] }
    }

    /// The same with another stimulus of one input.
    pub fn driving(mut self, port: &'static str, drive: Drive) -> Workload {
        self.drives.push((port, drive));
        self
    }

    /// The design as Verilog.
    pub fn verilog(&self) -> VerilogDesign {
        VerilogDesign::of(&self.netlist)
    }

    /// The ports as engines list them: the reset first, no clock.
    pub fn ports(&self) -> Vec<Port> {
        let reset = Port { name: self.netlist.clocking.reset.clone(), width: 1, direction: Direction::Input };
        let reset = self.netlist.top().uses_reset.then_some(reset);
        reset.into_iter().chain(self.netlist.top().ports.iter().map(|def| def.port.clone())).collect()
    }

    /// True where the first port is the reset.
    pub fn has_reset(&self) -> bool {
        self.netlist.top().uses_reset
    }

    /// The inputs other than the reset, in order.
    pub fn inputs(&self) -> Vec<Driven> {
        let driven = |(port, def): (usize, Port)| {
            let drive = self.drives.iter().find(|(name, _)| *name == def.name);
            Driven { port, width: def.width, drive: drive.map_or(Drive::Random, |(_, drive)| *drive) }
        };
        let is_driven = |(port, def): &(usize, Port)| {
            def.direction == Direction::Input && !(self.has_reset() && *port == 0)
        };
        self.ports().into_iter().enumerate().filter(is_driven).map(driven).collect()
    }

    /// The indices of the outputs.
    pub fn outputs(&self) -> Vec<usize> {
        let ports = self.ports().into_iter().enumerate();
        ports.filter(|(_, port)| port.direction == Direction::Output).map(|(index, _)| index).collect()
    }

    /// Number of operators, those of a module counted for each of its instances.
    pub fn operators(&self) -> usize {
        let mut totals: Vec<usize> = vec![];
        for module in &self.netlist.modules {
            let total = logic(module).map_or(0, |logic| {
                let below = logic.instances.iter().map(|instance| totals[instance.module]);
                logic.nodes.iter().map(|node| own_operators(&node.op)).chain(below).sum()
            });
            totals.push(total);
        }
        totals.last().copied().unwrap_or(0)
    }
}

/// The logic of a module; none of a black box.
pub fn logic(module: &ModuleDef) -> Option<&Logic> {
    match &module.body {
        Body::Logic(logic) => Some(logic),
        Body::BlackBox { .. } => None,
    }
}

/// A decision counts as the multiplexers that it could be.
fn own_operators(op: &Op) -> usize {
    match op {
        Op::Input(_)
        | Op::Clock
        | Op::Const(_)
        | Op::Wire(_)
        | Op::Register(_)
        | Op::InstanceOutput { .. } => 0,
        Op::Not(_) | Op::Binary(..) | Op::Reduce(..) | Op::Mux { .. } => 1,
        Op::Concat(_) | Op::Slice { .. } | Op::MemoryRead { .. } => 1,
        Op::Case { cases, .. } => cases.len(),
    }
}

//! The parts of a compiled design that do not change while it runs; simulators of one design share them.

use super::layout::{Cell, Layout, Place};
use super::options::CompileOptions;
use super::plan::{Plan, TOP};
use super::program::{GatedProgram, Program};
use super::start::{self, Element};
use crate::flatten::flatten_open;
use crate::interpreter::Interpreter;
use crate::options::Options;
use crate::reset::Reset;
use hdl::{Direction, Netlist, Port, top_limb_mask};
use std::sync::OnceLock;

/// A compiled design.
pub(super) struct Code {
    pub plan: Plan,
    pub layout: Layout,
    pub reset: Option<Reset>,
    pub ports: Vec<PortPlace>,
    /// All memories by number.
    pub memories: Vec<Element>,
    /// For each property, where the byte of its condition is.
    pub conditions: Vec<usize>,
    pub program: Program,
    gated: OnceLock<GatedProgram>,
    netlist: Netlist,
    options: Options,
    compile_options: CompileOptions,
    interpreter: OnceLock<Interpreter>,
}

/// Where a port's value is.
#[derive(Clone, Copy)]
pub(super) struct PortPlace {
    pub cell: Cell,
    /// The port is an input of up to 64 bits: the 8 bytes at the cell are its own.
    pub is_short_input: bool,
    /// The bits of the port among the 8 bytes at the cell.
    pub mask: u64,
}

impl PortPlace {
    fn new(port: &Port, cell: Cell) -> PortPlace {
        PortPlace {
            cell,
            is_short_input: port.direction == Direction::Input && port.width <= 64,
            mask: if port.width <= 64 { top_limb_mask(port.width) } else { u64::MAX },
        }
    }
}

impl Code {
    /// Compiles a plan.
    pub fn new(
        netlist: &Netlist,
        plan: Plan,
        layout: Layout,
        options: Options,
        compile_options: CompileOptions,
    ) -> Code {
        Code {
            reset: Reset::of(plan.has_reset, &plan.clocking),
            ports: ports(&plan, &layout),
            memories: start::memories(&plan),
            conditions: conditions(&plan, &layout),
            program: Program::new(&plan, &layout, compile_options),
            gated: OnceLock::new(),
            netlist: netlist.clone(),
            options,
            compile_options,
            interpreter: OnceLock::new(),
            plan,
            layout,
        }
    }

    /// The functions that skip lanes, compiled on first use.
    pub fn gated(&self) -> &GatedProgram {
        self.gated.get_or_init(|| GatedProgram::new(&self.plan, &self.layout, self.compile_options))
    }

    /// An interpreter of the same design, created on first use.
    pub fn interpreter(&self) -> &Interpreter {
        self.interpreter.get_or_init(|| {
            let flat = flatten_open(&self.netlist).map(|(flat, _)| flat);
            let interpreter = flat.and_then(|flat| Interpreter::of(flat, self.options));
            interpreter.expect("what was compiled can be interpreted")
        })
    }
}

/// The places of the ports. The reset, the first port of a design that has one, uses the changed-mark of the top,
/// which is free.
fn ports(plan: &Plan, layout: &Layout) -> Vec<PortPlace> {
    let top = &plan.units[TOP];
    let reset = plan.has_reset.then_some(layout.units[TOP].changed);
    let cell = |(index, port): (usize, &Port)| match port.direction {
        Direction::Input => layout.units[TOP].input(index),
        Direction::Output => single(layout.place(plan, TOP, top.output(index))),
    };
    let cells = reset.into_iter().chain(top.unit.ports.iter().enumerate().map(cell));
    plan.ports.iter().zip(cells).map(|(port, cell)| PortPlace::new(port, cell)).collect()
}

/// A place as a cell of one lane.
fn single(place: Place) -> Cell {
    let Place { cell, lane } = place;
    Cell { offset: cell.at(lane.unwrap_or(0), 0), ..cell }
}

fn conditions(plan: &Plan, layout: &Layout) -> Vec<usize> {
    let byte = |Element { unit, lane, index, .. }| {
        let place = layout.place(plan, unit, plan.units[unit].unit.properties[index].1);
        place.cell.at(place.lane.unwrap_or(lane), 0)
    };
    start::properties(plan).into_iter().map(byte).collect()
}

//! What does not change while a compiled design runs; simulators of one design share it.

use super::layout::{Cell, Layout, Place};
use super::options::CompileOptions;
use super::plan::{Plan, TOP};
use super::program::{GatedProgram, Program};
use super::start::{self, Element};
use crate::interpreter::Interpreter;
use crate::options::Options;
use crate::reset::Reset;
use hdl::{Direction, Netlist};
use std::sync::OnceLock;

/// A compiled design.
pub(super) struct Code {
    pub plan: Plan,
    pub layout: Layout,
    pub reset: Option<Reset>,
    /// For each port where its value is.
    pub ports: Vec<Cell>,
    /// For each property where its condition is.
    pub conditions: Vec<Cell>,
    pub program: Program,
    gated: OnceLock<GatedProgram>,
    netlist: Netlist,
    options: Options,
    compile_options: CompileOptions,
    interpreter: OnceLock<Interpreter>,
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

    /// The functions that leave out lanes, compiled when they are asked for first.
    pub fn gated(&self) -> &GatedProgram {
        self.gated.get_or_init(|| GatedProgram::new(&self.plan, &self.layout, self.compile_options))
    }

    /// An interpreter of the same design, made when it is asked for first.
    pub fn interpreter(&self) -> &Interpreter {
        self.interpreter.get_or_init(|| {
            Interpreter::new(&self.netlist, self.options).expect("what was compiled can be interpreted")
        })
    }
}

/// The cells of the ports; the reset, the first port of a design that has one, gets the changed-mark of the top,
/// which nothing else uses.
fn ports(plan: &Plan, layout: &Layout) -> Vec<Cell> {
    let top = &plan.units[TOP];
    let reset = plan.has_reset.then_some(layout.units[TOP].changed);
    let cell = |(index, port): (usize, &hdl::Port)| match port.direction {
        Direction::Input => layout.units[TOP].input(index),
        Direction::Output => single(layout.place(plan, TOP, top.output(index))),
    };
    reset.into_iter().chain(top.unit.ports.iter().enumerate().map(cell)).collect()
}

/// A place as a cell of one lane.
fn single(place: Place) -> Cell {
    let Place { cell, lane } = place;
    Cell { offset: cell.at(lane.unwrap_or(0), 0), ..cell }
}

fn conditions(plan: &Plan, layout: &Layout) -> Vec<Cell> {
    let cell = |Element { unit, lane, index, .. }| {
        let place = layout.place(plan, unit, plan.units[unit].unit.properties[index].1);
        single(Place { lane: place.lane.or(Some(lane)), ..place })
    };
    start::properties(plan).into_iter().map(cell).collect()
}

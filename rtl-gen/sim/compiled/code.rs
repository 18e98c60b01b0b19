//! What does not change while a compiled design runs; simulators of one design share it.

use super::emit::{self, Entry, Job, What};
use super::layout::{Cell, Layout, Place};
use super::plan::{Plan, TOP};
use super::start::{self, Element};
use crate::interpreter::Interpreter;
use crate::machine_code::MachineCode;
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
    pub conditions: Vec<Place>,
    /// What computes everything.
    pub settle: Vec<Run>,
    /// What writes the memories at a clock edge.
    pub memory_writes: Vec<Run>,
    netlist: Netlist,
    options: Options,
    interpreter: OnceLock<Interpreter>,
    /// The runs call it.
    _machine_code: MachineCode,
}

/// A function to call on some lanes.
pub(super) struct Run {
    pub entry: Entry,
    pub lanes: Vec<u32>,
}

impl Code {
    /// Compiles a plan.
    pub fn new(netlist: &Netlist, plan: Plan, layout: Layout, options: Options) -> Code {
        let steps = plan.steps.iter().map(|step| (step.unit, What::Terms(step.function), step.lanes.clone()));
        let has_writes =
            |unit: &usize| plan.units[*unit].unit.memories.iter().any(|memory| !memory.writes.is_empty());
        let writes = (0..plan.units.len()).filter(has_writes);
        let all_lanes = |unit: usize| (0..plan.units[unit].lanes.len() as u32).collect();
        let writes = writes.map(|unit| (unit, What::MemoryWrites, all_lanes(unit)));
        let (steps, writes): (Vec<_>, Vec<_>) = (steps.collect(), writes.collect());
        let job =
            |(unit, what, _): &(usize, What, Vec<u32>)| Job { unit: *unit, what: *what, is_gated: false };
        let mut jobs: Vec<Job> = steps.iter().chain(&writes).map(job).collect();
        jobs.sort_unstable();
        jobs.dedup();
        let machine_code = emit::compile(&plan, &layout, &jobs);
        let run = |(unit, what, lanes): (usize, What, Vec<u32>)| {
            let job = Job { unit, what, is_gated: false };
            let index = jobs.binary_search(&job).expect("every job is compiled");
            // SAFETY: the function was compiled with this signature.
            Run {
                entry: unsafe { std::mem::transmute::<*const u8, Entry>(machine_code.entry(index)) },
                lanes,
            }
        };
        let (settle, memory_writes) =
            (steps.into_iter().map(run).collect(), writes.into_iter().map(run).collect());
        Code {
            reset: Reset::of(plan.has_reset, &plan.clocking),
            ports: ports(&plan, &layout),
            conditions: conditions(&plan, &layout),
            settle,
            memory_writes,
            netlist: netlist.clone(),
            options,
            interpreter: OnceLock::new(),
            _machine_code: machine_code,
            plan,
            layout,
        }
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

fn conditions(plan: &Plan, layout: &Layout) -> Vec<Place> {
    let place = |Element { unit, lane, index, .. }| {
        let place = layout.place(plan, unit, plan.units[unit].unit.properties[index].1);
        Place { lane: place.lane.or(Some(lane)), ..place }
    };
    start::properties(plan).into_iter().map(place).collect()
}

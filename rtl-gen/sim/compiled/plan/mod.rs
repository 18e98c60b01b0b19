//! Which function computes what, and in which order.
//!
//! The design is divided into units: one for each module that is compiled once for all its instances, and a first one
//! for the rest. The values of a unit exist once for each of its lanes, which are the instances.

mod choose;
mod functions;
mod schedule;
mod stages;

pub(super) use functions::{Function, Sink, is_view};
pub(super) use schedule::Step;

use super::options::CompileOptions;
use super::unit::{TermId, Unit};
use crate::BuildError;
use crate::flatten::{Counts, Flat, Kept, OpenBox, black_boxes, flatten, flatten_around, flatten_open, open};
use crate::memory_ports;
use hdl::netlist::Clocking;
use hdl::{Netlist, Port};
use stages::{Stages, stages};
use std::collections::HashMap;

/// Index of the unit of the design's top.
pub(super) const TOP: usize = 0;

/// A design, divided.
pub(super) struct Plan {
    pub units: Vec<Planned>,
    /// The steps of settling.
    pub steps: Vec<Step>,
    /// For each child of the top its unit and its lane there.
    pub children: Vec<(usize, usize)>,
    pub clocking: Clocking,
    pub has_clock: bool,
    pub has_reset: bool,
    /// Name of the top module.
    pub top: String,
    /// The design's ports, the reset first if there is one.
    pub ports: Vec<Port>,
    /// The black boxes that were taken out.
    pub boxes: Vec<OpenBox>,
}

/// A unit with its instances and its functions.
pub(super) struct Planned {
    pub unit: Unit,
    /// The instances.
    pub lanes: Vec<Lane>,
    pub functions: Vec<Function>,
    /// For each term, whether it is read outside the function that computes it.
    pub is_stored: Vec<bool>,
    /// Whether there are enough lanes for vectors.
    pub fills_vectors: bool,
}

/// An instance of a unit's module.
pub(super) struct Lane {
    /// Instance names joined by dots; empty for the top.
    pub path: String,
    /// The counts of everything before it in the whole design.
    pub before: Counts,
}

impl Plan {
    /// Divides a design; one with black boxes is an error.
    pub fn of(netlist: &Netlist, options: &CompileOptions) -> Result<Plan, BuildError> {
        // An error must name a path from the top: flattening everything finds it again under that path.
        Plan::divided(netlist, options, &Kept::new()).map_err(|error| flatten(netlist).err().unwrap_or(error))
    }

    /// Divides a design, and takes its black boxes out.
    pub fn open(netlist: &Netlist, options: &CompileOptions) -> Result<Plan, BuildError> {
        Plan::divided(netlist, options, &black_boxes(netlist))
            .map_err(|error| flatten_open(netlist).err().unwrap_or(error))
    }

    fn divided(netlist: &Netlist, options: &CompileOptions, boxes: &Kept) -> Result<Plan, BuildError> {
        let netlist = &*memory_ports::plain(netlist);
        let mut modules: Vec<(usize, Unit, Stages)> = vec![];
        for index in choose::shared_modules(netlist, options.sharing) {
            let none = Kept::new();
            let unit = Unit::of(&flatten_around(netlist, &netlist.modules[index], &none)?, &none);
            modules.extend(stages(&unit).map(|stages| (index, unit, stages)));
        }
        let mut kept = boxes.clone();
        kept.extend(modules.iter().map(|(index, _, stages)| (*index, stages.follows.clone())));
        let (flat, boxes) = open(netlist, flatten_around(netlist, netlist.top(), &kept)?)?;
        let unit_of: HashMap<usize, usize> =
            modules.iter().map(|(index, ..)| *index).zip(TOP + 1..).collect();
        let top = Unit::of(&flat, &kept);
        let mut lanes: Vec<Vec<Lane>> = (0..=modules.len()).map(|_| vec![]).collect();
        lanes[TOP].push(Lane { path: String::new(), before: Counts::default() });
        let mut children = vec![];
        for child in &top.children {
            let unit = unit_of[&child.module];
            children.push((unit, lanes[unit].len()));
            lanes[unit].push(Lane { path: child.path.clone(), before: child.before });
        }
        let (units, steps) = schedule::schedule(
            top,
            modules,
            &children,
            lanes,
            choose::least_for_vectors(options.sharing),
            options.functions,
        );
        let Flat { clocking, has_clock, has_reset, top, ports, .. } = flat;
        Ok(Plan { units, steps, children, clocking, has_clock, has_reset, top, ports, boxes })
    }
}

impl Planned {
    /// The term that drives an output.
    pub fn output(&self, port: usize) -> TermId {
        let found = self.unit.outputs.iter().find(|(output, _)| *output == port);
        found.expect("every output has a driver").1
    }
}

//! The gain and the cost of each choice in the array's structure.

use super::machine::{Element, Machine};
use super::{Array, Sparten, Workload};
use crate::ReportError;
use crate::synthesis::{Area, area};
use blocks::block::{Configured, elaborate};
use blocks::loas::loas_array::Params;
use blocks::loas::{loas_broadcast_array, loas_tppe};
use blocks::parameters::Settings;
use blocks::registry;
use rayon::prelude::*;
use serde::Serialize;
use testbenches::{Progress, VerilogDesign};

/// One structure with its measurements.
#[derive(Clone, Debug, Serialize)]
pub struct Structure {
    /// How it differs.
    pub name: &'static str,
    /// For each requested network, its name and the cycles of all its layers.
    pub cycles: Vec<(&'static str, u64)>,
    /// The element.
    pub area: Option<Area>,
}

/// A change to the parameters.
type Change<P> = fn(&mut P);

/// From one column at a time to four matches per cycle; the last entries vary the default.
const STRUCTURES: [(&str, Change<Params>); 12] = [
    ("a chunk of A for one output", |params| joins(params, [1, 1, 1, 1])),
    ("A stays for 32 columns, one looked at in a cycle", |params| joins(params, [32, 1, 1, 1])),
    ("four columns looked at in a cycle", |params| joins(params, [32, 4, 1, 1])),
    ("and two joins wait for each column", |params| joins(params, [32, 4, 1, 2])),
    ("and two sets of sums, four rows in a beat of A", |params| {
        joins(params, [32, 4, 1, 2]);
        (params.element.sum_sets, params.rows_per_beat) = (2, 4);
    }),
    ("two matches a cycle, one join waits", |params| joins(params, [32, 4, 2, 1])),
    ("four matches a cycle, one join waits", |params| joins(params, [32, 4, 4, 1])),
    ("and two sets of sums", |params| {
        joins(params, [32, 4, 4, 1]);
        params.element.sum_sets = 2;
    }),
    ("and four rows in a beat of A, eight columns looked at in a cycle, segments of 32", |params| {
        joins(params, [32, 8, 4, 1]);
        (params.element.sum_sets, params.element.adders, params.rows_per_beat) = (2, 32, 4);
    }),
    ("A stays for 64 columns, eight looked at in a cycle, one join waits", |params| {
        joins(params, [64, 8, 4, 1]);
    }),
    ("and two joins wait for each column (default)", |_| {}),
    ("default, four rows in a beat of A", |params| params.rows_per_beat = 4),
];

/// Columns that are kept, columns in a beat, matches in a cycle, and joins that wait for each column.
fn joins(params: &mut Params, [columns, group, pipes, queue_depth]: [u32; 4]) {
    params.element = loas_tppe::Params { columns, group, pipes, queue_depth, ..params.element.clone() };
}

/// Arrays without joins, from the smallest to the fastest.
const BROADCAST: [(&str, Change<loas_broadcast_array::Params>); 4] = [
    ("spikes looked up, eight weights in a beat, one added in a cycle", |params| {
        (params.lanes, params.pipes, params.rows_per_beat) = (8, 1, 2);
    }),
    ("two added in a cycle", |params| {
        (params.lanes, params.pipes, params.rows_per_beat) = (8, 2, 2);
    }),
    ("sixteen in a beat, four added, four rows in a beat of A (default)", |_| {}),
    ("default, two sets of sums", |params| params.sum_sets = 2),
];

/// The arrays that are compared, as changes to one with these parameters.
fn machines(params: &Params) -> Vec<(&'static str, Machine)> {
    let joins = STRUCTURES.iter().map(|(name, change)| {
        let mut params = params.clone();
        change(&mut params);
        (*name, Machine::Joins(params))
    });
    let broadcast = BROADCAST.iter().map(|(name, change)| {
        let mut params = Machine::broadcast(params);
        change(&mut params);
        (*name, Machine::Broadcast(params))
    });
    joins.chain(broadcast).collect()
}

/// Measures the arrays that are compared with one with these parameters; areas only on request.
pub fn structures(
    params: &Params,
    workloads: &[Workload],
    with_area: bool,
    progress: &dyn Progress,
) -> Result<Vec<Structure>, ReportError> {
    let machines = machines(params);
    progress.start("structures", machines.len() as u64);
    let measure = |(name, machine): &(&'static str, Machine)| {
        let cycles = cycles(workloads, machine, progress)?;
        progress.advance(1);
        Ok::<_, ReportError>((machine.element(), Structure { name, cycles, area: None }))
    };
    let measured: Vec<(Element, Structure)> =
        machines.par_iter().with_max_len(1).map(measure).collect::<Result<_, _>>()?;
    let areas = if with_area { areas(&measured, progress)? } else { vec![] };
    let with_its_area = |(element, structure): (Element, Structure)| {
        let area = areas.iter().find(|(other, _)| *other == element).map(|(_, area)| *area);
        Structure { area, ..structure }
    };
    Ok(measured.into_iter().map(with_its_area).collect())
}

/// The area of each distinct element.
fn areas(
    measured: &[(Element, Structure)],
    progress: &dyn Progress,
) -> Result<Vec<(Element, Area)>, ReportError> {
    let mut elements: Vec<Element> = vec![];
    for (element, _) in measured {
        if !elements.contains(element) {
            elements.push(element.clone());
        }
    }
    // The largest first, so that no thread is left alone with a large one at the end.
    elements.reverse();
    progress.start("areas of elements", elements.len() as u64);
    let measure = |element: &Element| {
        if progress.is_cancelled() {
            return Err(ReportError::Cancelled);
        }
        let area = element.area()?;
        progress.advance(1);
        Ok((element.clone(), area))
    };
    elements.par_iter().with_max_len(1).map(measure).collect()
}

fn cycles(
    workloads: &[Workload],
    machine: &Machine,
    progress: &dyn Progress,
) -> Result<Vec<(&'static str, u64)>, ReportError> {
    let array = Array::new(machine.clone());
    let mut totals: Vec<(&'static str, u64)> = vec![];
    for workload in workloads {
        if progress.is_cancelled() {
            return Err(ReportError::Cancelled);
        }
        let (network, run) = (workload.layer.network, array.run(workload)?);
        match totals.iter_mut().find(|(other, _)| *other == network) {
            Some((_, cycles)) => *cycles += run.cycles,
            None => totals.push((network, run.cycles)),
        }
    }
    Ok(totals)
}

/// The baseline's join.
pub fn sparten_area() -> Result<Area, ReportError> {
    area_of(&Sparten::params())
}

/// A synthesised prefix structure.
#[derive(Clone, Debug, Serialize)]
pub struct Prefix {
    /// Bits of the mask.
    pub lanes: u32,
    /// The structure.
    pub structure: String,
    /// Its area and depth.
    pub area: Area,
}

/// Sizes for which prefix structures are compared.
const LANES: [u32; 4] = [32, 64, 128, 256];

/// Every structure of `loas_prefix_sum` at several sizes, and the unit that gives one count.
pub fn prefixes(progress: &dyn Progress) -> Result<Vec<Prefix>, ReportError> {
    let block = registry::find("loas_prefix_sum").expect("it is registered");
    let structures = block.parameters().into_iter().find(|parameter| parameter.name == "structure");
    let structures = match structures.expect("it has structures").legal {
        blocks::parameters::Legal::OneOf(structures) => structures,
        blocks::parameters::Legal::Integer { .. } => vec![],
    };
    let named = structures.into_iter().map(|structure| ("structure", structure)).chain([("select", "one")]);
    let named: Vec<(&str, &str)> = named.collect();
    let all: Vec<(u32, (&str, &str))> =
        LANES.iter().flat_map(|lanes| named.iter().map(move |setting| (*lanes, *setting))).collect();
    progress.start("prefix structures", all.len() as u64);
    let measure = |(lanes, (parameter, value)): &(u32, (&str, &str))| {
        if progress.is_cancelled() {
            return Err(ReportError::Cancelled);
        }
        let pairs = [("lanes", lanes.to_string()), (*parameter, value.to_string())];
        let settings: Settings = pairs.into_iter().map(|(name, value)| (name.into(), value)).collect();
        let configured = block.configure(&settings).unwrap_or_else(|error| panic!("{error}"));
        let structure = if *parameter == "select" { "one count".into() } else { value.to_string() };
        let prefix = Prefix { lanes: *lanes, structure, area: area_of(&*configured)? };
        progress.advance(1);
        Ok(prefix)
    };
    all.par_iter().with_max_len(1).map(measure).collect()
}

fn area_of(block: &dyn Configured) -> Result<Area, ReportError> {
    let netlist = elaborate(block).unwrap_or_else(|errors| panic!("{errors}"));
    area(&VerilogDesign::of(&netlist))
}

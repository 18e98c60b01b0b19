//! How much of a design is active: a compiled engine pays for everything, one that skips idle parts does not.

use crate::engine::Driven;
use crate::workload::{Workload, logic};
use hdl::netlist::Op;
use hdl::{Bits, Netlist};
use sim::{Interpreter, Options, SignalInfo, Simulator};
use std::collections::HashSet;

/// Cycles before the count begins: by then, memories have been cleared and completely rewritten.
const WARM_UP: u64 = 8000;
/// Cycles that are counted.
const COUNTED: u64 = 100;

/// The average shares, from 0 to 1, of what changes in a cycle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Activity {
    /// Of the registers; in a design without any, of all named signals.
    pub registers: f64,
    /// Of the instances in the top module with registers those in which one changes; `None` without such.
    pub instances: Option<f64>,
}

impl Activity {
    /// Of a workload, counted with the interpreter.
    pub fn of(workload: &Workload) -> Activity {
        let registers = registers(&workload.netlist);
        let is_watched = |signal: &SignalInfo| registers.is_empty() || registers.contains(&signal.path);
        let mut counter = Counter::new(workload, is_watched);
        let instances: Vec<_> = counter.signals.iter().map(|signal| instance(&signal.path)).collect();
        let all: HashSet<_> = instances.iter().flatten().collect();
        let (mut signals_changed, mut instances_changed) = (0, 0);
        for _ in 0..COUNTED {
            let changed = counter.cycle();
            signals_changed += changed.len();
            let changed: HashSet<_> =
                changed.into_iter().filter_map(|signal| instances[signal].as_ref()).collect();
            instances_changed += changed.len();
        }
        let share = |changed: usize, of: usize| changed as f64 / (of as f64 * COUNTED as f64);
        Activity {
            registers: share(signals_changed, instances.len()),
            instances: (!all.is_empty()).then(|| share(instances_changed, all.len())),
        }
    }
}

/// For each signal that is watched the share of cycles in which it changes.
pub fn changes(workload: &Workload, is_watched: impl Fn(&SignalInfo) -> bool) -> Vec<f64> {
    let mut counter = Counter::new(workload, is_watched);
    let mut changes = vec![0.0; counter.signals.len()];
    for _ in 0..COUNTED {
        counter.cycle().into_iter().for_each(|signal| changes[signal] += 1.0 / COUNTED as f64);
    }
    changes
}

/// A running design whose signals are watched.
struct Counter {
    driven: Driven<Interpreter>,
    signals: Vec<SignalInfo>,
    values: Vec<Bits>,
}

impl Counter {
    fn new(workload: &Workload, is_watched: impl Fn(&SignalInfo) -> bool) -> Counter {
        let interpreter = Interpreter::new(&workload.netlist, Options::default());
        let mut driven = Driven::new(interpreter.expect("the design can be simulated"), workload);
        (0..WARM_UP).for_each(|_| driven.cycle());
        let signals: Vec<_> =
            driven.simulator.signals().iter().filter(|signal| is_watched(signal)).cloned().collect();
        let values = signals.iter().map(|signal| driven.simulator.signal(signal.id)).collect();
        Counter { driven, signals, values }
    }

    /// Runs a cycle and returns the indices of the signals that changed.
    fn cycle(&mut self) -> Vec<usize> {
        self.driven.cycle();
        let mut changed = vec![];
        for (index, signal) in self.signals.iter().enumerate() {
            let value = self.driven.simulator.signal(signal.id);
            if self.values[index] != value {
                self.values[index] = value;
                changed.push(index);
            }
        }
        changed
    }
}

/// The instance in the top module that a signal is in.
fn instance(path: &str) -> Option<String> {
    path.split_once('.').map(|(instance, _)| instance.into())
}

/// The paths of all registers.
fn registers(netlist: &Netlist) -> HashSet<String> {
    let mut below: Vec<Vec<String>> = vec![];
    for module in &netlist.modules {
        let mut paths = vec![];
        if let Some(logic) = logic(module) {
            let named = logic.nodes.iter().filter(|node| matches!(node.op, Op::Register(_)));
            paths.extend(named.filter_map(|node| node.name.clone()));
            for instance in &logic.instances {
                let inner = below[instance.module].iter();
                paths.extend(inner.map(|path| format!("{}.{path}", instance.name)));
            }
        }
        below.push(paths);
    }
    below.pop().into_iter().flatten().collect()
}

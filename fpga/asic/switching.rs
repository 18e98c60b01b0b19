//! How often the nets of a gate-level design change: an event-driven simulation with the delays of the cells.
//!
//! A pulse shorter than the delay of the next cell is swallowed there (inertial delay). Inputs and registers change
//! together at the clock edge.

use super::cells::Table;
use super::delays::{Delay, Delays};
use super::gates::{Gates, ONE};
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use testbenches::{ToolError, Trace};

/// The switching activity of a design in a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Switching {
    /// Cycles of the run.
    pub cycles: u64,
    /// Changes of each net.
    pub changes: Vec<u64>,
    /// Changes of each net between the ends of successive cycles, that is, without glitches.
    pub settled: Vec<u64>,
}

/// Repeats a recorded run on the gates. The outputs that a golden model specifies must agree in every cycle.
pub fn measure(gates: &Gates, delays: &Delays, trace: &Trace) -> Result<Switching, ToolError> {
    let mut simulation = Simulation::new(gates, delays)?;
    let ports: Vec<Option<&Vec<usize>>> =
        trace.ports().iter().map(|port| gates.inputs.get(&port.name)).collect();
    let outputs: Vec<Option<&Vec<usize>>> =
        trace.ports().iter().map(|port| gates.outputs.get(&port.name)).collect();
    for cycle in 0..trace.cycles() {
        for (index, nets) in ports.iter().enumerate() {
            let value = trace.value(cycle, index);
            nets.iter().for_each(|nets| {
                nets.iter()
                    .enumerate()
                    .for_each(|(bit, net)| simulation.change(0, *net, value.bit(bit as u32)));
            });
        }
        simulation.settle();
        for (index, nets) in outputs.iter().enumerate().filter(|(index, _)| trace.is_checked(cycle, *index)) {
            let value = trace.value(cycle, index);
            let agrees = |nets: &&Vec<usize>| {
                nets.iter().enumerate().all(|(bit, net)| simulation.values[*net] == value.bit(bit as u32))
            };
            if !nets.iter().all(agrees) {
                let port = &trace.ports()[index].name;
                return Err(ToolError::Design {
                    top: gates.top.clone(),
                    reason: format!(
                        "the gates differ from the golden model in cycle {cycle}: output `{port}` is not {value}"
                    ),
                });
            }
        }
        simulation.clock();
    }
    Ok(simulation.into_switching(trace.cycles() as u64))
}

/// An output of a combinational cell.
struct Driver {
    table: Table,
    inputs: Vec<usize>,
    delays: Vec<Delay>,
    output: usize,
    /// The scheduled change.
    pending: Option<Event>,
}

/// A register, with the nets that its next state depends on.
struct Register {
    next: Table,
    inputs: Vec<usize>,
    state: bool,
    outputs: Vec<(Table, usize, Delay)>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Event {
    time: u64,
    /// Of simultaneous events, the one scheduled earlier comes first.
    number: u64,
    value: bool,
}

struct Simulation {
    drivers: Vec<Driver>,
    registers: Vec<Register>,
    /// For each net, the drivers that read it, and at which of their inputs.
    readers: Vec<Vec<(usize, usize)>>,
    values: Vec<bool>,
    /// Values at the end of the last cycle.
    before: Vec<bool>,
    queue: BinaryHeap<Reverse<(Event, usize)>>,
    /// Changes of register outputs, which nothing can cancel.
    launched: BinaryHeap<Reverse<(u64, usize, bool)>>,
    events: u64,
    changes: Vec<u64>,
    settled: Vec<u64>,
}

impl Simulation {
    fn new(gates: &Gates, delays: &Delays) -> Result<Simulation, ToolError> {
        let mut drivers: Vec<Driver> = vec![];
        let mut registers: Vec<Register> = vec![];
        for (index, cell) in gates.cells.iter().enumerate() {
            let function = cell.function;
            let nets = |pins: &[String]| pins.iter().map(|pin| cell.pins[pin]).collect::<Vec<usize>>();
            let delay = |from: &String, to: &String| {
                delays.get(&(index, from.clone(), to.clone())).copied().unwrap_or_default()
            };
            let outputs =
                function.outputs.iter().filter_map(|(pin, table)| Some((pin, *table, *cell.pins.get(pin)?)));
            match &function.flip_flop {
                None => drivers.extend(outputs.map(|(pin, table, output)| Driver {
                    table,
                    inputs: nets(&function.inputs),
                    delays: function.inputs.iter().map(|input| delay(input, pin)).collect(),
                    output,
                    pending: None,
                })),
                Some(flip_flop) => {
                    let is_active = |(pin, level): &(String, bool)| {
                        cell.pins.get(pin).is_some_and(|net| (*net == ONE) != *level)
                    };
                    if flip_flop.idle.iter().any(is_active) {
                        return Err(ToolError::Design {
                            top: gates.top.clone(),
                            reason: format!(
                                "the set or reset of a `{}` is used, which is not supported",
                                cell.kind
                            ),
                        });
                    }
                    let outputs = outputs.map(|(pin, table, net)| (table, net, delay(&flip_flop.clock, pin)));
                    registers.push(Register {
                        next: flip_flop.next,
                        inputs: nets(&function.inputs),
                        state: false,
                        outputs: outputs.collect(),
                    });
                }
            }
        }
        let mut readers = vec![vec![]; gates.net_count];
        for (index, driver) in drivers.iter().enumerate() {
            driver.inputs.iter().enumerate().for_each(|(place, net)| readers[*net].push((index, place)));
        }
        let mut values = vec![false; gates.net_count];
        values[ONE] = true;
        let zeros = vec![0; gates.net_count];
        let mut simulation = Simulation {
            drivers,
            registers,
            readers,
            before: values.clone(),
            values,
            queue: BinaryHeap::new(),
            launched: BinaryHeap::new(),
            events: 0,
            changes: zeros.clone(),
            settled: zeros,
        };
        simulation.power_up();
        Ok(simulation)
    }

    /// Settles the design with registers and inputs at 0; none of these changes count.
    fn power_up(&mut self) {
        self.launch();
        (0..self.drivers.len()).for_each(|driver| self.evaluate(0, driver, 0));
        self.settle();
        self.before.clone_from(&self.values);
        self.changes.fill(0);
    }

    /// A net takes a value.
    fn change(&mut self, time: u64, net: usize, value: bool) {
        if self.values[net] == value {
            return;
        }
        self.values[net] = value;
        self.changes[net] += 1;
        for reader in 0..self.readers[net].len() {
            let (driver, place) = self.readers[net][reader];
            self.evaluate(time, driver, place);
        }
    }

    /// Schedules the change of a driver's output that a change of one input causes.
    fn evaluate(&mut self, time: u64, index: usize, place: usize) {
        let driver = &self.drivers[index];
        let value = driver.table.value(packed(&driver.inputs, &self.values));
        if driver.pending.is_some_and(|event| event.value == value) {
            return;
        }
        let pending = (value != self.values[driver.output]).then(|| {
            let Delay { rise, fall } = driver.delays.get(place).copied().unwrap_or_default();
            self.events += 1;
            Event { time: time + u64::from(if value { rise } else { fall }), number: self.events, value }
        });
        self.drivers[index].pending = pending;
        self.queue.extend(pending.map(|event| Reverse((event, index))));
    }

    /// Processes all scheduled changes.
    fn settle(&mut self) {
        loop {
            let launched = self.launched.peek().map(|Reverse((time, ..))| *time);
            let queued = self.queue.peek().map(|Reverse((event, _))| event.time);
            match (launched, queued) {
                (Some(launched), queued) if queued.is_none_or(|queued| launched <= queued) => {
                    if let Some(Reverse((time, net, value))) = self.launched.pop() {
                        self.change(time, net, value);
                    }
                }
                (_, Some(_)) => {
                    let Some(Reverse((event, driver))) = self.queue.pop() else { return };
                    if self.drivers[driver].pending == Some(event) {
                        self.drivers[driver].pending = None;
                        self.change(event.time, self.drivers[driver].output, event.value);
                    }
                }
                _ => return,
            }
        }
    }

    /// The end of a cycle: counts changes, then loads the next states into the registers.
    fn clock(&mut self) {
        for (net, (value, before)) in self.values.iter().zip(&mut self.before).enumerate() {
            self.settled[net] += u64::from(value != before);
            *before = *value;
        }
        for register in &mut self.registers {
            register.state = register.next.value(packed(&register.inputs, &self.values));
        }
        self.launch();
    }

    /// Applies the registers' states to their outputs.
    fn launch(&mut self) {
        for register in &self.registers {
            for (table, net, delay) in &register.outputs {
                let value = table.value(register.state.into());
                let delay = if value { delay.rise } else { delay.fall };
                self.launched.push(Reverse((delay.into(), *net, value)));
            }
        }
    }

    fn into_switching(self, cycles: u64) -> Switching {
        Switching { cycles, changes: self.changes, settled: self.settled }
    }
}

fn packed(nets: &[usize], values: &[bool]) -> usize {
    nets.iter().enumerate().map(|(place, net)| usize::from(values[*net]) << place).sum()
}

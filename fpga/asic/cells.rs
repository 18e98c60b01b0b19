//! The functions of a library's cells, from the gates that Yosys makes of their Liberty functions.

use crate::netlist::{Bit, Cell, Netlist};
use std::collections::BTreeMap;
use std::slice;

/// A function of up to six inputs: bit i is the value where the inputs are the bits of i, the first the lowest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Table(u64);

impl Table {
    /// The value for inputs packed into a number.
    pub fn value(self, inputs: usize) -> bool {
        self.0 >> inputs & 1 == 1
    }
}

/// The function of a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Function {
    /// The pins that the tables depend on, in their order.
    pub inputs: Vec<String>,
    /// Outputs of logic, or of a flip-flop, as functions of its state alone.
    pub outputs: Vec<(String, Table)>,
    /// The flip-flop, if the cell is one.
    pub flip_flop: Option<FlipFlop>,
}

/// A flip-flop on the rising edge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlipFlop {
    /// The clock's pin.
    pub clock: String,
    /// The next state as a function of the cell's inputs.
    pub next: Table,
    /// Pins of asynchronous set and reset, with their inactive levels.
    pub idle: Vec<(String, bool)>,
}

impl Function {
    /// True for a NAND of two inputs.
    pub fn is_nand2(&self) -> bool {
        self.flip_flop.is_none()
            && self.inputs.len() == 2
            && matches!(self.outputs.as_slice(), [(_, Table(0b0111))])
    }
}

/// The most inputs of a truth table.
const MAX_INPUTS: usize = 6;

/// The function of a cell; `None` if it has latches, a falling edge, more inputs than a table, or no function at all.
pub fn function(module: &Netlist) -> Option<Function> {
    let gates = Gates::of(module)?;
    let port = |direction: &str| {
        let of = module.ports.iter().filter(|(_, port)| port.direction == direction && port.bits.len() == 1);
        of.map(|(name, port)| (name.clone(), port.bits[0].clone())).collect::<Vec<_>>()
    };
    let (inputs, outputs) = (port("input"), port("output"));
    match &gates.flip_flop {
        None => {
            let table = |(name, bit): &(String, Bit)| Some((name.clone(), gates.table(bit, &inputs)?));
            let outputs = outputs.iter().map(table).collect::<Option<Vec<_>>>()?;
            let inputs = inputs.into_iter().map(|(name, _)| name).collect();
            (!outputs.is_empty()).then_some(Function { inputs, outputs, flip_flop: None })
        }
        Some(state) => flip_flop(&gates, state, &inputs, &outputs),
    }
}

fn flip_flop(
    gates: &Gates,
    state: &State,
    inputs: &[(String, Bit)],
    outputs: &[(String, Bit)],
) -> Option<Function> {
    let own = [(String::new(), state.output.clone())];
    let outputs: Option<Vec<_>> =
        outputs.iter().map(|(name, bit)| Some((name.clone(), gates.table(bit, &own)?))).collect();
    let clock = inputs.iter().find(|(_, bit)| *bit == state.clock)?.0.clone();
    // Set and reset must come straight from pins, possibly inverted.
    let pin_of = |(bit, level): &(Bit, bool)| {
        inputs.iter().find_map(|pin| {
            let table = gates.table(bit, slice::from_ref(pin))?;
            Some((pin.0.clone(), table.value(1) == *level))
        })
    };
    let idle = state.idle.iter().map(pin_of).collect::<Option<Vec<_>>>()?;
    let is_data = |name: &String| *name != clock && idle.iter().all(|(pin, _)| pin != name);
    let data: Vec<_> = inputs.iter().filter(|(name, _)| is_data(name)).cloned().collect();
    let next = gates.table(&state.data, &data)?;
    let inputs = data.into_iter().map(|(name, _)| name).collect();
    Some(Function { inputs, outputs: outputs?, flip_flop: Some(FlipFlop { clock, next, idle }) })
}

/// The gates of a cell's module.
struct Gates<'n> {
    drivers: BTreeMap<&'n Bit, &'n Cell>,
    flip_flop: Option<State>,
}

/// The flip-flop in a cell.
struct State {
    clock: Bit,
    data: Bit,
    output: Bit,
    /// The nets of set and reset, with their inactive levels.
    idle: Vec<(Bit, bool)>,
}

impl<'n> Gates<'n> {
    fn of(module: &'n Netlist) -> Option<Gates<'n>> {
        let mut gates = Gates { drivers: BTreeMap::new(), flip_flop: None };
        for cell in module.cells.values() {
            if cell.kind.starts_with("$_DFF") {
                let earlier = gates.flip_flop.replace(State::of(cell)?);
                if earlier.is_some() {
                    return None;
                }
            } else {
                gates.drivers.insert(pin(cell, "Y")?, cell);
            }
        }
        Some(gates)
    }

    /// A net as a function of others; `None` if it depends on anything else.
    fn table(&self, bit: &Bit, inputs: &[(String, Bit)]) -> Option<Table> {
        if inputs.len() > MAX_INPUTS {
            return None;
        }
        let mut table = 0;
        for values in 0..1usize << inputs.len() {
            table |= u64::from(self.value(bit, inputs, values)?) << values;
        }
        Some(Table(table))
    }

    fn value(&self, bit: &Bit, inputs: &[(String, Bit)], values: usize) -> Option<bool> {
        if let Some(place) = inputs.iter().position(|(_, input)| input == bit) {
            return Some(values >> place & 1 == 1);
        }
        if let Bit::Constant(level) = bit {
            return Some(level == "1");
        }
        let cell = self.drivers.get(bit)?;
        let at = |name: &str| self.value(pin(cell, name)?, inputs, values);
        Some(match cell.kind.as_str() {
            "$_BUF_" => at("A")?,
            "$_NOT_" => !at("A")?,
            "$_AND_" => at("A")? & at("B")?,
            "$_NAND_" => !(at("A")? & at("B")?),
            "$_OR_" => at("A")? | at("B")?,
            "$_NOR_" => !(at("A")? | at("B")?),
            "$_XOR_" => at("A")? ^ at("B")?,
            "$_XNOR_" => !(at("A")? ^ at("B")?),
            "$_MUX_" => {
                if at("S")? {
                    at("B")?
                } else {
                    at("A")?
                }
            }
            _ => return None,
        })
    }
}

impl State {
    /// `$_DFF_P_`, `$_DFF_PN0_` and similar, `$_DFFSR_PNN_` and similar.
    fn of(cell: &Cell) -> Option<State> {
        let letters =
            cell.kind.trim_start_matches('$').trim_matches('_').rsplit_once('_')?.1.as_bytes().to_vec();
        let level = |letter: u8| letter == b'N';
        let idle = match (cell.kind.starts_with("$_DFFSR_"), letters.as_slice()) {
            (false, [b'P']) => vec![],
            (false, [b'P', reset, _]) => vec![(pin(cell, "R")?.clone(), level(*reset))],
            (true, [b'P', set, reset]) => {
                vec![(pin(cell, "S")?.clone(), level(*set)), (pin(cell, "R")?.clone(), level(*reset))]
            }
            _ => return None,
        };
        Some(State {
            clock: pin(cell, "C")?.clone(),
            data: pin(cell, "D")?.clone(),
            output: pin(cell, "Q")?.clone(),
            idle,
        })
    }
}

fn pin<'c>(cell: &'c Cell, name: &str) -> Option<&'c Bit> {
    cell.connections.get(name).and_then(|bits| bits.first())
}

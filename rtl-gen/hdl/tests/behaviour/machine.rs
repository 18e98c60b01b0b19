//! A plain evaluator of netlists: one step per cycle, straight from the definition of each node.

use crate::logic;
use hdl::netlist::{Case, Logic, Netlist, NodeId, Op, PropertyKind, Register};
use hdl::{Bits, Collision, Direction, evaluate};
use std::collections::BTreeMap;

/// A netlist with the values of its registers and memories.
pub struct Machine {
    netlist: Netlist,
    state: State,
    inputs: BTreeMap<String, Bits>,
    /// The names of all assertions that did not hold at a clock edge so far.
    pub violated: Vec<String>,
}

struct State {
    module: usize,
    registers: Vec<Bits>,
    memories: Vec<Vec<Bits>>,
    children: Vec<State>,
}

impl Machine {
    /// Registers and memories start at 0, or at their contents; all inputs at 0.
    pub fn new(netlist: Netlist) -> Machine {
        let state = State::new(&netlist, netlist.modules.len() - 1);
        Machine { netlist, state, inputs: BTreeMap::new(), violated: vec![] }
    }

    pub fn set(&mut self, input: &str, value: u64) {
        let ports = self.netlist.top().ports.iter();
        let mut ports = ports.filter(|port| port.port.direction == Direction::Input);
        let port = ports.find(|port| port.port.name == input).expect("an input of that name");
        self.set_bits(input, Bits::checked(value.into(), port.port.width).expect("a value that fits"));
    }

    pub fn set_bits(&mut self, input: &str, value: Bits) {
        self.inputs.insert(input.into(), value);
    }

    pub fn get(&self, output: &str) -> u64 {
        self.get_bits(output).to_u64()
    }

    pub fn get_bits(&self, output: &str) -> Bits {
        let port = self.netlist.top().ports.iter().position(|port| port.port.name == output);
        let values = self.state.values(&self.netlist, &self.port_values());
        self.state.output(&self.netlist, &values, port.expect("an output of that name"))
    }

    /// A rising clock edge.
    pub fn step(&mut self) {
        let inputs = self.port_values();
        self.state.check(&self.netlist, &inputs, &mut self.violated);
        self.state.step(&self.netlist, &inputs, false);
    }

    /// A rising clock edge in reset.
    pub fn reset(&mut self) {
        let inputs = self.port_values();
        self.state.step(&self.netlist, &inputs, true);
    }

    fn port_values(&self) -> Vec<Bits> {
        let ports = self.netlist.top().ports.iter();
        let zero = |width| Bits::zero(width);
        let value = |port: &hdl::Port| self.inputs.get(&port.name).cloned().unwrap_or(zero(port.width));
        ports.map(|port| value(&port.port)).collect()
    }
}

/// True if a register reads a word that is undefined because a write has the same address.
fn is_undefined(logic: &Logic, register: &Register, values: &[Bits]) -> bool {
    let next = register.next.filter(|_| register.collision == Some(Collision::Undefined));
    let Some(Op::MemoryRead { memory, address }) = next.map(|next| &logic.nodes[next.index()].op) else {
        return false;
    };
    let mut writes = logic.memories[*memory].writes.iter();
    writes.any(|write| {
        values[write.enable.index()].is_ones() && values[write.address.index()] == values[address.index()]
    })
}

impl State {
    fn new(netlist: &Netlist, module: usize) -> State {
        let logic = logic(&netlist.modules[module]);
        let width = |id: NodeId| logic.nodes[id.index()].width;
        let memory = |memory: &hdl::netlist::Memory| {
            let mut words = memory.contents.clone();
            words.resize(memory.depth as usize, Bits::zero(memory.width));
            words
        };
        State {
            module,
            registers: logic.registers.iter().map(|register| Bits::zero(width(register.output))).collect(),
            memories: logic.memories.iter().map(memory).collect(),
            children: logic.instances.iter().map(|child| State::new(netlist, child.module)).collect(),
        }
    }

    fn logic<'n>(&self, netlist: &'n Netlist) -> &'n Logic {
        logic(&netlist.modules[self.module])
    }

    /// The value of every node; `inputs` has one for each port.
    fn values(&self, netlist: &Netlist, inputs: &[Bits]) -> Vec<Bits> {
        let logic = self.logic(netlist);
        let mut values: Vec<Bits> = vec![];
        for node in &logic.nodes {
            let of = |id: &NodeId| &values[id.index()];
            let value = match &node.op {
                Op::Input(port) => inputs[*port].clone(),
                Op::Clock => Bits::zero(1),
                Op::Const(bits) => bits.clone(),
                Op::Not(a) => evaluate::not(of(a)),
                Op::Binary(op, a, b) => evaluate::binary(*op, of(a), of(b)),
                Op::Reduce(op, a) => evaluate::reduce(*op, of(a)),
                Op::Mux { select, on_true, on_false } => {
                    of(if of(select).is_ones() { on_true } else { on_false }).clone()
                }
                Op::Case { select, cases, otherwise } => {
                    let is_chosen = |case: &&Case| case.labels.iter().any(|label| of(label) == of(select));
                    of(cases.iter().find(is_chosen).map_or(otherwise, |case| &case.value)).clone()
                }
                Op::Concat(parts) => {
                    Bits::concat(&parts.iter().map(|part| of(part).clone()).collect::<Vec<_>>())
                }
                Op::Slice { of: whole, high, low } => of(whole).slice(*high, *low),
                Op::Wire(driver) => of(&driver.expect("a driven wire")).clone(),
                Op::Register(index) => self.registers[*index].clone(),
                Op::MemoryRead { memory, address } => self.word(*memory, of(address), node.width),
                Op::InstanceOutput { instance, port } => {
                    let child = &self.children[*instance];
                    let inputs = self.child_inputs(netlist, *instance, &values);
                    child.output(netlist, &child.values(netlist, &inputs), *port)
                }
            };
            assert_eq!(value.width(), node.width, "{:?}", node.op);
            values.push(value);
        }
        values
    }

    fn word(&self, memory: usize, address: &Bits, width: u32) -> Bits {
        let word = self.memories[memory].get(address.to_u64() as usize);
        word.cloned().unwrap_or(Bits::zero(width))
    }

    /// Inputs that are not computed yet are 0: they cannot affect the requested output.
    fn child_inputs(&self, netlist: &Netlist, instance: usize, values: &[Bits]) -> Vec<Bits> {
        let instance = &self.logic(netlist).instances[instance];
        let ports = netlist.modules[instance.module].ports.iter();
        let mut inputs: Vec<Bits> = ports.map(|port| Bits::zero(port.port.width)).collect();
        for (port, id) in instance.inputs.iter().filter(|(_, id)| id.index() < values.len()) {
            inputs[*port] = values[id.index()].clone();
        }
        inputs
    }

    fn output(&self, netlist: &Netlist, values: &[Bits], port: usize) -> Bits {
        let outputs = &self.logic(netlist).outputs;
        let (_, id) = outputs.iter().find(|(index, _)| *index == port).expect("a driven output");
        values[id.index()].clone()
    }

    fn check(&self, netlist: &Netlist, inputs: &[Bits], violated: &mut Vec<String>) {
        let values = self.values(netlist, inputs);
        for property in &self.logic(netlist).properties {
            if property.kind == PropertyKind::Assert && values[property.condition.index()].is_zero() {
                violated.push(property.name.clone());
            }
        }
        for (instance, child) in self.children.iter().enumerate() {
            child.check(netlist, &self.child_inputs(netlist, instance, &values), violated);
        }
    }

    fn step(&mut self, netlist: &Netlist, inputs: &[Bits], in_reset: bool) {
        let values = self.values(netlist, inputs);
        let logic = self.logic(netlist);
        let is_on = |id: NodeId| values[id.index()].is_ones();
        for (register, value) in logic.registers.iter().zip(&mut self.registers) {
            let next = register.next.expect("a driven register");
            match &register.reset {
                Some(reset) if in_reset => *value = reset.clone(),
                _ if !register.enable.is_none_or(is_on) => {}
                _ if is_undefined(logic, register, &values) => *value = Bits::zero(value.width()),
                _ => *value = values[next.index()].clone(),
            }
        }
        for (memory, words) in logic.memories.iter().zip(&mut self.memories) {
            for write in memory.writes.iter().filter(|write| is_on(write.enable)) {
                let [address, data] = [write.address, write.data].map(|id| &values[id.index()]);
                let word = &mut words[address.to_u64() as usize];
                let mask = write.mask.map_or(Bits::ones(1), |mask| values[mask.index()].clone());
                let lane = word.width() / mask.width();
                for index in (0..mask.width()).filter(|index| mask.bit(*index)) {
                    let low = index * lane;
                    word.insert(low, &data.slice(low + lane - 1, low));
                }
            }
        }
        for instance in 0..self.children.len() {
            let inputs = self.child_inputs(netlist, instance, &values);
            self.children[instance].step(netlist, &inputs, in_reset);
        }
    }
}

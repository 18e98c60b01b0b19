//! Lowers the nodes of a flat design to instructions.

use super::Place;
use super::instruction::{Instruction, Opcode};
use super::wide::Operation;
use crate::flatten::Flat;
use crate::options::Initial;
use crate::power_up::PowerUp;
use hdl::netlist::{BinaryOp, Node, NodeId, Op};
use hdl::{Bits, Direction, Port, limbs_for};
use std::collections::{BTreeMap, HashMap, HashSet};

/// A program under construction.
pub(super) struct Lowering {
    /// The initial values; the length tells how many slots are taken.
    pub values: Vec<u64>,
    /// In topological order.
    pub instructions: Vec<Instruction>,
    pub wide: Vec<Operation>,
    /// The place of each input, by the port's index.
    pub inputs: BTreeMap<usize, Place>,
    registers: Vec<Place>,
    places: Vec<Place>,
    constants: HashMap<Vec<u64>, u32>,
    constant_slots: HashSet<u32>,
}

/// The bits above `width` in the most significant slot.
pub(super) fn unused_bits(width: u32) -> u8 {
    (64 * limbs_for(width) as u32 - width) as u8
}

impl Lowering {
    /// Places the registers, then the inputs.
    pub fn new(flat: &Flat, initial: Initial) -> Lowering {
        let mut lowering = Lowering {
            values: vec![],
            instructions: vec![],
            wide: vec![],
            inputs: BTreeMap::new(),
            registers: vec![],
            places: vec![],
            constants: HashMap::new(),
            constant_slots: HashSet::new(),
        };
        lowering.place_registers(flat, initial);
        lowering.place_inputs(&flat.ports);
        lowering
    }

    fn place_registers(&mut self, flat: &Flat, initial: Initial) {
        let mut power_up = PowerUp::new(initial, flat.clocking.style);
        for register in &flat.registers {
            let place = self.fresh(flat.nodes[register.output.index()].width);
            let value = power_up.register(place.width, register.reset.as_ref());
            self.values[place.range()].copy_from_slice(value.limbs());
            self.registers.push(place);
        }
    }

    fn place_inputs(&mut self, ports: &[Port]) {
        for (index, port) in ports.iter().enumerate() {
            if port.direction == Direction::Input {
                let place = self.fresh(port.width);
                self.inputs.insert(index, place);
            }
        }
    }

    /// Lowers all nodes and tells where each one's value lives.
    pub fn nodes(&mut self, nodes: &[Node]) -> Vec<Place> {
        for node in nodes {
            let place = self.node(node);
            self.places.push(place);
        }
        self.places.clone()
    }

    fn node(&mut self, node: &Node) -> Place {
        match &node.op {
            Op::Input(port) => self.inputs[port],
            Op::Register(register) => self.registers[*register],
            Op::Const(value) => self.constant(value),
            Op::Not(a) => self.not(self.place(*a)),
            Op::Binary(op, a, b) => self.binary(*op, self.place(*a), self.place(*b), node.width),
            Op::Reduce(op, a) => self.reduce(*op, self.place(*a)),
            Op::Mux { select, on_true, on_false } => {
                self.mux(self.place(*select), self.place(*on_true), self.place(*on_false))
            }
            Op::Concat(parts) => {
                let parts: Vec<Place> = parts.iter().rev().map(|part| self.place(*part)).collect();
                self.concat(&parts)
            }
            Op::Slice { of, high, low } => self.slice(self.place(*of), *high, *low),
            Op::MemoryRead { memory, address } => self.read(*memory, self.place(*address), node.width),
            Op::Case { .. } => unreachable!("a flat design has no decisions"),
            // A flat design has no wires and no instances, and nothing in it reads the clock.
            Op::Clock | Op::Wire(_) | Op::InstanceOutput { .. } => self.constant(&Bits::zero(node.width)),
        }
    }

    fn place(&self, id: NodeId) -> Place {
        self.places[id.index()]
    }

    fn binary(&mut self, op: BinaryOp, a: Place, b: Place, width: u32) -> Place {
        let is_narrow = a.width <= 64 && b.width <= 64 && width <= 64;
        if is_narrow { self.narrow_binary(op, a, b, width) } else { self.wide_binary(op, a, b, width) }
    }

    fn narrow_binary(&mut self, op: BinaryOp, a: Place, b: Place, width: u32) -> Place {
        let opcode = match op {
            BinaryOp::And => Opcode::And,
            BinaryOp::Or => Opcode::Or,
            BinaryOp::Xor => Opcode::Xor,
            BinaryOp::Add => Opcode::Add,
            BinaryOp::Sub => Opcode::Sub,
            BinaryOp::Mul => Opcode::Mul,
            BinaryOp::MulSigned => Opcode::MulSigned,
            BinaryOp::Eq => Opcode::Eq,
            BinaryOp::Lt => Opcode::Lt,
            BinaryOp::LtSigned => Opcode::LtSigned,
            BinaryOp::Shl => Opcode::Shl,
            BinaryOp::Shr => Opcode::Shr,
            BinaryOp::ShrSigned => Opcode::ShrSigned,
            BinaryOp::RotateLeft => Opcode::RotateLeft,
            BinaryOp::RotateRight => Opcode::RotateRight,
        };
        let to = self.fresh(width);
        let instruction = Instruction::new(opcode, to.slot, &[a.slot, b.slot]);
        let instruction = instruction.unused(unused_bits(width));
        self.emit(instruction.shifts(unused_bits(a.width), unused_bits(b.width)));
        to
    }

    fn read(&mut self, memory: usize, address: Place, width: u32) -> Place {
        let to = self.fresh(width);
        self.emit(Instruction::new(Opcode::Read, to.slot, &[address.slot, memory as u32]));
        to
    }

    /// A fresh place of up to 64 bits that an instruction computes.
    pub fn compute(&mut self, opcode: Opcode, operands: &[u32], width: u32) -> Place {
        let to = self.fresh(width);
        self.emit(Instruction::new(opcode, to.slot, operands).unused(unused_bits(width)));
        to
    }

    /// Adds an instruction.
    pub fn emit(&mut self, instruction: Instruction) {
        self.instructions.push(instruction);
    }

    /// Slots that nothing else uses.
    pub fn fresh(&mut self, width: u32) -> Place {
        let slot = self.values.len() as u32;
        self.values.resize(self.values.len() + limbs_for(width), 0);
        Place { slot, width }
    }

    /// The place of a constant.
    pub fn constant(&mut self, value: &Bits) -> Place {
        Place { slot: self.constant_limbs(value.limbs()), width: value.width() }
    }

    /// The slot of a constant of up to 64 bits.
    pub fn constant_limb(&mut self, value: u64) -> u32 {
        self.constant_limbs(&[value])
    }

    fn constant_limbs(&mut self, limbs: &[u64]) -> u32 {
        if let Some(&slot) = self.constants.get(limbs) {
            return slot;
        }
        let slot = self.values.len() as u32;
        self.values.extend(limbs);
        self.constants.insert(limbs.to_vec(), slot);
        self.constant_slots.extend(slot..self.values.len() as u32);
        slot
    }

    /// What a slot holds where that is a constant.
    pub fn known(&self, slot: u32) -> Option<u64> {
        self.constant_slots.contains(&slot).then(|| self.values[slot as usize])
    }
}

//! Builds a plan through the construction language.

use crate::plan::{DesignPlan, MemoryPlan, ModulePlan, RegisterPlan, Step, Value, WritePlan};
use hdl::netlist::{BinaryOp, OperatorKind, PropertyKind, covers};
use hdl::{Bits, Design, Field, Module, ModuleRef, Netlist, Ram, Reg, Signal, limbs_for};
use std::collections::BTreeMap;

/// The greatest width of a value: operators that widen stop there.
const WIDEST: u32 = 320;

/// The netlist of a plan.
pub fn netlist(plan: &DesignPlan) -> Netlist {
    let design = Design::new(plan.clocking.clone());
    let mut modules: Vec<Built> = vec![];
    for (index, module) in plan.modules.iter().enumerate() {
        let is_top = index + 1 == plan.modules.len();
        let stages = if is_top { plan.stages } else { 0 };
        let reference = design.module(&format!("m{index}"), &[], |m| {
            let mut growth = Growth { m, earlier: &modules, values: vec![], registers: vec![] };
            growth.grow(module);
            if stages > 0 {
                row_of_stages(m, stages);
            }
        });
        let inputs = module.inputs.clone();
        modules.push(Built { reference, inputs, outputs: module.outputs.len() });
    }
    let top = modules.last().expect("a design has a top").reference;
    design.elaborate(top).unwrap_or_else(|errors| panic!("the plan is legal: {errors}\n{plan:#?}"))
}

/// A finished module.
struct Built {
    reference: ModuleRef,
    inputs: Vec<u32>,
    outputs: usize,
}

/// A module under construction, with its values so far.
struct Growth<'m, 'p> {
    m: &'m Module,
    earlier: &'p [Built],
    values: Vec<Signal<'m>>,
    registers: Vec<(Reg<'m>, &'p RegisterPlan)>,
}

impl<'m, 'p> Growth<'m, 'p> {
    fn grow(&mut self, plan: &'p ModulePlan) {
        for (index, width) in plan.inputs.iter().enumerate() {
            let input = self.m.input(&format!("in{index}"), *width, "");
            input.unused();
            self.values.push(input);
        }
        for (index, step) in plan.steps.iter().enumerate() {
            self.step(index, step);
        }
        for (register, plan) in std::mem::take(&mut self.registers) {
            let next = fitted(self.value(plan.next), plan.width);
            let register = match plan.enable {
                Some(enable) => register.enable(self.value(enable).bit(0)),
                None => register,
            };
            register.set(next);
        }
        for (index, output) in plan.outputs.iter().enumerate() {
            self.m.output(&format!("out{index}"), self.value(*output), "");
        }
    }

    fn value(&self, value: Value) -> Signal<'m> {
        match self.values.len() {
            0 => self.m.lit(1, 1),
            count => self.values[value % count],
        }
    }

    /// A value with another one's width.
    fn like(&self, value: Value, other: Signal<'m>) -> Signal<'m> {
        fitted(self.value(value), other.width())
    }

    fn step(&mut self, index: usize, step: &'p Step) {
        let value = match step {
            Step::Const(width, value) => self.m.bits(&repeated(*value, *width)),
            Step::Not(a) => !self.value(*a),
            Step::Binary(op, a, b) => self.binary(*op, *a, *b),
            Step::Reduce(op, a) => self.value(*a).reduce(*op),
            Step::Mux(select, a, b) => {
                let a = self.value(*a);
                self.value(*select).bit(0).mux(a, self.like(*b, a))
            }
            Step::Switch(select, cases, default) => self.switch(index, *select, cases, *default),
            Step::Concat(parts) => self.concat(parts),
            Step::Slice(a, low, width) => {
                let a = self.value(*a);
                let low = low % a.width();
                let high = low + (width - 1) % (a.width() - low);
                a.slice(high, low)
            }
            Step::Extend(a, by) => {
                let a = self.value(*a);
                a.sext((a.width() + by).min(WIDEST.max(a.width())))
            }
            Step::Register(plan) => self.register(index, plan),
            Step::Memory(plan) => self.memory(index, plan),
            Step::Instances { module, count, inputs, chained } => {
                return self.instances(index, *module, *count, inputs, *chained);
            }
            Step::Property(kind, a) => return self.property(index, *kind, *a),
        };
        self.values.push(value.named(&format!("v{index}")));
    }

    fn binary(&self, op: BinaryOp, a: Value, b: Value) -> Signal<'m> {
        let a = self.value(a);
        match op.kind() {
            OperatorKind::Bitwise | OperatorKind::Sum | OperatorKind::Comparison => {
                a.binary(op, self.like(b, a))
            }
            OperatorKind::Product => narrow(a).binary(op, narrow(self.value(b))),
            OperatorKind::Shift | OperatorKind::Rotation => a.binary(op, self.value(b)),
        }
    }

    /// A wire; if the case also needs a condition, it keeps its default without it.
    fn switch(&self, index: usize, select: Value, cases: &[(u64, Value)], default: Value) -> Signal<'m> {
        let (m, select, default) = (self.m, self.value(select), self.value(default));
        let wire = m.wire(&format!("w{index}"), default.width());
        wire.drive(default);
        let cases: BTreeMap<u64, Value> =
            cases.iter().map(|(label, value)| (label & low_bits(select), *value)).collect();
        let is_complete = covers(cases.len(), select.width());
        let mut switch = m.switch(select);
        for (label, value) in cases {
            let chosen = self.like(value, default);
            switch = switch.case(label, || match value % 3 {
                0 => drop(m.when(chosen.bit(0), || wire.drive(chosen))),
                _ => wire.drive(chosen),
            });
        }
        if !is_complete {
            switch.default(|| {});
        }
        wire.value()
    }

    fn concat(&self, parts: &[Value]) -> Signal<'m> {
        let mut room = WIDEST;
        let mut taken = vec![];
        for part in parts.iter().map(|part| self.value(*part)) {
            if part.width() <= room {
                room -= part.width();
                taken.push(part);
            }
        }
        if taken.is_empty() { self.m.lit(0, 1) } else { self.m.concat(&taken) }
    }

    fn register(&mut self, index: usize, plan: &'p RegisterPlan) -> Signal<'m> {
        let register = self.m.reg(&format!("r{index}"), plan.width);
        let register = match plan.reset {
            Some(value) => register.reset_to_bits(&repeated(value, plan.width)),
            None => register.starts_unknown(),
        };
        self.registers.push((register, plan));
        register.value()
    }

    fn memory(&self, index: usize, plan: &MemoryPlan) -> Signal<'m> {
        let (name, width) = (format!("mem{index}"), plan.width);
        let given = plan.contents.iter().copied().chain(plan.contents.len() as u64..);
        let words = given.take(plan.depth as usize).map(|word| repeated(word, width));
        let ram = match plan.writes.is_empty() {
            true => self.m.rom(&name, &words.collect::<Vec<_>>()),
            false => {
                let words: Vec<Bits> = words.take(plan.contents.len()).collect();
                self.m.memory(&name, width, plan.depth).contents(&words)
            }
        };
        plan.writes.iter().for_each(|write| self.write(ram, width, write));
        let address = fitted(self.value(plan.address), ram.address_width());
        match plan.port {
            None => ram.read(address),
            Some((collision, enable)) => {
                let port = ram.read_at_clock(&format!("{name}_q"), address, collision);
                enable.map_or(port, |enable| port.enable(self.value(enable).bit(0))).value()
            }
        }
    }

    fn write(&self, ram: Ram<'m>, width: u32, plan: &WritePlan) {
        let enable = self.value(plan.enable).bit(0);
        let address = fitted(self.value(plan.address), ram.address_width());
        let data = fitted(self.value(plan.data), width);
        match plan.mask {
            None => ram.write(enable, address, data),
            Some((choice, mask)) => {
                let lanes: Vec<u32> = (1..=width).filter(|lanes| width.is_multiple_of(*lanes)).collect();
                let mask = fitted(self.value(mask), lanes[choice % lanes.len()]);
                ram.write_masked(enable, mask, address, data);
            }
        }
    }

    fn instances(&mut self, index: usize, module: usize, count: usize, inputs: &[Value], chained: bool) {
        if self.earlier.is_empty() || inputs.is_empty() {
            return;
        }
        let module = &self.earlier[module % self.earlier.len()];
        let mut before: Vec<Signal> = vec![];
        let mut outputs = vec![];
        for number in 0..count {
            let child = self.m.instance(&format!("u{index}_{number}"), module.reference);
            for (port, width) in module.inputs.iter().enumerate() {
                let from_before = before.get(port).copied().filter(|_| chained);
                let source = from_before.unwrap_or_else(|| self.value(inputs[port % inputs.len()] + number));
                child.set(&format!("in{port}"), fitted(source, *width));
            }
            before = (0..module.outputs).map(|output| child.get(&format!("out{output}"))).collect();
            outputs.extend(before.iter().copied());
        }
        self.values.extend(outputs);
    }

    fn property(&self, index: usize, kind: PropertyKind, condition: Value) {
        let (name, condition) = (format!("p{index}"), self.value(condition).bit(0));
        match kind {
            PropertyKind::Assert => self.m.assert(&name, condition),
            PropertyKind::Assume => self.m.assume(&name, condition),
            PropertyKind::Cover => self.m.cover(&name, condition),
        }
    }
}

/// The values of up to 64 bits that a signal can have.
fn low_bits(signal: Signal) -> u64 {
    u64::MAX >> (64 - signal.width().min(64))
}

/// Truncated, or extended with zeros.
fn fitted(signal: Signal, width: u32) -> Signal {
    if signal.width() < width { signal.zext(width) } else { signal.low(width) }
}

/// An operand of a product, which is as wide as both together.
fn narrow(signal: Signal) -> Signal {
    signal.low(signal.width().min(WIDEST / 4))
}

/// A value of any width: each limb is derived from the first one, which holds `value`.
fn repeated(value: u64, width: u32) -> Bits {
    let limbs: Vec<u64> = (0..limbs_for(width) as u32).map(|limb| value.rotate_left(7 * limb)).collect();
    Bits::from_limbs(width, &limbs)
}

/// A queue of one-place stages: `valid` and data pass forwards and `ready` backwards, within a cycle through all of
/// them.
fn row_of_stages(m: &Module, count: usize) {
    let fields = [Field::new("data", 9, "")];
    let stage = m.design().module("stage", &[], |m| {
        let (input, output) = (m.input_stream("in", &fields), m.output_stream("out", &fields));
        let full = m.reg("full", 1).reset_to(0);
        let advance = !full.value() | output.ready();
        full.enable(advance).set(input.valid());
        input.set_ready(advance);
        output.set_valid(full.value());
        let data = m.reg("data", 9).enable(input.fires());
        data.set(input.field("data") + 1);
        output.set_field("data", data.value());
    });
    let (input, output) = (m.input_stream("row_in", &fields), m.output_stream("row_out", &fields));
    let children: Vec<_> = (0..count).map(|index| m.instance(&format!("u_stage{index}"), stage)).collect();
    input.connect(&children[0].input_stream("in", &fields));
    for pair in children.windows(2) {
        pair[0].output_stream("out", &fields).connect(&pair[1].input_stream("in", &fields));
    }
    children[count - 1].output_stream("out", &fields).connect(&output);
}

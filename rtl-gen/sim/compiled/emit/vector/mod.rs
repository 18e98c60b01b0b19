//! The terms of 16 lanes in vector registers.
//!
//! Terms take as little room as their widths allow, since a vector of bytes does the work of four vectors of 32-bit
//! elements. See [`forms`] for their forms in registers.

mod forms;
mod gather;
mod memory;
mod operators;
mod rotate;
mod shift;

use super::Job;
use super::frame::Frame;
use crate::compiled::layout::{Cell, Layout};
use crate::compiled::plan::{Plan, Sink, is_view};
use crate::compiled::unit::{Term, TermId, TermOp, Unit};
use cranelift_codegen::ir::{InstBuilder, MemFlagsData, Value};
use cranelift_frontend::FunctionBuilder;
use forms::{Form, vector};
use hdl::limbs_for;
use hdl::netlist::OperatorKind;
use std::collections::HashMap;

/// Whether a unit's terms can all be computed in vectors.
pub(in crate::compiled) fn can_run(unit: &Unit) -> bool {
    has_instructions() && unit.terms.iter().all(has_vectors)
}

/// Whether there is vector code for a term.
fn has_vectors(term: &Term) -> bool {
    let TermOp::Binary(op, ..) = term.op else { return true };
    match op.kind() {
        OperatorKind::Product => term.width <= 64,
        OperatorKind::Bitwise | OperatorKind::Sum | OperatorKind::Comparison => true,
        OperatorKind::Shift | OperatorKind::Rotation => true,
    }
}

/// Whether the processor has what every function needs.
fn has_instructions() -> bool {
    #[cfg(target_arch = "x86_64")]
    return is_x86_feature_detected!("sse4.1") && is_x86_feature_detected!("ssse3");
    #[cfg(not(target_arch = "x86_64"))]
    false
}

/// A function under construction.
pub(super) struct Vector<'a, 'f> {
    builder: &'a mut FunctionBuilder<'f>,
    layout: &'a Layout,
    plan: &'a Plan,
    unit: &'a Unit,
    job: Job,
    /// The addresses of the first lane.
    frame: Frame,
    forms: HashMap<TermId, Form>,
}

impl<'a, 'f> Vector<'a, 'f> {
    /// Nothing computed yet.
    pub fn new(
        builder: &'a mut FunctionBuilder<'f>,
        plan: &'a Plan,
        layout: &'a Layout,
        job: Job,
        frame: Frame,
    ) -> Self {
        let unit = &plan.units[job.unit].unit;
        Vector { builder, layout, plan, unit, job, frame, forms: HashMap::new() }
    }

    /// Computes the terms of a function, stores those that others read, and fills its sinks.
    pub fn function(&mut self, function: usize) {
        let plan = self.plan;
        let function = &plan.units[self.job.unit].functions[function];
        for &id in &function.terms {
            let form = self.compute(id);
            self.forms.insert(id, form);
            if let Some(cell) = self.layout.units[self.job.unit].stored(id) {
                let registers = self.stored(id);
                self.store(&registers, cell);
            }
        }
        for sink in &function.sinks {
            match *sink {
                Sink::Next(register) => self.next(register),
                Sink::ChildInput { .. } => unreachable!("only the top has children, and it has one lane"),
            }
        }
    }

    fn compute(&mut self, id: TermId) -> Form {
        let term = self.unit.term(id);
        match &term.op {
            TermOp::Const(value) => self.constant_form(value),
            TermOp::Gather(pieces) => self.gather(pieces, term.width),
            TermOp::Not(a) => self.not(*a),
            TermOp::Binary(op, a, b) => self.binary(*op, *a, *b, term.width),
            TermOp::Reduce(op, a) => self.reduce(*op, *a),
            TermOp::Mux { select, on_true, on_false } => self.mux(*select, *on_true, *on_false),
            TermOp::Read { memory, address } => self.read(*memory, *address),
            TermOp::Input(_) | TermOp::Register(_) | TermOp::ChildOutput { .. } => self.load_term(id),
        }
    }

    fn width(&self, id: TermId) -> u32 {
        self.unit.term(id).width
    }

    /// Makes sure that a term is in registers: computed, recomputed if that is cheap, or loaded.
    fn require(&mut self, id: TermId) {
        if self.forms.contains_key(&id) {
            return;
        }
        let is_stored = self.layout.units[self.job.unit].stored(id).is_some();
        let is_cheap = self.unit.term(id).is_source() || is_view(self.unit, id) && !is_stored;
        let form = if is_cheap { self.compute(id) } else { self.load_term(id) };
        self.forms.insert(id, form);
    }

    fn load_term(&mut self, id: TermId) -> Form {
        let cell = self.layout.place(self.plan, self.job.unit, id).cell;
        Form::of_lanes(cell.width, self.load(cell))
    }

    /// What a cell holds: a vector of bytes, or the vectors of its elements, limb by limb.
    fn load(&mut self, cell: Cell) -> Vec<Value> {
        let kind = vector(8 * cell.size() as u32);
        let places = self.places(cell);
        let load = |(base, offset)| self.builder.ins().load(kind, MemFlagsData::trusted(), base, offset);
        places.into_iter().map(load).collect()
    }

    fn store(&mut self, registers: &[Value], cell: Cell) {
        for (register, (base, offset)) in registers.iter().zip(self.places(cell)) {
            self.builder.ins().store(MemFlagsData::trusted(), *register, base, offset);
        }
    }

    /// Where the vectors of a cell are.
    fn places(&self, cell: Cell) -> Vec<(Value, i32)> {
        let base = self.frame.bases[cell.size().ilog2() as usize];
        let of_limb = |limb| (0..cell.size()).map(move |register| cell.at(0, limb) + 16 * register);
        let offsets = (0..limbs_for(cell.width)).flat_map(of_limb);
        offsets.map(|offset| (base, i32::try_from(offset).expect("values take less than 2 GiB"))).collect()
    }

    /// The vectors of a term that a cell holds.
    fn stored(&mut self, id: TermId) -> Vec<Value> {
        if self.width(id) <= 8 { vec![self.clean_byte(id)] } else { self.clean_lanes(id) }
    }

    fn next(&mut self, index: usize) {
        let (register, cells) = (&self.unit.registers[index], &self.layout.units[self.job.unit]);
        let mut registers = self.stored(register.next);
        if let Some(enable) = register.enable {
            let present = self.load(cells.registers[index]);
            let mask = self.mask(enable);
            registers = self.select(mask, &registers, &present);
        }
        self.store(&registers, cells.next(index));
    }
}

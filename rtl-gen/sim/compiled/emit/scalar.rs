//! The terms of one lane in machine registers.
//!
//! A term of 1 bit is an `i8` that is 0 or 1; one of up to 32 bits an `i32`, one of up to 64 an `i64`; wider ones are
//! `i64` limbs. Bits above the width of an `i32` or `i64` are undefined: they are cleared only where it matters.

use super::Job;
use super::frame::Frame;
use crate::compiled::layout::{Layout, Place};
use crate::compiled::plan::{Plan, Sink, is_view};
use crate::compiled::unit::{TermId, TermOp, Unit};
use cranelift_codegen::ir::{InstBuilder, MemFlagsData, Type, Value, types};
use cranelift_frontend::FunctionBuilder;
use hdl::{Bits, limbs_for, top_limb_mask};
use std::collections::HashMap;

/// A term in registers.
#[derive(Clone, Debug)]
pub(super) enum Form {
    /// Up to 64 bits.
    Narrow {
        value: Value,
        /// The bits above the width are zero.
        is_clean: bool,
    },
    /// More: limbs, the least significant first, the last one clean.
    Wide(Vec<Value>),
}

/// The type of a term of up to 64 bits.
pub(super) fn type_of(width: u32) -> Type {
    match width {
        1 => types::I8,
        2..=32 => types::I32,
        _ => types::I64,
    }
}

/// A function under construction.
pub(super) struct Scalar<'a, 'f> {
    pub builder: &'a mut FunctionBuilder<'f>,
    pub plan: &'a Plan,
    pub layout: &'a Layout,
    pub unit: &'a Unit,
    pub job: Job,
    pub frame: Frame,
    forms: HashMap<TermId, Form>,
}

impl<'a, 'f> Scalar<'a, 'f> {
    /// Nothing computed yet.
    pub fn new(
        builder: &'a mut FunctionBuilder<'f>,
        plan: &'a Plan,
        layout: &'a Layout,
        job: Job,
        frame: Frame,
    ) -> Self {
        let unit = &plan.units[job.unit].unit;
        Scalar { builder, plan, layout, unit, job, frame, forms: HashMap::new() }
    }

    /// Computes the terms of a function, stores those that others read, and fills its sinks.
    pub fn function(&mut self, function: usize) {
        let plan = self.plan;
        let function = &plan.units[self.job.unit].functions[function];
        for &id in &function.terms {
            let form = self.compute(id);
            self.forms.insert(id, form);
            if let Some(cell) = self.layout.units[self.job.unit].stored(id) {
                self.store(id, Place { cell, lane: None });
            }
        }
        for sink in &function.sinks {
            match *sink {
                Sink::Next(register) => self.next(register),
                Sink::ChildInput { child, port, term } => self.child_input(child, port, term),
            }
        }
    }

    fn compute(&mut self, id: TermId) -> Form {
        let term = self.unit.term(id);
        match &term.op {
            TermOp::Const(value) => self.constant(value),
            TermOp::Gather(pieces) => self.gather(pieces, term.width),
            TermOp::Not(a) => self.not(*a),
            TermOp::Binary(op, a, b) => self.binary(*op, *a, *b, term.width),
            TermOp::Reduce(op, a) => self.reduce(*op, *a),
            TermOp::Mux { select, on_true, on_false } => self.mux(*select, *on_true, *on_false),
            TermOp::Read { memory, address } => self.read(*memory, *address),
            TermOp::Input(_) | TermOp::Register(_) | TermOp::ChildOutput { .. } => self.load_term(id),
        }
    }

    /// The width of a term.
    pub fn width(&self, id: TermId) -> u32 {
        self.unit.term(id).width
    }

    /// A term: computed, recomputed if that is cheap, or loaded.
    pub fn form(&mut self, id: TermId) -> Form {
        if let Some(form) = self.forms.get(&id) {
            return form.clone();
        }
        let term = self.unit.term(id);
        let is_stored = self.layout.units[self.job.unit].stored(id).is_some();
        let is_cheap = term.is_source() || is_view(self.unit, id) && !is_stored;
        let form = if is_cheap { self.compute(id) } else { self.load_term(id) };
        // A constant is made again at each use, so that it occupies no register.
        if !matches!(term.op, TermOp::Const(_)) {
            self.forms.insert(id, form.clone());
        }
        form
    }

    /// A term of up to 64 bits; bits above its width are undefined.
    pub fn any(&mut self, id: TermId) -> Value {
        match self.form(id) {
            Form::Narrow { value, .. } => value,
            Form::Wide(_) => unreachable!("a term of more than 64 bits has limbs"),
        }
    }

    /// A term of up to 64 bits, zero above its width.
    pub fn clean(&mut self, id: TermId) -> Value {
        match self.form(id) {
            Form::Narrow { value, is_clean: true } => value,
            Form::Narrow { value, is_clean: false } => {
                let mask = top_limb_mask(self.width(id));
                let value = self.builder.ins().band_imm_u(value, mask as i64);
                self.forms.insert(id, Form::Narrow { value, is_clean: true });
                value
            }
            Form::Wide(_) => unreachable!("a term of more than 64 bits has limbs"),
        }
    }

    /// A term of 1 bit as a value that is zero if the bit is 0.
    pub fn condition(&mut self, id: TermId) -> Value {
        if !self.forms.contains_key(&id)
            && let TermOp::Gather(pieces) = &self.unit.term(id).op
            && let [piece] = pieces[..]
            && is_view(self.unit, id)
        {
            let (limb, low) = self.limb_of(piece.of, piece.low);
            return self.builder.ins().band_imm_u(limb, 1i64.wrapping_shl(low));
        }
        self.clean(id)
    }

    /// The limbs of a term of any width, clean, as `i64`.
    pub fn limbs(&mut self, id: TermId) -> Vec<Value> {
        if self.width(id) > 64 {
            let Form::Wide(limbs) = self.form(id) else { unreachable!("a wide term has limbs") };
            return limbs;
        }
        let value = self.clean(id);
        vec![self.cast(value, types::I64)]
    }

    /// The value of another type, cut or extended by zeros.
    pub fn cast(&mut self, value: Value, to: Type) -> Value {
        let from = self.builder.func.dfg.value_type(value);
        match from.bits().cmp(&to.bits()) {
            std::cmp::Ordering::Less => self.builder.ins().uextend(to, value),
            std::cmp::Ordering::Equal => value,
            std::cmp::Ordering::Greater => self.builder.ins().ireduce(to, value),
        }
    }

    /// A constant of a machine type.
    pub fn literal(&mut self, kind: Type, value: u64) -> Value {
        let shift = 64 - kind.bits();
        self.builder.ins().iconst(kind, (value << shift) as i64 >> shift)
    }

    fn constant(&mut self, value: &Bits) -> Form {
        match value.limbs() {
            [limb] => {
                let value = self.literal(type_of(value.width()), *limb);
                Form::Narrow { value, is_clean: true }
            }
            limbs => Form::Wide(limbs.iter().map(|limb| self.literal(types::I64, *limb)).collect()),
        }
    }

    /// A form of clean limbs.
    pub fn form_of_limbs(&mut self, limbs: Vec<Value>, width: u32) -> Form {
        match limbs[..] {
            [limb] => Form::Narrow { value: self.cast(limb, type_of(width)), is_clean: true },
            _ => Form::Wide(limbs),
        }
    }

    fn load_term(&mut self, id: TermId) -> Form {
        let place = self.layout.place(self.plan, self.job.unit, id);
        self.load(place)
    }

    /// What a cell holds.
    pub fn load(&mut self, place: Place) -> Form {
        let width = place.cell.width;
        let limbs = (0..limbs_for(width)).map(|limb| {
            let (base, offset) = self.address(place, limb);
            self.load_element(base, offset, width.min(64))
        });
        match limbs.collect::<Vec<_>>()[..] {
            [value] => Form::Narrow { value, is_clean: true },
            ref limbs => Form::Wide(limbs.to_vec()),
        }
    }

    /// An element of up to 64 bits at an address.
    pub fn load_element(&mut self, base: Value, offset: i32, width: u32) -> Value {
        let (ins, flags) = (self.builder.ins(), MemFlagsData::trusted());
        match width {
            1 => ins.load(types::I8, flags, base, offset),
            2..=8 => ins.uload8(types::I32, flags, base, offset),
            9..=16 => ins.uload16(types::I32, flags, base, offset),
            17..=32 => ins.load(types::I32, flags, base, offset),
            _ => ins.load(types::I64, flags, base, offset),
        }
    }

    /// Stores a clean element of up to 64 bits at an address.
    pub fn store_element(&mut self, value: Value, base: Value, offset: i32, width: u32) {
        let (ins, flags) = (self.builder.ins(), MemFlagsData::trusted());
        match width {
            2..=8 => ins.istore8(flags, value, base, offset),
            9..=16 => ins.istore16(flags, value, base, offset),
            _ => ins.store(flags, value, base, offset),
        };
    }

    /// The address of a limb of a cell: a base and an offset.
    fn address(&mut self, Place { cell, lane }: Place, limb: usize) -> (Value, i32) {
        let (base, offset) = match lane {
            Some(lane) => (self.frame.memory, cell.at(lane, limb)),
            None => (self.frame.bases[cell.size().ilog2() as usize], cell.at(0, limb)),
        };
        (base, i32::try_from(offset).expect("a design's values take less than 2 GiB"))
    }

    /// The clean limbs of a term in the types that are stored.
    fn stored_limbs(&mut self, id: TermId) -> Vec<Value> {
        if self.width(id) > 64 { self.limbs(id) } else { vec![self.clean(id)] }
    }

    fn store(&mut self, id: TermId, place: Place) {
        let limbs = self.stored_limbs(id);
        self.store_limbs(&limbs, place);
    }

    fn store_limbs(&mut self, limbs: &[Value], place: Place) {
        for (index, limb) in limbs.iter().enumerate() {
            let (base, offset) = self.address(place, index);
            self.store_element(*limb, base, offset, place.cell.width.min(64));
        }
    }

    fn next(&mut self, index: usize) {
        let (register, cells) = (&self.unit.registers[index], &self.layout.units[self.job.unit]);
        let mut limbs = self.stored_limbs(register.next);
        if let Some(enable) = register.enable {
            let present = match self.load(Place { cell: cells.registers[index], lane: None }) {
                Form::Narrow { value, .. } => vec![value],
                Form::Wide(limbs) => limbs,
            };
            let enable = self.condition(enable);
            let select = |(next, present)| self.builder.ins().select(enable, next, present);
            limbs = limbs.into_iter().zip(present).map(select).collect();
        }
        self.store_limbs(&limbs, Place { cell: cells.next(index), lane: None });
    }

    fn child_input(&mut self, child: usize, port: usize, term: TermId) {
        let (unit, lane) = self.plan.children[child];
        let place = Place { cell: self.layout.units[unit].input(port), lane: Some(lane) };
        self.store(term, place);
    }
}

//! A graph of two-input gates without duplicates.

use crate::batch::rows::Place;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::ops::Not;

/// The output of a gate, or its complement: inverters cost nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lit(u32);

impl Lit {
    pub const FALSE: Lit = Lit(0);
    pub const TRUE: Lit = Lit(1);

    /// The output of a gate.
    pub fn of(gate: usize) -> Lit {
        Lit((gate as u32) << 1)
    }

    /// A constant.
    pub fn constant(value: bool) -> Lit {
        Lit(value as u32)
    }

    /// Index of the gate.
    pub fn gate(self) -> usize {
        (self.0 >> 1) as usize
    }

    /// True for the complement.
    pub fn is_inverted(self) -> bool {
        self.0 & 1 == 1
    }

    /// The complement where `invert` says so.
    pub fn invert(self, invert: bool) -> Lit {
        Lit(self.0 ^ invert as u32)
    }

    fn is_constant(self) -> bool {
        self.gate() == 0
    }
}

impl Not for Lit {
    type Output = Lit;

    fn not(self) -> Lit {
        self.invert(true)
    }
}

/// What a gate computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Gate {
    /// 0; only gate 0.
    False,
    /// A row that something else writes.
    Source(Place),
    And(Lit, Lit),
    /// Of outputs that are not inverted.
    Xor(Lit, Lit),
}

/// Gates in topological order, without duplicates and without constants.
pub struct Graph {
    gates: Vec<Gate>,
    known: HashMap<Gate, u32, BuildHasherDefault<Multiplicative>>,
}

impl Graph {
    pub fn new() -> Graph {
        Graph { gates: vec![Gate::False], known: HashMap::default() }
    }

    /// All gates, operands first.
    pub fn gates(&self) -> &[Gate] {
        &self.gates
    }

    /// What a row holds.
    pub fn source(&mut self, place: Place) -> Lit {
        self.add(Gate::Source(place))
    }

    pub fn and(&mut self, a: Lit, b: Lit) -> Lit {
        let (a, b) = (a.min(b), a.max(b));
        if a == b || a == Lit::TRUE {
            return b;
        }
        if a == !b || a == Lit::FALSE {
            return Lit::FALSE;
        }
        match self.absorbed(a, b) {
            Some(simpler) => simpler,
            None => self.add(Gate::And(a, b)),
        }
    }

    pub fn or(&mut self, a: Lit, b: Lit) -> Lit {
        !self.and(!a, !b)
    }

    pub fn xor(&mut self, a: Lit, b: Lit) -> Lit {
        let invert = a.is_inverted() != b.is_inverted();
        let (a, b) = (a.invert(a.is_inverted()), b.invert(b.is_inverted()));
        let (a, b) = (a.min(b), a.max(b));
        self.xor_of_positive(a, b).invert(invert)
    }

    /// The exclusive or of literals that are not inverted, in order.
    fn xor_of_positive(&mut self, a: Lit, b: Lit) -> Lit {
        if a == b {
            return Lit::FALSE;
        }
        if a == Lit::FALSE {
            return b;
        }
        if let Gate::Xor(p, q) = self.gates[b.gate()]
            && (p == a || q == a)
        {
            return if p == a { q } else { p };
        }
        self.add(Gate::Xor(a, b))
    }

    /// `select ? on_true : on_false`
    pub fn mux(&mut self, select: Lit, on_true: Lit, on_false: Lit) -> Lit {
        if select.is_constant() {
            return if select == Lit::TRUE { on_true } else { on_false };
        }
        if on_true.is_constant() || on_true.gate() == select.gate() {
            let is_one = on_true == Lit::TRUE || on_true == select;
            return if is_one { self.or(select, on_false) } else { self.and(!select, on_false) };
        }
        if on_false.is_constant() || on_false.gate() == select.gate() {
            let is_one = on_false == Lit::TRUE || on_false == !select;
            return if is_one { self.or(!select, on_true) } else { self.and(select, on_true) };
        }
        let differs = self.xor(on_true, on_false);
        let flips = self.and(select, differs);
        self.xor(on_false, flips)
    }

    /// 1 if at least two are.
    pub fn majority(&mut self, a: Lit, b: Lit, c: Lit) -> Lit {
        let differs = self.xor(a, b);
        match [a, b, c].iter().position(|lit| lit.is_constant()) {
            None => self.mux(differs, c, a),
            Some(known) => {
                let (x, y) = [(b, c), (a, c), (a, b)][known];
                if [a, b, c][known] == Lit::TRUE { self.or(x, y) } else { self.and(x, y) }
            }
        }
    }

    /// Absorption in `a & b`, where `b`, the later gate, is an AND with `a` or its complement as an operand.
    fn absorbed(&mut self, a: Lit, b: Lit) -> Option<Lit> {
        let Gate::And(p, q) = self.gates[b.gate()] else { return None };
        match b.is_inverted() {
            false if p == a || q == a => Some(b),
            false if p == !a || q == !a => Some(Lit::FALSE),
            true if p == !a || q == !a => Some(a),
            true if p == a => Some(self.and(a, !q)),
            true if q == a => Some(self.and(a, !p)),
            _ => None,
        }
    }

    fn add(&mut self, gate: Gate) -> Lit {
        let index = *self.known.entry(gate).or_insert(self.gates.len() as u32) as usize;
        if index == self.gates.len() {
            self.gates.push(gate);
        }
        Lit::of(index)
    }
}

/// A fast hash of a few integers. They come from the design, so nobody chooses them to collide.
#[derive(Default)]
struct Multiplicative(u64);

impl Hasher for Multiplicative {
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|&byte| self.write_u64(byte as u64));
    }

    fn write_u32(&mut self, value: u32) {
        self.write_u64(value as u64);
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = (self.0.rotate_left(26) ^ value).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    fn write_isize(&mut self, value: isize) {
        self.write_u64(value as u64);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}
